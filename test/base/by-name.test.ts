import { expect, it } from 'vitest';
import { byName, orderOf } from '../../src/base/by-name.ts';
import { headlineMetrics } from '../../src/base/metrics.ts';

it('has numbers in names in their order, and the same order for names that read alike', () => {
  expect(['metric 10', 'metric 2', 'metric 1'].sort(byName)).toEqual(['metric 1', 'metric 2', 'metric 10']);
  expect(['recall@10', 'recall@5', 'auc'].sort(byName)).toEqual(['auc', 'recall@5', 'recall@10']);
  const alike = ['m 01', 'm 1', 'm 001', 'M 1'];
  expect([...alike].sort(byName)).toEqual(alike.toReversed().sort(byName));
});

it('is that of characters where these are in order by themselves', () => {
  const names = ['f1', 'r2', 'auc'];
  expect([...names].sort(orderOf(names))).toEqual([...names].sort(byName));
});

it('is that of metrics which tell as much of a version', () => {
  const metrics = { 'metric 10': 1, 'metric 2': 1, 'metric 1': 1 };
  expect(headlineMetrics(metrics, 3).map(({ name }) => name)).toEqual(['metric 1', 'metric 2', 'metric 10']);
});
