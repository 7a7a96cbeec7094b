import { describe, expect, it } from 'vitest';
import { declaredIn } from '../../src/gates/declared.ts';
import { evaluateGates } from '../../src/gates/evaluate-gates.ts';
import { promoteThroughGates } from '../../src/gates/promote.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { ANN, BOB } from '../registry/opened.ts';
import { declared, TO_PRODUCTION, withVersions } from './declared.ts';

describe('a promotion', () => {
  it('meets the gates of its model under the name that it had, and in other capitals', async () => {
    const { registry } = await withVersions(2);
    await registry.renameModel({ model: 'fraud', name: 'scam' });
    const gates = declared('{metric: auc, min: 0.95}');
    const request = { ref: 'scam@2', stage: 'production', reason: 'renamed' };
    await expect(promoteThroughGates(registry, request, gates)).rejects.toMatchObject({ code: 'GATE_FAILED' });
    await registry.renameModel({ model: 'scam', name: 'FRAUD' });
    await expect(promoteThroughGates(registry, { ...request, ref: 'FRAUD@2' }, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
  });

  it('waits where gates are declared for a stage that there isn’t: it may be misspelt', async () => {
    const { registry } = await withVersions(2);
    const project = parseProject('models: {fraud: {outputs: [m], gates: {prod: [{metric: auc, min: 0.95}]}}}', 'x');
    const request = { ...TO_PRODUCTION, reason: 'go' };
    await expect(
      promoteThroughGates(registry, request, (model) => declaredIn({ project, root: undefined }, model)),
    ).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringMatching(
        /^fraud@2 isn't promoted to production while .* a stage that there isn't: prod is no stage of fraud; its stages are candidate, staging, production, .* Nothing was changed\.$/,
      ),
    });
  });

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

  it('wants what the version in production was measured on, also where that has left, and no slices made up for it', async () => {
    const { registry } = await withVersions(2);
    const measure = (ref: string, ...countries: readonly string[]) =>
      Promise.all(
        countries.map((country) =>
          registry.evaluate({ ref, metrics: { auc: 0.9 }, dataset: { name: 'holdout' }, slice: `country=${country}` }),
        ),
      );
    await measure('fraud@1', 'DE', 'FR');
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    await measure('fraud@2', 'DE', 'XX');
    const gates = declared('{metric: auc, min: 0.85, dataset: holdout, worst-of: country}');
    const promotion = { ...TO_PRODUCTION, reason: 'go' };
    const refusal = { code: 'GATE_FAILED', message: expect.stringContaining('wasn’t measured on country=FR') };
    await expect(promoteThroughGates(registry, promotion, gates)).rejects.toMatchObject(refusal);
    await registry.promote({ ref: 'fraud@1', stage: 'archived', reason: 'away' });
    await expect(promoteThroughGates(registry, promotion, gates)).rejects.toMatchObject(refusal);
    await measure('fraud@2', 'FR');
    await promoteThroughGates(registry, promotion, gates);
    const { items } = await registry.listVersions({ model: 'fraud', stage: 'production' });
    expect(items.map(({ number }) => number)).toEqual([2]);
  });

  it.each([
    ['archived', true],
    ['archived', false],
    ['candidate', true],
  ] as const)(
    'compares with the last version that was in production where that was moved to %s (and it alone was there: %s)',
    async (stage, isDirect) => {
      const { registry } = await withVersions(3);
      const move = (ref: string, to: string) => registry.promote({ ref, stage: to, reason: 'go' });
      await move('fraud@3', 'production');
      await move('fraud@3', stage);
      if (!isDirect) {
        // It isn't compared with itself.
        await move('fraud@2', 'production');
        await move('fraud@2', 'archived');
      }
      for (const gate of [
        '{metric: auc, vs: production, min-gain: 0.001}',
        '{metric: auc, vs: production, max-drop: 0.001}',
      ]) {
        await expect(
          promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, declared(gate)),
        ).rejects.toMatchObject({
          code: 'GATE_FAILED',
          message: expect.stringContaining('auc is 0.01 worse than that of fraud@3'),
        });
      }
      await registry.deleteVersion({ ref: 'fraud@3', reason: 'mistaken' });
      const gates = declared('{metric: auc, vs: production, min-gain: 0.001}');
      expect((await evaluateGates(registry, { ref: 'fraud@1', stage: 'production' }, gates)).results).toMatchObject([
        { outcome: isDirect ? 'passed' : 'failed' },
      ]);
    },
  );

  it('keeps the result of a comparison or a command while production is emptied, and not past another version', async () => {
    const { place, registry } = await withVersions(3);
    const gates = declared('{metric: auc, vs: production, min-gain: 0.001}, {command: node -e 0}');
    const recorded = ['auc: at least 0.001 better than production', 'command: node -e 0'];
    const policy = { gates: { production: recorded.map((name) => ({ recorded: name })) }, override: 'never' as const };
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await registry.setPolicy({ model: 'fraud', policy });
    const run = { root: place.dir, signal: new AbortController().signal };
    const { found } = await evaluateGates(registry, TO_PRODUCTION, gates, run);
    await registry.recordGates({ ...TO_PRODUCTION, found });
    await registry.archive({ ref: 'fraud@1', reason: 'empty' });
    const after = await evaluateGates(registry, TO_PRODUCTION, gates);
    expect(after.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(after.results[1]).toMatchObject({ isFromBefore: true });
    await registry.promote({ ...TO_PRODUCTION, reason: 'better' });
    await registry.archive({ ref: 'fraud@2', reason: 'empty' });
    // Found beside nothing, as whoever writes the log could say.
    const against = { stage: 'production', version: null };
    const lies = recorded.map((gate) => ({ gate, outcome: 'passed' as const, evidence: {}, against }));
    await registry.recordGates({ ref: 'fraud@3', stage: 'production', found: lies });
    await expect(registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'go' })).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringContaining('fraud@2 was in production since, where none was'),
    });
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
        modelRegistry: { measured: '0.91, while fraud@1 has 0.9', against: { sha256: first?.artifact.digest } },
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
    expect(await outcome()).toEqual(['failed no approval yet, 1 needed']);
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
