import { describe, expect, it } from 'vitest';
import { declaredIn } from '../../src/gates/declared.ts';
import { evaluateGates } from '../../src/gates/evaluate-gates.ts';
import { promoteThroughGates } from '../../src/gates/promote.ts';
import { gateRunner } from '../../src/gates/run-gate.ts';
import { parseProject } from '../../src/project/project-file.ts';
import type { Registry } from '../../src/registry/api.ts';
import { ANN, BOB, makePlace, type Place, registerVersions } from '../registry/opened.ts';

function declared(gates: string) {
  const text = `models:\n  fraud:\n    outputs: [m]\n    gates: {production: [${gates}]}\n`;
  const project = parseProject(text, 'x');
  return (model: string) => declaredIn(project, model);
}

function runnerIn(place: Place, registry: Registry, signal = new AbortController().signal) {
  const printed: string[] = [];
  const onOutput = (bytes: Uint8Array) => printed.push(Buffer.from(bytes).toString());
  return { run: gateRunner({ registry, root: place.dir, signal, onOutput }), printed };
}

const TO_PRODUCTION = { ref: 'fraud@2', stage: 'production' };

async function withVersions(count: number): Promise<{ readonly place: Place; readonly registry: Registry }> {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, count);
  return { place, registry };
}

describe('a promotion', () => {
  it('is refused by a gate of the project file, by name, and changes nothing', async () => {
    const { place, registry } = await withVersions(2);
    const before = await place.files();
    const gates = declared('{metric: auc, min: 0.95}, {metric: f1, min: 0.1}, {max-size: 1 GB}');
    await expect(promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringMatching(
        /^fraud@2 doesn't pass .*: auc: auc 0\.91 is below 0\.95; f1 wasn't evaluated: f1 of fraud@2 isn't recorded\. Nothing/,
      ),
    });
    expect(await place.files()).toEqual(before);
  });

  it('records what it relied on, with evidence that is bound to the artifact', async () => {
    const { registry } = await withVersions(2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    const gates = declared('{metric: auc, vs: production, min-gain: 0.005}');
    await promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'better' }, gates);
    const [moved, recorded] = (await registry.log({ limit: 2 })).items;
    const name = 'auc: at least 0.005 better than production';
    expect(recorded?.events).toMatchObject([
      { type: 'gate.recorded', gate: name, outcome: 'passed', stage: 'production' },
    ]);
    const [{ evidence = '' } = {}] = (await registry.gateStanding(TO_PRODUCTION)).results;
    expect(moved?.events).toMatchObject([
      { type: 'stage.changed', to: 'production', gates: [{ gate: name, outcome: 'passed', evidence }] },
    ]);
    const [first, second] = await Promise.all(['fraud@1', 'fraud@2'].map((ref) => registry.show({ ref })));
    expect(JSON.parse(await registry.gateEvidence({ digest: evidence }))).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'fraud@2', digest: { sha256: second?.artifact.digest } }],
      predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
      predicate: {
        result: 'PASSED',
        passedTests: [name],
        modelRegistry: { measured: '0.91, fraud@1 has 0.9', against: { sha256: first?.artifact.digest } },
      },
    });
    expect((await registry.gc({ dryRun: true })).objects).toContainEqual(
      expect.objectContaining({ key: expect.stringContaining(evidence), reasons: ['evidence'] }),
    );
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
  });

  it('goes on in spite of a gate with an override, unless the policy says never', async () => {
    const { registry } = await withVersions(2);
    const gates = declared('{metric: auc, min: 0.95}');
    const request = { ...TO_PRODUCTION, reason: 'an emergency', override: true };
    await registry.setPolicy({ model: 'fraud', policy: { override: 'never' } });
    await expect(promoteThroughGates(registry, request, gates)).rejects.toMatchObject({ code: 'OVERRIDE_REFUSED' });
    await registry.setPolicy({ model: 'fraud', policy: {} });
    await promoteThroughGates(registry, request, gates);
    const { transitions } = await registry.show({ ref: 'fraud@2' });
    expect(transitions).toMatchObject([{ to: 'production', isOverride: true, reason: 'an emergency' }]);
    expect((await registry.gateStanding(TO_PRODUCTION)).results).toMatchObject([{ outcome: 'failed' }]);
  });

  it('asks no gate for moving back, nor for rolling back', async () => {
    const { registry } = await withVersions(2);
    for (const ref of ['fraud@1', 'fraud@2']) await registry.promote({ ref, stage: 'production', reason: 'go' });
    const gates = declared('{metric: auc, min: 0.99}');
    await registry.rollback({ model: 'fraud', reason: 'worse' });
    const back = { ref: 'fraud@1', stage: 'staging', reason: 'a second look' };
    const staging = (model: string) => ({ gates: { staging: gates(model).gates?.production ?? [] } });
    expect(await promoteThroughGates(registry, back, staging)).toMatchObject({ kind: 'demote' });
  });

  it('isn’t made against another version in production than the gates were', async () => {
    const { place, registry } = await withVersions(3);
    const other = await place.open({ author: BOB });
    const gates = declared('{metric: auc, min: 0.9}');
    // Somebody else promotes while the evidence is stored.
    const recordGates: Registry['recordGates'] = async (request) => {
      const links = await registry.recordGates(request);
      await other.promote({ ref: 'fraud@3', stage: 'production', reason: 'first' });
      return links;
    };
    const calls = new Proxy(registry, {
      get: (target, name) => (name === 'recordGates' ? recordGates : Reflect.get(target, name, target)),
    });
    await expect(promoteThroughGates(calls, { ...TO_PRODUCTION, reason: 'go' }, gates)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});

describe('approvals', () => {
  it('count for a gate but for those of the author, and a refusal holds until it is taken back', async () => {
    const { place, registry } = await withVersions(2);
    const bob = await place.open({ author: BOB });
    const outcome = async () => {
      const { results } = await evaluateGates(registry, TO_PRODUCTION, declared('{approvals: 1}'));
      return results.map((result) => `${result.outcome} ${result.why ?? ''}`.trim());
    };
    expect(await outcome()).toEqual(['failed 0 of 1 approvals']);
    await registry.review({ ...TO_PRODUCTION, isGiven: true });
    expect(await outcome()).toEqual([expect.stringContaining('whoever registered the version doesn’t count')]);
    await bob.review({ ...TO_PRODUCTION, isGiven: false, comment: 'Twice as slow' });
    expect(await outcome()).toEqual(['failed bob@example.org refused it']);
    await bob.review({ ...TO_PRODUCTION, isGiven: true, comment: 'Faster now' });
    expect(await outcome()).toEqual(['passed']);
    expect((await registry.gateStanding(TO_PRODUCTION)).approvals).toMatchObject([
      { person: ANN.email, isAuthor: true },
      { person: BOB.email, isGiven: true, isAuthor: false, comment: 'Faster now' },
    ]);
    await expect(bob.review({ ...TO_PRODUCTION, isGiven: false })).rejects.toMatchObject({ code: 'TEXT_EMPTY' });
    await expect(bob.review({ ref: 'fraud@2', stage: 'nowhere', isGiven: true })).rejects.toMatchObject({
      code: 'STAGE_UNKNOWN',
    });
  });
});

describe('commands of gates', () => {
  const node = JSON.stringify(process.execPath);

  it('run where they are asked for, on the restored files, and are remembered for the same files and gate', async () => {
    const { place, registry } = await withVersions(2);
    await place.write(
      'check.mjs',
      'import { readFileSync } from "node:fs";\nconst { MODEL_REGISTRY_PATH: dir, MODEL_REGISTRY_VERSION: version } = process.env;\nconsole.log("looking");\nconsole.log(JSON.stringify({ version, text: readFileSync(dir + "/model.bin", "utf8") }));\n',
    );
    const gates = declared(`{command: [${node}, check.mjs]}`);
    const before = await evaluateGates(registry, TO_PRODUCTION, gates);
    expect(before.results).toMatchObject([{ outcome: 'not-evaluated', why: expect.stringContaining('--run') }]);
    await expect(promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
    const { run, printed } = runnerIn(place, registry);
    const report = await evaluateGates(registry, TO_PRODUCTION, gates, run);
    expect(report.results).toMatchObject([{ outcome: 'passed', measured: 'exit code 0' }]);
    expect(printed.join('')).toContain('looking');
    const [link] = await registry.recordGates({ ...TO_PRODUCTION, found: report.found });
    const evidence = JSON.parse(await registry.gateEvidence({ digest: link?.evidence ?? '' }));
    expect(evidence.predicate.modelRegistry).toMatchObject({
      exitCode: 0,
      output: { version: '2', text: 'weights 1' },
    });
    // The same once more is no new fact.
    await registry.recordGates({ ...TO_PRODUCTION, found: report.found });
    expect((await registry.log({ limit: 1 })).items[0]?.events).toHaveLength(1);
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([{ outcome: 'passed' }]);
    const changed = declared(`{command: [${node}, check.mjs], time-limit: 5}`);
    expect((await evaluateGates(registry, TO_PRODUCTION, changed)).results).toMatchObject([
      { outcome: 'not-evaluated', why: expect.stringContaining('changed since it ran') },
    ]);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'meanwhile' });
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([
      { outcome: 'not-evaluated', why: expect.stringContaining('another version is in production') },
    ]);
  });

  it('fail by their exit code, by taking too long, and where there is no such program', async () => {
    const { place, registry } = await withVersions(2);
    const gates = declared(
      `{command: [${node}, -e, "process.exit(3)"]}, {command: [${node}, -e, "setInterval(() => 0, 9)"], time-limit: 1}, {command: no-such-program-here}`,
    );
    const { results } = await evaluateGates(registry, TO_PRODUCTION, gates, runnerIn(place, registry).run);
    expect(results).toMatchObject([
      { outcome: 'failed', why: 'it ended with 3' },
      { outcome: 'failed', why: 'it took longer than 1 seconds' },
      { outcome: 'failed', why: expect.stringContaining("couldn't be started") },
    ]);
  });

  it('are no text for a shell, whatever they and the model are called', async () => {
    const { place, registry } = await withVersions(2);
    const gates = declared(
      `{command: '"${process.execPath}" -e "process.exit(process.argv.length - 1)" ; touch $HOME x && y'}`,
    );
    const { results } = await evaluateGates(registry, TO_PRODUCTION, gates, runnerIn(place, registry).run);
    expect(results).toMatchObject([{ measured: 'exit code 6' }]);
    const open = declared(`{command: 'python "check.py'}`);
    await expect(evaluateGates(registry, TO_PRODUCTION, open, runnerIn(place, registry).run)).rejects.toMatchObject({
      code: 'COMMAND_INVALID',
    });
  });

  it('end when they are cancelled, and nothing is recorded', async () => {
    const { place, registry } = await withVersions(2);
    const abort = new AbortController();
    const { run } = runnerIn(place, registry, abort.signal);
    const gates = declared(`{command: [${node}, -e, "console.log(1); setInterval(() => 0, 9)"]}`);
    const started = gateRunner({ registry, root: place.dir, signal: abort.signal, onOutput: () => abort.abort() });
    await expect(evaluateGates(registry, TO_PRODUCTION, gates, started)).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    await expect(evaluateGates(registry, TO_PRODUCTION, gates, run)).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
  });

  it('never bring a secret that they print into the registry', async () => {
    const { place, registry } = await withVersions(2);
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const gates = declared(`{command: [${node}, -e, "console.log(JSON.stringify({token: '${secret}'}))"]}`);
    const { found } = await evaluateGates(registry, TO_PRODUCTION, gates, runnerIn(place, registry).run);
    await registry.recordGates({ ...TO_PRODUCTION, found });
    for (const [, bytes] of await place.files())
      expect(Buffer.from(bytes, 'base64').toString('latin1')).not.toContain(secret);
  });

  it('aren’t believed where the evidence isn’t theirs', async () => {
    const { registry } = await withVersions(2);
    const gates = declared(`{command: "python validate.py"}`);
    const gate = 'command: python validate.py';
    for (const evidence of [{}, { _type: 'https://in-toto.io/Statement/v1', subject: 'all' }]) {
      await registry.recordGates({ ...TO_PRODUCTION, found: [{ gate, outcome: 'passed', evidence }] });
      expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([
        { outcome: 'not-evaluated', why: expect.stringContaining('isn’t the evidence of a gate') },
      ]);
    }
  });
});
