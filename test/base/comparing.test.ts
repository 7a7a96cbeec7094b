import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestOf,
  dataStanding,
  formatRelative,
  packageStanding,
  sharedHeadline,
  worstSlice,
} from '../../src/base/comparing.ts';

const value = fc.oneof(fc.double(), fc.constantFrom('NaN', 'Infinity', '-Infinity', null));

describe('the best of several values', () => {
  it('is by the direction of the metric, with all that share it, and none where they are alike or nobody knows', () => {
    expect(bestOf('auc', [0.9, 0.91, null, 0.91])).toEqual([false, true, false, true]);
    expect(bestOf('loss', [0.2, 0.1, 'NaN'])).toEqual([false, true, false]);
    expect(bestOf('auc', [0.9, 0.9])).toEqual([false, false]);
    expect(bestOf('rows', [1, 2])).toEqual([false, false]);
    expect(bestOf('rows', [1, 2], { higher: [], lower: ['rows'] })).toEqual([true, false]);
  });

  it('is never worse than any other finite one', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.constantFrom('auc', 'loss'), (values, name) => {
        const best = bestOf(name, values);
        const numbers = values.filter((entry) => typeof entry === 'number').filter(Number.isFinite);
        for (const [index, entry] of values.entries()) {
          if (!best[index]) continue;
          expect(entry).toBe(name === 'auc' ? Math.max(...numbers) : Math.min(...numbers));
        }
      }),
    );
  });
});

describe('a relative difference', () => {
  it('is of the size of the baseline, with its sign, and nothing of nothing', () => {
    expect(formatRelative(0.93, 0.92)).toBe('+1.09 %');
    expect(formatRelative(-0.5, -1)).toBe('+50 %');
    expect(formatRelative(1, 2)).toBe('−50 %');
    expect(formatRelative(1e-9, 1)).toBe('−100 %');
    expect(formatRelative(1e9, 1e-9)).toBe('+1e20 %');
    expect(formatRelative(1, 0)).toBe('');
    expect(formatRelative(1, 'NaN')).toBe('');
    expect(formatRelative(1, 1)).toBe('');
  });

  it('has the sign of the difference', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (one, other) => {
          const text = formatRelative(one, other);
          if (text !== '') expect(text.startsWith('+')).toBe(one > other);
        },
      ),
    );
  });
});

describe('the worst slice', () => {
  it('is by the direction of the metric; what isn’t a number is worst', () => {
    const slices = [
      { slice: 'DE', value: 0.9 },
      { slice: 'BR', value: 0.8 },
    ];
    expect(worstSlice('auc', slices)?.slice).toBe('BR');
    expect(worstSlice('loss', slices)?.slice).toBe('DE');
    expect(worstSlice('rows', slices)).toBeUndefined();
    expect(worstSlice('auc', [...slices, { slice: 'FR', value: 'NaN' }])?.slice).toBe('FR');
    expect(worstSlice('auc', [])).toBeUndefined();
  });

  it('has a value that no other is worse than', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 9 }), (values) => {
        const worst = worstSlice(
          'auc',
          values.map((entry, index) => ({ slice: String(index), value: entry })),
        );
        expect(worst?.value).toBe(values.reduce((least, entry) => (entry < least ? entry : least)));
      }),
    );
  });
});

describe('what became of', () => {
  it('data is told by names of one form', () => {
    const data = (name?: string) => ({ isThere: true, name });
    expect(dataStanding(data('sha256:a'), data('sha256:a'))).toBe('same');
    expect(dataStanding(data('sha256:a'), data('sha256:b'))).toBe('changed');
    expect(dataStanding(data('sha256:a'), data('md5:b'))).toBe('unknown');
    expect(dataStanding(data(), data('md5:b'))).toBe('unknown');
    expect(dataStanding({ isThere: false, name: null }, data('md5:b'))).toBe('added');
  });

  it('a package is told by the order of its versions', () => {
    expect(packageStanding({ text: '1.9', rank: 0 }, { text: '1.10', rank: 1 })).toBe('upgraded');
    expect(packageStanding({ text: '1.10', rank: 1 }, { text: '1.9', rank: 0 })).toBe('downgraded');
    expect(packageStanding({ text: 'local' }, { text: '1.9', rank: 0 })).toBe('changed');
    expect(packageStanding({ text: null }, { text: '1.9', rank: 0 })).toBe('added');
    expect(packageStanding({ text: '1.9', rank: 0 }, { text: undefined })).toBe('removed');
    expect(packageStanding({ text: '1' }, { text: '1' })).toBe('same');
  });
});

describe('the one metric that tells two versions apart', () => {
  it('is one that both have, also where it came out as NaN of one of them', () => {
    expect(sharedHeadline({ auc: 'NaN', accuracy: 0.9 }, { auc: 0.99, accuracy: 0.8 })).toEqual({
      ...{ name: 'auc', value: 'NaN', before: 0.99 },
    });
    expect(sharedHeadline({ auc: 'NaN', accuracy: 0.9 }, { auc: 'NaN', accuracy: 0.8 })?.name).toBe('accuracy');
    expect(sharedHeadline({ auc: 'NaN' }, { auc: 'NaN' })?.name).toBe('auc');
    expect(sharedHeadline({ auc: 0.9, f1: 0.5 }, { f1: 0.4 })?.name).toBe('f1');
    expect(sharedHeadline({ auc: 0.9, f1: 0.5 }, { auc: 0.8, f1: 0.4 }, { preferred: 'f1' })?.name).toBe('f1');
    expect(sharedHeadline({ auc: 0.9 }, { loss: 1 })).toBeUndefined();
  });
});
