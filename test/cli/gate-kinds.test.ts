import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CASES, RUN_CASES } from '../gates/cases.ts';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { type GateWorld, gateWorld } from './harness/gate-world.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** Each gate of the documentation, as it is asked of real versions, and what it says of the one that fails. */
const node = process.execPath;
const TABLE: Readonly<Record<string, readonly [gate: string, why: RegExp]>> = {
  'a metric is not too low': ['{metric: auc, min: 0.85}', /^auc 0\.84 is below 0\.85$/],
  'a metric is not too high': ['{metric: latency_p95_ms, max: 40}', /^latency_p95_ms 41 is above 40$/],
  'a metric on a dataset, in the newest evaluation': [
    '{metric: auc, min: 0.85, dataset: holdout}',
    /^auc 0\.\d+ is below 0\.85$/,
  ],
  'a metric on a slice': [
    '{metric: auc, min: 0.85, dataset: holdout, slice: country=FR}',
    /^auc of country=FR 0\.\d+ is below/,
  ],
  'the worst of the slices': [
    '{metric: auc, min: 0.85, dataset: holdout, worst-of: country}',
    /^auc of country=FR 0\.\d+ is below/,
  ],
  'the gap between slices': [
    '{metric: recall, max: 0.15, dataset: holdout, gap-of: sex}',
    /^recall differs by 0\.\d+ over sex, more than 0\.15$/,
  ],
  'the worse end of a confidence interval': [
    '{metric: auc, min: 0.85, dataset: march, by-interval: true}',
    /^auc 0\.84 is below 0\.85$/,
  ],
  'not worse than production by more than a number': [
    '{metric: auc, vs: production, max-drop: 0.005}',
    /^auc is 0\.09 worse than that of fraud@1, more than 0\.005$/,
  ],
  'not worse than production by more than a percentage': [
    '{metric: rmse, vs: production, max-drop: 2 %}',
    /^rmse is 3 \(3 %\) worse than that of fraud@1, more than 2 %$/,
  ],
  'better than production by so much': [
    '{metric: auc, vs: production, min-gain: 0.01}',
    /^auc is 0\.09 worse than .* not as much as 0\.01$/,
  ],
  'a metric with some confidence, by resampling predictions': [
    '{metric: auc, min: 0.8, dataset: holdout, confidence: 95 %}',
    /^the 95 % interval of auc, 0\.\d+ to 0\.\d+, begins below 0\.8$/,
  ],
  'not worse than production with some confidence, on the same examples': [
    '{metric: auc, vs: production, max-drop: 0.005, dataset: holdout, confidence: 95 %, resamples: 2000, seed: 7}',
    /^auc may be 0\.\d+ worse than that of fraud@1 \(95 % interval of the difference -0\.\d+ to -0\.\d+\), more than 0\.005$/,
  ],
  'as many of each group are selected': [
    '{bias: demographic-parity, by: sex, max: 0.1, dataset: holdout}',
    /^the selection rate differs by 0\.\d+ \(sex=M 0\.\d+, sex=F 0\.\d+\), more than 0\.1$/,
  ],
  'the same, by the ratio': [
    '{bias: demographic-parity, by: sex, min-ratio: 0.8, dataset: holdout, min-examples: 30}',
    /^the smallest selection rate is 0\.\d+ of the largest/,
  ],
  'positives of each group are found as often': [
    '{bias: equal-opportunity, by: sex, max: 0.1, dataset: holdout}',
    /^the true positive rate differs by 0\.\d+/,
  ],
  'and negatives of each group are taken for positives as often': [
    '{bias: equalised-odds, by: sex, max: 0.1, dataset: holdout}',
    /^the true positive rate differs by/,
  ],
  'the size of the files': ['{max-size: 1 MB}', /^the files have 1000\d+ bytes, more than 1000000$/],
  'where it came from is known': [
    '{lineage: [clean, pushed, data, lock]}',
    /^the working tree had changes .*; the commit wasn’t pushed, .*; no digest of s3:\/\/bucket\/train\.csv was recorded; no lock file was recorded$/,
  ],
  'what loading the files could run': ['{danger: none-found}', /^loading the files may run code that isn’t known$/],
  'the licences of the model and its base model': [
    '{licence: [apache-2.0, mit]}',
    /^bert.* has the licence cc-by-nc-4\.0$/,
  ],
  'whoever calls production can call it, too': [
    '{signature: compatible}',
    /^the input amount is long instead of float$/,
  ],
  'people who approved it, beside its author': ['{approvals: 1}', /whoever registered the version doesn’t count$/],
  'approvals of some people': [
    '{approvals: 1, of: [bob@example.org]}',
    /^no approval yet, 1 needed from bob@example\.org/,
  ],
  'a program ends with 0': [`{command: [${JSON.stringify(node)}, check.mjs], memory-limit: 4 GB}`, /^it ended with 1$/],
  'a program is quick enough, and uses no more memory': [
    `{benchmark: [${JSON.stringify(node)}, bench.mjs], times: printed, warm-up: 1, repetitions: 2, p95: 5 ms, max-memory: 4 GB}`,
    /^p95 is 8\.95 ms, more than 5 ms$/,
  ],
};

let cli: CommandLine;
let world: GateWorld;
beforeAll(async () => {
  cli = await buildCommandLine();
  world = await gateWorld(cli);
});
afterAll(async () => {
  await world.dispose();
  await cli.dispose();
});

function project(gates: readonly string[]): string {
  const lines = gates.map((gate) => `        - ${gate}\n`).join('');
  return `models:\n  fraud:\n    outputs: [model]\n    gates:\n      production:\n${lines}`;
}

async function gates(ref: string) {
  const { code, stdout } = await world.run('gates', ref, 'production', '--run', '--json');
  const { gates: found }: { gates: { outcome: string; why: string | null }[] } = JSON.parse(stdout);
  return { code, found };
}

describe('every kind of gate, through the command line', () => {
  it('is in this table and in the documentation', () => {
    expect(Object.keys(TABLE)).toEqual([...CASES, ...RUN_CASES].map(({ checks }) => checks));
  });

  it('lets a good version through, and says why it holds a bad one', async () => {
    await world.work.write('model-registry.yaml', project(Object.values(TABLE).map(([gate]) => gate)));
    const good = await gates('fraud@2');
    expect(good.found.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(good.code).toBe(0);
    const bad = await gates('fraud@3');
    const said = Object.entries(TABLE).map(([checks, [, why]], at) => {
      const found = bad.found[at];
      return { checks, outcome: found?.outcome, why: why.test(found?.why ?? '') ? 'as it should' : found?.why };
    });
    expect(said).toEqual(Object.keys(TABLE).map((checks) => ({ checks, outcome: 'failed', why: 'as it should' })));
    expect(bad.code).toBe(1);
  });

  it('is refused where it is written wrongly, each with its line and column', async () => {
    const cases = [...CASES, ...RUN_CASES];
    await world.work.write('model-registry.yaml', project(cases.map(({ malformed }) => malformed)));
    const { code, stderr } = await world.run('gates', 'fraud@2', 'production', '--run', '--json');
    expect(code).toBe(1);
    const { error } = JSON.parse(stderr);
    expect(error.code).toBe('PROJECT_FILE_INVALID');
    for (const [at, { problem }] of cases.entries())
      expect(error.details.problems).toContainEqual({
        line: 6 + at,
        column: expect.any(Number),
        message: expect.stringContaining(problem),
      });
  });
});
