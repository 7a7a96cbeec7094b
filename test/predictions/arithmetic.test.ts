import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeBenchmark } from '../../src/gates/benchmark.ts';
import { checkBias } from '../../src/gates/bias-gate.ts';
import { certaintyOf } from '../../src/predictions/certainty.ts';
import { decodePredictions } from '../../src/predictions/encode.ts';
import { measureFile } from '../../src/predictions/measure-file.ts';
import { readPredictions } from '../../src/predictions/read-predictions.ts';
import { evaluation, SUBJECT } from '../gates/cases.ts';

// What scikit-learn, fairlearn and NumPy say of the same files: make_fixtures.py.
const FIXTURES = join(import.meta.dirname, 'fixtures');
const expected = JSON.parse(await readFile(join(FIXTURES, 'expected.json'), 'utf8'));
const fixture = (name: string) => join(FIXTURES, name);

/** Equal numbers under equal names, to 1e-9. */
function expectSame(found: unknown, wanted: unknown): void {
  if (typeof wanted === 'number') expect(found).toBeCloseTo(wanted, 9);
  else if (typeof wanted !== 'object' || wanted === null) expect(found).toBe(wanted);
  else {
    expect(typeof found).toBe('object');
    expect(Object.keys(Object(found)).sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, value] of Object.entries(wanted)) expectSame(Object(found)[name], value);
  }
}

describe('metrics are those of scikit-learn', () => {
  it('of a binary model, with slices', async () => {
    const measured = await measureFile(fixture('binary.csv'), { by: ['country', 'sex'] });
    expect(measured).toMatchObject({ task: 'binary', rows: 160, classes: ['0', '1'] });
    expectSame(measured.metrics, expected.binary.metrics);
    expectSame(
      Object.fromEntries(measured.slices.map(({ slice, metrics }) => [slice, metrics])),
      expected.binary.slices,
    );
  });

  it('of a model of several classes, one of which is never predicted', async () => {
    const { task, metrics } = await measureFile(fixture('multiclass.csv'), {});
    expect(task).toBe('multiclass');
    expectSame(metrics, expected.multiclass.metrics);
  });

  it('of a regression', async () => {
    const { task, metrics } = await measureFile(fixture('regression.csv'), {});
    expect(task).toBe('regression');
    expectSame(metrics, expected.regression.metrics);
  });
});

describe('intervals are those of the same resamples with scikit-learn and NumPy', () => {
  it.each([
    ['binary', ['accuracy', 'f1', 'auc', 'log_loss']],
    ['regression', ['rmse', 'mae', 'r2']],
  ] as const)('of a %s, alone and as the difference to another model', async (kind, metrics) => {
    const ours = await readPredictions(fixture(`${kind}.csv`), { by: [] });
    const theirs = decodePredictions((await measureFile(fixture(`${kind}-rival.csv`), {})).bytes);
    for (const metric of metrics) {
      const answer = certaintyOf(ours, theirs, { metric, ...expected.resampling });
      const [sample] = 'samples' in answer ? answer.samples : [];
      expectSame({ ...sample, rows: 0 }, { ...expected.certainty[kind][metric], rows: 0 });
    }
  });
});

describe('bias is what fairlearn says', () => {
  it.each(['country', 'sex'])('over %s', async (by) => {
    const { slices } = await measureFile(fixture('binary.csv'), { by: [by] });
    const candidate = {
      ...SUBJECT,
      evaluations: slices.map(({ slice, metrics }) => evaluation(metrics, { slice, dataset: 'holdout' })),
    };
    for (const bias of ['demographic-parity', 'equalised-odds', 'equal-opportunity'] as const) {
      const { difference, ratio } = expected.bias[by][bias];
      const outcome = (bounds: object) => checkBias({ bias, by, dataset: 'holdout', ...bounds }, candidate).outcome;
      expect(outcome({ max: difference + 1e-9 })).toBe('passed');
      expect(outcome({ max: difference - 1e-9 })).toBe('failed');
      expect(outcome({ 'min-ratio': ratio - 1e-9 })).toBe('passed');
      expect(outcome({ 'min-ratio': ratio + 1e-9 })).toBe('failed');
    }
  });
});

it('percentiles of times are those of NumPy', () => {
  const { timesMs, ...percentiles } = expected.times;
  expect(judgeBenchmark({ benchmark: 'x', p50: 1e9 }, { timesMs }).details).toMatchObject({
    p50: expect.closeTo(percentiles.p50, 9),
    p95: expect.closeTo(percentiles.p95, 9),
    p99: expect.closeTo(percentiles.p99, 9),
  });
});
