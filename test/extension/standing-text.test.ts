import { expect, it } from 'vitest';
import { standingText } from '../../src/extension/standing-text.ts';
import { versionSummary } from '../webviews/examples.ts';

type Values = Readonly<Record<string, number | string>>;

function told(metrics: Values, others: Values, declared?: { higher: string[]; lower: string[] }) {
  const [version, other] = [versionSummary(4, { metrics } as never), versionSummary(1, { metrics: others } as never)];
  return standingText(version, other, { declared });
}

it('says whether a version does better or worse than another, by the way that counts for the metric', () => {
  expect(told({ auc: 0.9925 }, { auc: 0.9952 })).toEqual({
    text: 'auc is 0.9925, worse than the 0.9952 of version 1 (−0.0027)',
    isWorse: true,
  });
  expect(told({ loss: 0.1 }, { loss: 0.2 })?.text).toBe('loss is 0.1, better than the 0.2 of version 1 (−0.1)');
  expect(told({ gain: 1 }, { gain: 2 })?.text).toBe('gain is 1, against the 2 of version 1 (−1)');
  expect(told({ gain: 1 }, { gain: 2 }, { higher: ['gain'], lower: [] })?.isWorse).toBe(true);
  expect(told({ auc: 0.9 }, { auc: 0.9 })?.text).toBe('auc is 0.9, the same as that of version 1');
});

it('tells what has no value, or what isn’t known of one of them', () => {
  expect(told({ auc: 'NaN', f1: 0.9 }, { auc: 0.9, f1: 0.8 })).toEqual({
    text: 'auc is NaN, worse than the 0.9 of version 1',
    isWorse: true,
  });
  expect(told({ loss: 'Infinity' }, { loss: 1 })?.text).toBe('loss is Infinity, worse than the 1 of version 1');
  expect(told({ f1: 0.9 }, { auc: 0.9 })?.text).toBe('auc isn’t known for it; version 1 has 0.9');
  expect(told({ f1: 0.9 }, {})).toBeUndefined();
});
