import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { judgeBenchmark } from '../../src/gates/benchmark.ts';
import { checkGate, type GateContext } from '../../src/gates/check-gate.ts';
import { gateName, requiredOf } from '../../src/gates/gate-name.ts';
import type { GateSubject } from '../../src/gates/verdict.ts';
import { type DeclaredGate, GATE_KEYS } from '../../src/project/gates-schema.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import { CASES, contextOf, evaluation, RUN_CASES, SUBJECT } from './cases.ts';

function projectWith(gate: string): string {
  return `models:\n  fraud:\n    outputs: [m]\n    gates:\n      production:\n        - ${gate}\n`;
}

function gateOf(text: string): DeclaredGate {
  const gate = parseProject(projectWith(text), 'x').models.fraud?.gates?.production?.[0];
  if (!gate) throw new Error('There is no gate.');
  return gate;
}

function problemsOf(text: string): unknown {
  try {
    parseProject(text, 'x');
  } catch (error) {
    if (RegistryError.is(error, 'PROJECT_FILE_INVALID')) return error.details.problems;
    throw error;
  }
  return [];
}

describe.each(CASES)('the gate $gate', ({ gate, passing, failing, why, malformed, problem }) => {
  it('lets a good version through', () => {
    expect(checkGate(gateOf(gate), contextOf(passing))).toMatchObject({ outcome: 'passed' });
  });

  it('holds a bad one, and says why', () => {
    expect(checkGate(gateOf(gate), contextOf(failing))).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining(why),
    });
  });

  it('is refused where it is written wrongly, with the place', () => {
    expect(problemsOf(projectWith(malformed))).toContainEqual({
      line: 6,
      column: expect.any(Number),
      message: expect.stringContaining(problem),
    });
  });
});

describe.each(RUN_CASES)('the gate $gate', ({ gate, passing, failing, why, malformed, problem }) => {
  it('lets what is within its bounds through, and holds the rest', () => {
    expect(judgeBenchmark(gateOf(gate), passing).outcome).toBe('passed');
    expect(judgeBenchmark(gateOf(gate), failing)).toMatchObject({ outcome: 'failed', why });
  });

  it('is refused where it is written wrongly', () => {
    expect(problemsOf(projectWith(malformed))).toContainEqual(
      expect.objectContaining({ line: 6, message: expect.stringContaining(problem) }),
    );
  });
});

describe('gates', () => {
  it.each([
    ['{metric: auc, min: 0.8}', {}, "auc of fraud@7 isn't recorded"],
    ['{metric: auc, min: 0.8, dataset: march}', { metrics: { auc: 1 } }, "isn't recorded on march"],
    ['{metric: auc, min: 0.8, worst-of: "*"}', {}, 'on any slice'],
    [
      '{metric: auc, max: 0.1, gap-of: c}',
      { evaluations: [evaluation({ auc: 1 }, { slice: 'c=1' })] },
      'on one slice of c only',
    ],
    [
      '{metric: auc, min: 0.8, dataset: d, by-interval: true}',
      { evaluations: [evaluation({ auc: 1 }, { dataset: 'd' })] },
      'no confidence interval',
    ],
    ['{metric: payout, vs: production, max-drop: 1}', { metrics: { payout: 1 } }, "doesn't say which way is better"],
    ['{danger: none-found}', {}, 'wasn’t recorded'],
    ['{licence: [mit]}', {}, 'name no licence'],
    ['{licence: [mit]}', { licence: 'mit', base: { label: 'bert@1' } }, 'the licence of bert@1'],
    ['{signature: compatible}', {}, 'say nothing of its inputs'],
    ['{command: "python check.py"}', {}, 'hasn’t run'],
  ])('let nothing through that they know nothing of: %s', (gate, part, why) => {
    expect(checkGate(gateOf(gate), contextOf(part))).toMatchObject({
      outcome: 'not-evaluated',
      why: expect.stringContaining(why),
    });
  });

  it('tell what they leave out of the changes of a tree', () => {
    const code = { commit: 'a'.repeat(40), isDirty: true, capturedAt: 'start' } as const;
    const paths = ['reports/a.json', 'reports/b.json', 'reports/c.json', 'reports/d.json'];
    const check = (part: Partial<GateSubject>) => checkGate(gateOf('{lineage: [clean]}'), contextOf(part));
    expect(check({ code: { ...code, written: { paths, count: 6, otherCount: 0 } } })).toEqual({
      outcome: 'passed',
      measured: 'commit aaaaaaaaaaaa, own outputs changed',
      why: 'only what the project file declares as outputs or metrics was changed: reports/a.json, reports/b.json, reports/c.json and 3 more',
    });
    expect(check({ code: { ...code, written: { paths: paths.slice(0, 1), count: 1, otherCount: 0 } } })).toEqual({
      outcome: 'passed',
      measured: 'commit aaaaaaaaaaaa, own outputs changed',
      why: 'only what the project file declares as outputs or metrics was changed: reports/a.json',
    });
    const failing = { outcome: 'failed', measured: 'commit aaaaaaaaaaaa with changes' };
    expect(check({ code: { ...code, written: { paths, count: 6, otherCount: 1 } } })).toMatchObject(failing);
    // As it was recorded before what training writes was told apart.
    expect(check({ code })).toMatchObject(failing);
  });

  it.each([
    ['{lineage: [lock]}', 'lock file', 'uv.lock'],
    ['{lineage: [data, lock]}', 'data with digests, lock file', 'train.csv; uv.lock'],
    ['{lineage: [clean, lock]}', 'no uncommitted changes, lock file', 'commit aaaaaaaaaaaa with changes; uv.lock'],
    ['{lineage: [pushed]}', 'pushed commit', 'commit aaaaaaaaaaaa'],
  ])('say in words what %s asks for, and of the version no more than that', (text, required, measured) => {
    const gate = gateOf(text);
    const subject = {
      code: { commit: 'a'.repeat(40), isDirty: true, isPushed: true, capturedAt: 'start' as const },
      data: [{ path: 'train.csv', sha256: 'b'.repeat(64) }],
      locks: [{ path: 'uv.lock', sha256: 'c'.repeat(64) }],
    };
    expect([requiredOf(gate), checkGate(gate, contextOf(subject)).measured]).toEqual([required, measured]);
    // What the log has of it is found again.
    expect(gateName(gate)).toBe(`lineage: ${gate.lineage?.join(', ')}`);
  });

  it('count what is too much to name, and say what isn’t there', () => {
    const gate = gateOf('{lineage: [data, lock]}');
    const data = ['a', 'b', 'c', 'd'].map((path) => ({ path, sha256: 'b'.repeat(64) }));
    expect(checkGate(gate, contextOf({ data })).measured).toBe('4 files or folders of data; no lock file');
  });

  it('fail where a submodule had changes, and name it, also of versions that are registered already', () => {
    const code = { commit: 'a'.repeat(40), isDirty: false, capturedAt: 'start' } as const;
    const submodule = (path: string) => ({ path, commit: 'b'.repeat(40), isDirty: true }) as const;
    const kept = { path: 'kept', commit: 'c'.repeat(40) };
    const check = (part: Partial<NonNullable<GateSubject['code']>>) =>
      checkGate(gateOf('{lineage: [clean]}'), contextOf({ code: { ...code, ...part } }));
    expect(check({ submodules: [kept] })).toEqual({ outcome: 'passed', measured: 'commit aaaaaaaaaaaa' });
    expect(check({ submodules: [kept, submodule('vend')] })).toEqual({
      outcome: 'failed',
      measured: 'commit aaaaaaaaaaaa, submodules changed',
      why: 'the submodule vend had changes that its commit hasn’t',
    });
    const many = ['a', 'b', 'c', 'd', 'e'].map(submodule);
    expect(check({ submodules: many.slice(0, 2) })).toMatchObject({
      why: 'the submodules a, b had changes that their commits haven’t',
    });
    expect(check({ submodules: many })).toMatchObject({
      why: 'the submodules a, b, c and 2 more had changes that their commits haven’t',
    });
    // What training wrote into the repository itself excuses nothing of a submodule.
    const written = { paths: ['reports/a.json'], count: 1, otherCount: 0 };
    expect(check({ isDirty: true, written, submodules: [submodule('vend')] })).toEqual({
      outcome: 'failed',
      measured: 'commit aaaaaaaaaaaa, submodules changed',
      why: 'the submodule vend had changes that its commit hasn’t',
    });
    expect(check({ isDirty: true, submodules: [submodule('vend')] })).toEqual({
      outcome: 'failed',
      measured: 'commit aaaaaaaaaaaa with changes',
      why: 'the working tree had changes that the commit hasn’t; the submodule vend had changes that its commit hasn’t',
    });
  });

  it('compare only what was measured on the same data', () => {
    const measured = (label: string, datasetSha256: string) => ({
      ...SUBJECT,
      label,
      evaluations: [evaluation({ auc: 0.9 }, { dataset: 'holdout', datasetSha256 })],
    });
    const gate = gateOf('{metric: auc, dataset: holdout, vs: production, max-drop: 0}');
    const check = (digest: string) =>
      checkGate(gate, { candidate: measured('fraud@7', 'a'), rival: measured('fraud@6', digest), votes: [] });
    expect(check('a')).toMatchObject({ outcome: 'passed' });
    expect(check('b')).toMatchObject({ outcome: 'not-evaluated', why: expect.stringContaining('on other data') });
    const without = checkGate(gate, { candidate: measured('fraud@7', 'a'), rival: SUBJECT, votes: [] });
    expect(without).toMatchObject({ outcome: 'not-evaluated', why: expect.stringContaining('which is in production') });
  });

  describe('where the version in the stage was measured', () => {
    const measured = (label: string, slices: readonly string[], datasetSha256?: string) => ({
      ...SUBJECT,
      label,
      evaluations: slices.map((slice) =>
        evaluation(
          { auc: 0.9, selection_rate: 0.5, examples: 50 },
          { dataset: 'holdout', slice, ...(datasetSha256 === undefined ? {} : { datasetSha256 }) },
        ),
      ),
    });
    const SLICES = ['country=DE', 'country=FR'];
    const check = (gate: string, slices: readonly string[], others: readonly string[] = SLICES) =>
      checkGate(gateOf(gate), {
        candidate: measured('fraud@7', slices),
        rival: undefined,
        peer: measured('fraud@6', others),
        votes: [],
      });

    it.each([
      '{metric: auc, min: 0.85, dataset: holdout, worst-of: country}',
      '{metric: auc, max: 0.1, dataset: holdout, gap-of: country}',
      '{bias: demographic-parity, by: country, max: 0.1, dataset: holdout}',
    ])('want its slices, and no other ones instead of them: %s', (gate) => {
      expect(check(gate, [...SLICES, 'country=XX'])).toMatchObject({ outcome: 'passed' });
      expect(check(gate, ['country=DE', 'country=XX'])).toMatchObject({
        outcome: 'not-evaluated',
        why: 'fraud@7 wasn’t measured on country=FR, which fraud@6 was measured on',
      });
    });

    it('want those that the gate names instead', () => {
      const gate = '{metric: auc, min: 0.85, dataset: holdout, worst-of: country, slices: [country=DE, country=IT]}';
      expect(check(gate, ['country=DE', 'country=IT'])).toMatchObject({ outcome: 'passed' });
      expect(check(gate, SLICES, [])).toMatchObject({
        outcome: 'not-evaluated',
        why: 'fraud@7 wasn’t measured on country=IT, which the gate names',
      });
    });

    it('want its slices also with confidence, where the predictions have them', () => {
      const gate = gateOf('{metric: auc, min: 0.8, dataset: holdout, worst-of: country, confidence: 95 %}');
      const sample = (slice: string) => ({ slice, value: 0.9, rows: 50, interval: { low: 0.85, high: 0.95 } });
      const sure = (slices: readonly string[]) =>
        checkGate(gate, {
          candidate: { ...SUBJECT, evaluations: [evaluation({ auc: 0.9 }, { dataset: 'holdout' })] },
          rival: undefined,
          peer: measured('fraud@6', SLICES),
          certainty: { samples: slices.map(sample) },
          votes: [],
        });
      expect(sure(SLICES)).toMatchObject({ outcome: 'passed' });
      expect(sure(['country=DE'])).toMatchObject({ outcome: 'not-evaluated' });
    });

    it('say where it was on other data of that name, and let nothing else pass than what they pin', () => {
      const [own, other] = ['a'.repeat(64), 'b'.repeat(64)];
      const on = (gate: string, ours: string | undefined, theirs: string) =>
        checkGate(gateOf(gate), {
          candidate: {
            ...measured('fraud@7', ['country=DE'], ours),
            data: [{ path: 'holdout', sha256: own }],
          },
          rival: undefined,
          peer: measured('fraud@6', ['country=DE'], theirs),
          votes: [],
        });
      const gate = '{metric: auc, min: 0.85, dataset: holdout, slice: country=DE}';
      expect(on(gate, own, own)).toEqual({ outcome: 'passed', measured: '0.9' });
      expect(on(gate, own, other)).toMatchObject({
        outcome: 'passed',
        why: 'fraud@6 was measured on other data of the name holdout',
      });
      expect(on(gate, other, other)).toMatchObject({
        outcome: 'passed',
        why: 'holdout isn’t what it was when the version was registered',
      });
      const pinned = gate.replace('holdout', `holdout, dataset-sha256: ${own}`);
      expect(on(pinned, own, other)).toMatchObject({ outcome: 'passed' });
      expect(on(pinned, other, other)).toMatchObject({
        outcome: 'not-evaluated',
        why: 'it was measured on other data of the name holdout (bbbbbbbbbbbb…)',
      });
      expect(on(pinned, undefined, other)).toMatchObject({
        outcome: 'not-evaluated',
        why: expect.stringContaining('wasn’t recorded'),
      });
      expect(gateName(gateOf(pinned))).not.toBe(gateName(gateOf(gate)));
    });

    it.each([
      ['{metric: auc, min: 0.8, slices: [a=b]}', 'without worst-of'],
      ['{metric: auc, min: 0.8, worst-of: a, slices: [b=c]}', 'none of a'],
      [`{metric: auc, min: 0.8, dataset-sha256: ${'a'.repeat(64)}}`, 'without dataset'],
      ['{metric: auc, min: 0.8, dataset: d, dataset-sha256: abc}', 'must be a SHA-256'],
    ])('are refused where they are written wrongly: %s', (gate, problem) => {
      expect(problemsOf(projectWith(gate))).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining(problem) }),
      );
    });
  });

  it('take intervals that were given where there are no predictions, and both together for a difference', () => {
    const measured = (label: string, value: number, low: number, high: number) => ({
      ...SUBJECT,
      label,
      evaluations: [evaluation({ auc: value }, { dataset: 'holdout', intervals: { auc: { low, high } } })],
    });
    const gate = gateOf('{metric: auc, dataset: holdout, vs: production, max-drop: 0.04, min: 0.8, confidence: 95 %}');
    const check = (low: number, high: number, certainty?: GateContext['certainty']) =>
      checkGate(gate, {
        candidate: measured('fraud@7', 0.9, low, high),
        rival: measured('fraud@6', 0.9, 0.87, 0.93),
        votes: [],
        certainty,
      });
    // 0.04 and 0.03 away: together 0.05.
    expect(check(0.86, 0.94)).toMatchObject({
      outcome: 'failed',
      why: 'auc may be 0.05 worse than that of fraud@6 (95 % interval of the difference -0.05 to 0.05), more than 0.04',
      details: { method: 'intervals that were given' },
    });
    expect(check(0.89, 0.91)).toMatchObject({ outcome: 'passed' });
    expect(check(0.79, 0.91)).toMatchObject({ why: expect.stringContaining('begins below 0.8') });
    expect(check(0.89, 0.91, { problem: 'no luck' })).toMatchObject({ outcome: 'not-evaluated', why: 'no luck' });
  });

  it.each([
    ['{metric: auc, min: 0.8, dataset: d, confidence: 95 %}', {}, "isn't recorded on d"],
    [
      '{metric: auc, min: 0.8, dataset: d, confidence: 95 %}',
      { evaluations: [evaluation({ auc: 1 }, { dataset: 'd' })] },
      'neither predictions nor a confidence interval',
    ],
    ['{bias: equal-opportunity, by: sex, max: 0.1}', {}, 'evaluate it with --predictions and --by sex'],
    [
      '{bias: equal-opportunity, by: sex, max: 0.1}',
      { evaluations: [evaluation({ recall: 1 }, { slice: 'sex=F' })] },
      'only 1 group of sex',
    ],
    [
      '{bias: equal-opportunity, by: sex, max: 0.1}',
      {
        evaluations: [evaluation({ recall: 1 }, { slice: 'sex=F' }), evaluation({ recall: 'NaN' }, { slice: 'sex=M' })],
      },
      'the true positive rate of sex=M isn’t defined',
    ],
    [
      '{bias: equalised-odds, by: sex, max: 0.1}',
      { evaluations: [evaluation({ recall: 1 }, { slice: 'sex=F' }), evaluation({ recall: 1 }, { slice: 'sex=M' })] },
      'the false positive rate (false_positive_rate) of sex=F isn’t recorded',
    ],
    [
      '{bias: demographic-parity, by: sex, min-ratio: 0.8}',
      {
        evaluations: [
          evaluation({ selection_rate: 0 }, { slice: 'sex=F' }),
          evaluation({ selection_rate: 0 }, { slice: 'sex=M' }),
        ],
      },
      'is 0 everywhere',
    ],
  ])('let nothing through that isn’t sure, or has nothing to compare: %s', (gate, part, why) => {
    expect(checkGate(gateOf(gate), contextOf(part))).toMatchObject({
      outcome: 'not-evaluated',
      why: expect.stringContaining(why),
    });
  });

  it('leave small groups out, and say so', () => {
    const groups = [
      ['F', 0.5, 50],
      ['M', 0.5, 50],
      ['X', 0, 3],
    ] as const;
    const evaluations = groups.map(([sex, selected, examples]) =>
      evaluation({ selection_rate: selected, examples }, { slice: `sex=${sex}` }),
    );
    const check = (more: string) =>
      checkGate(gateOf(`{bias: demographic-parity, by: sex, max: 0.1${more}}`), contextOf({ evaluations }));
    expect(check('').outcome).toBe('failed');
    expect(check(', min-examples: 10')).toMatchObject({
      outcome: 'passed',
      measured: expect.stringContaining('1 with fewer than 10 examples left out'),
    });
  });

  it('pass where production holds nothing to compare with, and say so', () => {
    const gate = gateOf('{metric: auc, vs: production, min-gain: 0.1}');
    expect(checkGate(gate, contextOf({ metrics: { auc: 0.1 } }))).toEqual({
      outcome: 'passed',
      measured: '0.1',
      why: expect.stringContaining('nothing to compare with'),
    });
  });

  it('take what people say last, and a refusal before any number of approvals', () => {
    const vote = (person: string, isGiven: boolean) => ({ person, isGiven, isCounted: true, isAuthor: false });
    const check = (...votes: readonly ReturnType<typeof vote>[]) =>
      checkGate(gateOf('{approvals: 2}'), { candidate: SUBJECT, rival: undefined, votes }).outcome;
    expect(check(vote('ann', true))).toBe('failed');
    expect(check(vote('ann', true), vote('bob', true))).toBe('passed');
    expect(check(vote('ann', true), vote('bob', true), vote('eve', false))).toBe('failed');
    expect(check(vote('ann', true), { ...vote('bob', true), isCounted: false })).toBe('failed');
  });

  it('never pass a metric that is no number', () => {
    for (const value of ['NaN', 'Infinity', '-Infinity'] as const)
      expect(checkGate(gateOf('{metric: auc, min: 0}'), contextOf({ metrics: { auc: value } })).outcome).toBe('failed');
  });

  it('say that a version in the stage whose metric is no number can’t be compared with', () => {
    const rival = { ...SUBJECT, label: 'fraud@6', metrics: { auc: 'NaN' as const } };
    const gate = gateOf('{metric: auc, vs: production, max-drop: 0.1}');
    expect(checkGate(gate, { candidate: { ...SUBJECT, metrics: { auc: 0.9 } }, rival, votes: [] })).toMatchObject({
      outcome: 'not-evaluated',
      why: 'auc of fraud@6, which is in production, is NaN, and nothing can be compared with that',
    });
  });

  it('say a share in so few digits that it is still more than the limit', () => {
    const gate = gateOf('{metric: latency_ms, vs: production, max-drop: 15 %}');
    const why = (ours: number, theirs: number) => {
      const rival = { ...SUBJECT, label: 'fraud@6', metrics: { latency_ms: theirs } };
      return checkGate(gate, { candidate: { ...SUBJECT, metrics: { latency_ms: ours } }, rival, votes: [] }).why;
    };
    expect(why(18.25, 15)).toBe('latency_ms is 3.25 (21.7 %) worse than that of fraud@6, more than 15 %');
    expect(why(115_000.9, 100_000)).toBe('latency_ms is 15000.9 (15.001 %) worse than that of fraud@6, more than 15 %');
  });

  it('fail exactly where the change is worse than allowed, whichever way is better', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const drop = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, drop, fc.boolean(), (ours, theirs, allowed, isHigher) => {
        const metric = isHigher ? 'auc' : 'rmse';
        const verdict = checkGate(
          { metric, vs: 'production', 'max-drop': allowed },
          {
            candidate: { ...SUBJECT, metrics: { [metric]: ours } },
            rival: { ...SUBJECT, metrics: { [metric]: theirs } },
            votes: [],
          },
        );
        const worse = isHigher ? theirs - ours : ours - theirs;
        if (Math.abs(worse - allowed) > 1e-4) expect(verdict.outcome).toBe(worse > allowed ? 'failed' : 'passed');
      }),
    );
  });

  it.each([
    ['{}', 'is no gate'],
    ['{metric: auc, min: 0.8, approvals: 1}', 'mixes metric and approvals'],
    ['{approvals: 1, min: 3}', 'has min, which means nothing beside approvals'],
    ['{metric: auc, min: 2, max: 1}', 'a min above its max'],
    ['{metrik: auc, min: 1}', 'did you mean "metric"?'],
    ['{command: "a\\nb"}', 'control characters'],
    ['{command: []}', 'names no program'],
    ['{command: x, time-limit: 0}', 'is less than 1'],
    ['just text', 'must be names with values, but it is "just text"'],
  ])('are refused with a reason where they mean nothing: %s', (gate, message) => {
    expect(problemsOf(projectWith(gate))).toContainEqual(
      expect.objectContaining({ line: 6, message: expect.stringContaining(message) }),
    );
  });

  it('are of stages', () => {
    expect(problemsOf('models: {x: {outputs: [a], gates: {Production: []}}}')).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('is no name of a stage') }),
    );
    expect(problemsOf('models: {x: {outputs: [a], gates: {production: {approvals: 1}}}}')).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('must be a list of gates') }),
    );
  });

  it('have names that the log takes, one for each definition', () => {
    const names = CASES.map(({ gate }) => gateName(gateOf(gate)));
    expect(new Set(names).size).toBe(CASES.length);
    const long = (end: string) => gateName({ command: ['python', 'x'.repeat(4000) + end] });
    expect(long('a').length).toBeLessThanOrEqual(256);
    expect(long('a')).not.toBe(long('b'));
  });

  it('are all in the documentation, with its keys (UPDATE_DOCS=1 writes the table anew)', async () => {
    const file = join(import.meta.dirname, '../../docs/gates.md');
    const rows = [...CASES, ...RUN_CASES].map(({ checks, gate, why }) => `| ${checks} | \`${gate}\` | ${why} |`);
    const table = ['| checks that | gate | one that fails says |', '|---|---|---|', ...rows].join('\n');
    const text = await readFile(file, 'utf8');
    const written = text.replace(
      /<!-- gates -->[\s\S]*<!-- end of gates -->/,
      () => `<!-- gates -->\n${table}\n<!-- end of gates -->`,
    );
    if (process.env.UPDATE_DOCS === '1') await writeFile(file, written);
    expect(text).toBe(written);
    for (const key of GATE_KEYS) expect(text).toContain(`\`${key}\``);
  });
});
