import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importPlace, surveyFolder } from '../../src/importing/survey.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace } from '../registry/opened.ts';
import { databaseProject, importFrom, project, toldByMlflow } from './importing.ts';

/** What the registry has of a model, in the order of the versions. */
async function versionsOf(registry: Registry, model: string) {
  const { items } = await registry.listVersions({ model });
  return items.toSorted((a, b) => a.number - b.number);
}

describe.each([
  ['mlflow-files', () => project('mlflow-files')],
  ['mlflow-database', databaseProject],
] as const)('a registry of MLflow (%s)', (fixture, made) => {
  it('is taken over as MLflow itself tells of it: numbers, times, runs, metrics with their course, params, tags and texts', async () => {
    const registry = await (await makePlace()).open();
    const { report } = await importFrom(await made(), registry);
    const told = await toldByMlflow(fixture);
    const local = told.versions.filter(({ source }) => !source.startsWith('s3:'));
    expect(report.versions.map(({ label, outcome }) => `${label} ${outcome}`)).toEqual([
      '4 failed',
      '1 added',
      '2 added',
      '3 added',
    ]);
    const versions = await versionsOf(registry, 'churn');
    expect(versions).toHaveLength(local.length);
    for (const [index, version] of versions.entries()) {
      const theirs = local[index];
      expect(version).toMatchObject({
        number: theirs?.number,
        stage: 'candidate',
        via: 'import',
        claimedAt: new Date(theirs?.created ?? 0).toISOString(),
        description: theirs?.description,
        metrics: theirs?.metrics,
        params: theirs?.params,
        runId: theirs?.run,
        tags: { ...theirs?.tags, 'imported-from': `mlflow:churn/${theirs?.number}`, 'imported-author': theirs?.user },
      });
      const { lineage } = await registry.show({ ref: version.id });
      expect(lineage.code).toMatchObject({ commit: theirs?.commit, isDirty: true, capturedAt: 'start' });
      expect(lineage.run).toMatchObject({ tracker: 'mlflow', id: theirs?.run });
      const history = await registry.history({ ref: version.id });
      expect([...new Set(history?.loss?.points.map(([, value]) => value))].sort()).toEqual(
        [...new Set(theirs?.loss)].sort(),
      );
    }
    expect(await registry.showModel({ model: 'churn' })).toMatchObject({
      description: told.description,
      tags: { team: 'risk' },
    });
  });

  it('leaves out what is only in a bucket, and says where that is, without its signature', async () => {
    const { models } = await surveyFolder(await importPlace(await made()));
    const remote = models.find(({ name }) => name === 'churn')?.versions.find(({ label }) => label === '4');
    expect(remote?.problem).toContain('s3://models/churn');
    expect(remote?.problem).not.toContain('Signature');
  });

  it('gives stages and aliases only when asked, as promotions with a reason, and one model in production', async () => {
    const registry = await (await makePlace()).open();
    const root = await made();
    expect((await importFrom(root, registry)).report.stages).toEqual([]);
    const { report } = await importFrom(root, registry, { withStages: true });
    expect(report.stages.map(({ number, to, outcome }) => `${number} ${to} ${outcome}`)).toEqual([
      '1 archived set',
      '3 staging set',
      '2 production set',
      '2 @champion set',
    ]);
    const { transitions, aliases } = await registry.show({ ref: 'churn@production' });
    expect(transitions[0]?.reason).toBe('Imported from MLflow, which has version 2 in production');
    expect(aliases).toEqual(['champion']);
  });

  it('has models that runs logged and nobody registered, which are imported when they are named', async () => {
    const registry = await (await makePlace()).open();
    const root = await made();
    const { plan } = await importFrom(root, registry);
    expect(plan.models.map(({ name, isPicked }) => [name, isPicked])).toEqual([
      ['churn', true],
      ['churn-challenger', false],
    ]);
    await importFrom(root, registry, { names: ['Churn-Challenger'] });
    expect(await versionsOf(registry, 'churn-challenger')).toMatchObject([{ params: { C: '5.0' } }]);
  });
});

describe('importing again', () => {
  it('adds nothing, however often and with whatever was cancelled in between', async () => {
    const root = await project('mlflow-files');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), async (cancelledAfter) => {
        const registry = await (await makePlace()).open();
        for (const count of cancelledAfter) {
          const cancel = new AbortController();
          let seen = 0;
          registry.onDidRecord(() => {
            seen += 1;
            if (seen >= count) cancel.abort();
          });
          if (count === 0) cancel.abort();
          await importFrom(root, registry, { signal: cancel.signal }).catch(() => undefined);
        }
        await importFrom(root, registry);
        const first = await versionsOf(registry, 'churn');
        await importFrom(root, registry, { withStages: true });
        const { head } = { head: await registry.head() };
        await importFrom(root, registry, { withStages: true });
        const versions = await versionsOf(registry, 'churn');
        expect(versions.map(({ id, number }) => ({ id, number }))).toEqual(
          first.map(({ id, number }) => ({ id, number })),
        );
        expect(versions.map(({ tags }) => tags['imported-from'])).toEqual([
          'mlflow:churn/1',
          'mlflow:churn/2',
          'mlflow:churn/3',
        ]);
        expect(await registry.head()).toEqual(head);
      }),
      { numRuns: 3 },
    );
  });

  it('changes nothing that was decided here: a version that was moved, a stage that is held, an alias elsewhere', async () => {
    const registry = await (await makePlace()).open();
    const root = await project('mlflow-files');
    await importFrom(root, registry);
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'Ours' });
    await registry.setAlias({ model: 'churn', alias: 'champion', ref: 'churn@3' });
    const { report } = await importFrom(root, registry, { withStages: true });
    expect(report.stages.map(({ number, to, outcome, why }) => `${number} ${to} ${outcome}: ${why}`)).toEqual([
      '1 archived kept: it was moved here since',
      '3 staging set: undefined',
      '2 production kept: version 1 is in production here',
      "2 @champion kept: it is version 3's here",
    ]);
    expect((await registry.show({ ref: 'churn@production' })).number).toBe(1);
  });

  it('leaves a version a candidate that the policy keeps from a stage, and says why', async () => {
    const registry = await (await makePlace()).open();
    const root = await project('mlflow-files');
    await importFrom(root, registry);
    await registry.setPolicy({ model: 'churn', policy: { gates: { production: [{ metric: 'loss', max: 0.0001 }] } } });
    const { report } = await importFrom(root, registry, { withStages: true });
    const refused = report.stages.find(({ to }) => to === 'production');
    expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('loss') });
    expect((await registry.show({ ref: 'churn@2' })).stage).toBe('candidate');
  });
});

describe('a store of MLflow', () => {
  it('is found where it was moved and renamed', async () => {
    const root = await project('mlflow-files');
    await mkdir(join(root, 'old/tracking'), { recursive: true });
    await rename(join(root, 'mlruns'), join(root, 'old/tracking/mlruns'));
    const { models } = await surveyFolder(await importPlace(root));
    expect(
      models.find(({ name }) => name === 'churn')?.versions.filter(({ problem }) => problem === undefined),
    ).toHaveLength(3);
    const alone = await surveyFolder(await importPlace(join(root, 'old/tracking/mlruns')));
    expect(alone.models.map(({ name }) => name)).toEqual(['churn', 'churn-challenger']);
  });

  it('says so of a version whose files are gone', async () => {
    const root = await project('mlflow-files');
    const before = await surveyFolder(await importPlace(root));
    const [path = ''] = before.models[0]?.versions[0]?.paths ?? [];
    await rm(join(root, path), { recursive: true });
    const { models } = await surveyFolder(await importPlace(root));
    expect(models[0]?.versions[0]?.problem).toMatch(/^its files aren't in this folder any more/);
  });

  it('that names the workspace, or what is outside or hidden in it, gives nothing of that', async () => {
    const root = await project('mlflow-files');
    await mkdir(join(root, '.secrets'));
    await writeFile(join(root, '.secrets/key'), 'secret');
    await writeFile(join(root, '../outside'), 'secret');
    const meta = (number: number, source: string) =>
      `version: ${number}\nname: evil\ncurrent_stage: None\nsource: ${source}\nstatus: READY\ncreation_timestamp: 1\n__proto__: {a: 1}\n`;
    const sources = [
      '.',
      './',
      `file://${root}`,
      '.secrets',
      '../outside',
      `file://${join(root, '../outside')}`,
      '/etc/passwd',
      'mlruns/../.secrets',
    ];
    for (const [index, source] of sources.entries()) {
      const folder = join(root, `mlruns/models/evil/version-${index + 1}`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'meta.yaml'), meta(index + 1, source));
    }
    await writeFile(join(root, 'mlruns/models/evil/meta.yaml'), 'name: "__proto__"\ndescription: [1, 2]\n');
    const { models } = await surveyFolder(await importPlace(root));
    const evil = models.find(
      ({ place, name }) => place === 'mlruns' && name !== 'churn' && name !== 'churn-challenger',
    );
    expect(evil?.versions).toHaveLength(sources.length);
    expect(evil?.versions.flatMap(({ paths }) => paths)).toEqual([]);
  });
});
