import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CertaintyQuestion, certaintyOf } from '../../src/predictions/certainty.ts';
import { type Predictions, rowsOf } from '../../src/predictions/predictions.ts';

const AUC: CertaintyQuestion = { metric: 'auc', resamples: 200, confidence: 0.9, seed: 1 };

function binary(
  rows: readonly (readonly [label: number, score: number])[],
  more: Partial<Predictions> = {},
): Predictions {
  return {
    task: 'binary',
    rows: rows.length,
    classes: ['0', '1'],
    labels: Float64Array.from(rows, ([label]) => label),
    scores: Float64Array.from(rows, ([, score]) => score),
    predicted: Float64Array.from(rows, ([, score]) => (score >= 0.5 ? 1 : 0)),
    groups: [],
    ...more,
  };
}

const ids = (count: number) => BigUint64Array.from({ length: count }, (_, row) => BigInt(row));
const someRows = (count: number) =>
  fc.array(fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: count,
    maxLength: 60,
  });

describe('the certainty of a metric', () => {
  it('of a model against itself is none of a difference', () => {
    fc.assert(
      fc.property(someRows(20), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (rows, seed) => {
        const model = binary(rows);
        const answer = certaintyOf(model, model, { ...AUC, metric: 'accuracy', seed });
        expect(answer).toMatchObject({ samples: [{ difference: { low: 0, high: 0 } }] });
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same seed, and the other way round for the other model', () => {
    fc.assert(
      fc.property(someRows(20), someRows(20), (rows, scores) => {
        const [ours, theirs] = [binary(rows), binary(rows.map(([label], row) => [label, scores[row]?.[1] ?? 0.5]))];
        const question = { ...AUC, metric: 'accuracy' };
        const answer = certaintyOf(ours, theirs, question);
        expect(certaintyOf(ours, theirs, question)).toEqual(answer);
        const back = certaintyOf(theirs, ours, question);
        const [one, other] = [answer, back].map((found) =>
          'samples' in found ? found.samples[0]?.difference : undefined,
        );
        expect(other?.low).toBeCloseTo(-(one?.high ?? Number.NaN), 12);
        expect(other?.high).toBeCloseTo(-(one?.low ?? Number.NaN), 12);
      }),
      { numRuns: 30 },
    );
  });

  it('doesn’t depend on the order in which the other model saw the examples', () => {
    fc.assert(
      fc.property(someRows(20), fc.infiniteStream(fc.nat(1000)), (rows, places) => {
        const ours = binary(rows, { ids: ids(rows.length) });
        const theirs = binary(
          rows.map(([label, score]) => [label, 1 - score]),
          { ids: ids(rows.length) },
        );
        const order = [...rows.keys()]
          .map((row) => ({ row, place: places.next().value }))
          .toSorted((a, b) => a.place - b.place);
        const shuffled = rowsOf(
          theirs,
          Uint32Array.from(order, ({ row }) => row),
        );
        const question = { ...AUC, metric: 'accuracy' };
        expect(certaintyOf(ours, shuffled, question)).toEqual(certaintyOf(ours, theirs, question));
      }),
      { numRuns: 30 },
    );
  });

  it('is higher with more examples, and holds the value that they were drawn from', () => {
    const width = (count: number) => {
      const rows = Array.from({ length: count }, (_, row) => [row % 2, ((row * 37) % 101) / 101] as const);
      const answer = certaintyOf(binary(rows), undefined, AUC);
      const [sample] = 'samples' in answer ? answer.samples : [];
      if (!sample) throw new Error('There is no sample.');
      expect(sample.interval.low).toBeLessThan(sample.value);
      expect(sample.interval.high).toBeGreaterThan(sample.value);
      return sample.interval.high - sample.interval.low;
    };
    expect(width(1600)).toBeLessThan(width(100) / 2.5);
  });

  it('is that of each slice where it is asked so', () => {
    const rows = Array.from({ length: 40 }, (_, row) => [row % 2, row < 20 ? (row % 2) * 0.9 : 0.5] as const);
    const groups = [{ name: 'sex', values: ['F', 'M'], codes: Uint8Array.from(rows, (_, row) => (row < 20 ? 0 : 1)) }];
    const model = binary(rows, { groups });
    expect(certaintyOf(model, model, { ...AUC, eachOf: 'sex' })).toMatchObject({
      samples: [
        { slice: 'sex=F', rows: 20, value: 1, interval: { low: 1, high: 1 }, difference: { low: 0, high: 0 } },
        { slice: 'sex=M', rows: 20, value: 0.5, interval: { low: 0.5, high: 0.5 } },
      ],
    });
    expect(certaintyOf(model, undefined, { ...AUC, slice: 'sex=M' })).toMatchObject({ samples: [{ slice: 'sex=M' }] });
    expect(certaintyOf(model, undefined, { ...AUC, slice: 'sex=X' })).toMatchObject({
      problem: expect.stringContaining('no slice sex=X'),
    });
  });
});

describe('nothing is said', () => {
  const rows = Array.from({ length: 20 }, (_, row) => [row % 2, 0.4] as const);
  const model = binary(rows);
  it.each([
    ['of few examples', binary(rows.slice(0, 9)), undefined, {}, 'only 9 examples'],
    ['of a metric that isn’t computed', model, undefined, { metric: 'payout' }, 'but accuracy, balanced_accuracy'],
    [
      'where most resamples have one class',
      binary(rows.map(([, score], row) => [row === 0 ? 1 : 0, score])),
      undefined,
      {},
      'isn’t defined in most',
    ],
    ['of models of other kinds', model, { ...model, task: 'regression' as const }, {}, 'one is a binary and the other'],
    ['of other numbers of examples without names', model, binary(rows.slice(1)), {}, 'no column id'],
    [
      'of other examples',
      binary(rows, { ids: ids(20) }),
      binary(rows, { ids: ids(20).map((id) => id + 10n) }),
      {},
      '10 of 20 examples in common',
    ],
    ['of other data', model, binary(rows.map(([label, score]) => [1 - label, score])), {}, 'aren’t of the same data'],
    [
      'of other classes',
      model,
      { ...model, classes: ['1', '0'], labels: model.labels.map((label) => 1 - label) },
      {},
      'the positive class is 1',
    ],
  ])('%s', (_name, ours, theirs, change, problem) => {
    expect(certaintyOf(ours, theirs, { ...AUC, ...change })).toMatchObject({
      problem: expect.stringContaining(problem),
    });
  });
});
