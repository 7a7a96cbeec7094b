import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { declaredIn } from '../../src/gates/declared.ts';
import { runGates } from '../../src/gates/run-gates.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { answerAboutProject } from '../../src/workers/project-help.ts';
import { makePlace, registerVersions } from '../registry/opened.ts';

const GATED = (gates: string) => `models:\n  fraud:\n    outputs: [out/model.bin]\n    gates: ${gates}\n`;

async function registered() {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  return { place, registry };
}

async function ask(registry: Registry, name: string, text: string, root?: string) {
  const offset = text.indexOf('|');
  const args = offset < 0 ? { text, root } : { text: text.replace('|', ''), offset };
  return (await answerAboutProject(async () => registry, name, args))?.value;
}

describe('help for a project file', () => {
  it('completes models that aren’t declared yet, stages, and metrics with their values', async () => {
    const { registry, place } = await registered();
    await registry.register({ model: 'churn', paths: [await place.write('c.bin', 'c')] });
    expect(await ask(registry, 'projectCompletions', 'models:\n  fraud: {outputs: [x]}\n  |\n')).toMatchObject({
      kind: 'model',
      names: [{ name: 'churn' }],
    });
    expect(await ask(registry, 'projectCompletions', GATED('{|}'))).toMatchObject({
      names: [{ name: 'staging' }, { name: 'production' }, { name: 'archived' }],
    });
    expect(await ask(registry, 'projectCompletions', GATED('{production: [{metric: |}]}'))).toMatchObject({
      names: [{ name: 'auc', detail: 'newest (version 2): 0.91, in production (version 1): 0.9' }],
    });
  });

  it('tells what the registry knows of a name', async () => {
    const { registry } = await registered();
    expect(await ask(registry, 'projectHover', GATED('{production: [{metric: au|c, min: 0}]}'))).toMatchObject({
      title: 'auc of fraud',
      lines: ['newest (version 2): 0.91', 'in production (version 1): 0.9'],
    });
    expect(await ask(registry, 'projectHover', GATED('{prod|uction: []}'))).toMatchObject({
      lines: ['versions there now: 1'],
    });
    expect(await ask(registry, 'projectHover', GATED('{production: [{metric: un|known}]}'))).toBeUndefined();
  });

  it('evaluates the gates before each stage for the newest version, and runs no command', async () => {
    const { registry, place } = await registered();
    const touched = 'touch ran';
    const text = GATED(`
      staging: [{metric: auc, min: 0.95}]
      production: [{metric: auc, vs: production, min-gain: 0.005}, {command: ${touched}}]`);
    expect(await ask(registry, 'projectGates', text, place.dir)).toMatchObject([
      { line: 5, column: 7, stage: 'staging', number: 2, results: [{ outcome: 'failed', title: 'auc' }] },
      { line: 6, stage: 'production', results: [{ outcome: 'passed' }, { outcome: 'not-evaluated' }] },
    ]);
    expect([...(await place.files()).keys()].filter((key) => key.includes('ran'))).toEqual([]);
  });

  it('counts what stands under a stage that there isn’t for no gate', async () => {
    const { registry, place } = await registered();
    const text = GATED('{productoin: [{metric: auc, min: 0.5}], staging: [{metric: auc, min: 0.5}]}');
    expect(await ask(registry, 'projectGates', text, place.dir)).toMatchObject([
      {
        stage: 'staging',
        results: [{ title: 'auc', outcome: 'passed' }],
        unknownStages: [{ name: 'productoin', why: expect.stringMatching(/^productoin is no stage of fraud; /) }],
      },
    ]);
  });

  it('marks metrics that no version has, and stages that there aren’t, with what was probably meant', async () => {
    const { registry } = await registered();
    const text = GATED('{productoin: [{metric: aucc, min: 0.5}], staging: [{metric: auc, vs: shadow, max-drop: 0.1}]}');
    expect(await ask(registry, 'projectUnknowns', text)).toMatchObject([
      {
        line: 4,
        message: expect.stringMatching(/^fraud has no stage "productoin"\. Did you mean "production"\?/),
        holdsUp: true,
      },
      {
        line: 4,
        message: expect.stringMatching(/^No version of fraud has a metric "aucc"\. Did you mean "auc"\?/),
        meant: { word: 'aucc', names: ['auc'], isNear: true },
      },
      {
        line: 4,
        message: expect.stringMatching(/^fraud has no stage "shadow"\./),
        meant: { word: 'shadow', names: ['candidate', 'staging', 'production', 'archived'], isNear: false },
      },
    ]);
    expect(await ask(registry, 'projectUnknowns', GATED('{production: [{metric: auc, min: 0.5}]}'))).toEqual([]);
  });

  it('don’t take what a command found for a script that has changed', async () => {
    const { registry, place } = await registered();
    const command = `{command: [${JSON.stringify(process.execPath)}, check.mjs]}`;
    const text = GATED(`{production: [${command}]}`);
    await place.write('check.mjs', '// passes');
    const project = parseProject(text, 'x');
    const at = { project, root: place.dir };
    await runGates(registry, { ref: 'fraud@2', stage: 'production' }, (model) => declaredIn(at, model), {
      root: place.dir,
      signal: new AbortController().signal,
    });
    const ofCommand = (outcome: string) => [{ stage: 'production', results: [{ outcome }] }];
    expect(await ask(registry, 'projectGates', text, place.dir)).toMatchObject(ofCommand('passed'));
    await place.write('check.mjs', 'process.exit(1);');
    expect(await ask(registry, 'projectGates', text, place.dir)).toMatchObject(ofCommand('not-evaluated'));
  });

  it('takes a model that isn’t registered yet for no mistake', async () => {
    const { registry, place } = await registered();
    const text = GATED('{nowhere: [{metric: x, min: 0.5}]}').replace('fraud', 'brand-new');
    expect(await ask(registry, 'projectUnknowns', text)).toEqual([]);
    expect(await ask(registry, 'projectGates', text, place.dir)).toEqual([]);
  });

  it('marks a model that is nearly one of the registry that the file doesn’t have', async () => {
    const { registry, place } = await registered();
    const misspelt = GATED('{production: [{metric: auc, min: 0.5}]}').replace('fraud', 'fraudd');
    const meant = { word: 'fraudd', names: ['fraud'], isNear: true };
    expect(await ask(registry, 'projectUnknowns', misspelt)).toEqual([
      {
        ...{ line: 2, column: 3, meant },
        message: 'There is no model "fraudd" in the registry, so its gates hold nothing up. Did you mean "fraud"?',
      },
    ]);
    expect(await ask(registry, 'projectUnknowns', 'models:\n  fraudd: {outputs: [x]}\n')).toEqual([
      { line: 2, column: 3, meant, message: 'There is no model "fraudd" in the registry yet. Did you mean "fraud"?' },
    ]);
    // A model beside the other one, and one that the registry has, or had under that name.
    expect(await ask(registry, 'projectUnknowns', `${misspelt}  fraud: {outputs: [y]}\n`)).toEqual([]);
    expect(await ask(registry, 'projectUnknowns', misspelt.replace('fraudd', 'FRAUD'))).toEqual([]);
    await registry.renameModel({ model: 'fraud', name: 'frauds' });
    expect(await ask(registry, 'projectUnknowns', misspelt.replace('fraudd', 'fraud'))).toEqual([]);
    await registry.register({ model: 'fraudd', paths: [await place.write('f.bin', 'f')] });
    expect(await ask(registry, 'projectUnknowns', misspelt)).toEqual([]);
  });

  it('is none where there is no registry, and leaves other questions to others', async () => {
    const none = async () => {
      throw new RegistryError('REGISTRY_NOT_FOUND', 'There is none.');
    };
    const text = GATED('{production: [{metric: auc, min: 1}]}');
    expect(await answerAboutProject(none, 'projectUnknowns', { text })).toEqual({ value: [] });
    expect(await answerAboutProject(none, 'projectCompletions', { text, offset: text.indexOf('auc') })).toEqual({
      value: undefined,
    });
    // What every project and model has, there is all the same.
    const stages = text.indexOf('production');
    expect(await answerAboutProject(none, 'projectCompletions', { text, offset: stages })).toMatchObject({
      value: { kind: 'stage', names: [{ name: 'staging' }, { name: 'production' }, { name: 'archived' }] },
    });
    expect(await answerAboutProject(none, 'projectWords', { text, offset: 0 })).toMatchObject({
      value: { kind: 'key', words: expect.arrayContaining([expect.objectContaining({ name: 'webhooks' })]) },
    });
    expect(await answerAboutProject(none, 'listModels', {})).toBeUndefined();
  });
});

describe('outputs of the workspace', () => {
  it('are a version’s as long as they are unchanged', async () => {
    const { registry, place } = await registered();
    await place.write('model-registry.yaml', GATED('{}'));
    const look = async () =>
      (await answerAboutProject(async () => registry, 'registeredOutputs', { root: place.dir }))?.value;
    expect(await look()).toMatchObject([{ model: 'fraud', number: 2, stage: 'candidate' }]);
    await place.write('out/model.bin', 'weights of another length');
    expect(await look()).toEqual([]);
  });
});
