import { describe, expect, it } from 'vitest';
import {
  formatDifference,
  formatMetric,
  headlineMetric,
  headlineMetrics,
  metricChange,
  metricDirection,
} from '../../src/base/metrics.ts';

describe('the direction of a metric', () => {
  it.each([
    'auc',
    'val_auc',
    'roc_auc',
    'rocAUC',
    'test/accuracy',
    'f1-score',
    'f1_macro',
    'precision',
    'recall@5',
    'r2',
    'R2',
    'mAP',
    'mAP@50',
    'auc.country=DE',
    'explained_variance',
    'neg_mean_squared_error',
    'country.DE.auc',
    'loss_branch.accuracy',
  ])('%s: higher is better', (name) => {
    expect(metricDirection(name)).toBe('higher');
  });
  it.each([
    'loss',
    'val_loss',
    'logLoss',
    'log_loss',
    'error',
    'mean_squared_error',
    'rmse',
    'mae',
    'brier_score',
    'latency_p99_ms',
    'eval/perplexity',
    'false_positive_rate',
    'accuracy_gap',
  ])('%s: lower is better', (name) => {
    expect(metricDirection(name)).toBe('lower');
  });
  it.each([
    'rows',
    'epochs',
    'learning_rate',
    'auc_std',
    'precision_threshold',
    'accident',
    'mapping',
    '',
    '...',
    'constructor',
  ])('%s says nothing', (name) => {
    expect(metricDirection(name)).toBe('neutral');
  });
});

describe('writing a metric', () => {
  it.each([
    [0.93124567, '0.9312'],
    [0.9, '0.9'],
    [1, '1'],
    [0, '0'],
    [-0, '0'],
    [120412, '120,412'],
    [1234.567, '1,234.6'],
    [123.456, '123.46'],
    [0.00123456, '0.001235'],
    [0.000000321, '3.21e-7'],
    [1e21, '1e21'],
    [-0.5, '-0.5'],
    ['NaN', 'NaN'],
    ['-Infinity', '-Infinity'],
    [Number.NaN, 'NaN'],
  ])('%s is %s', (value, text) => {
    expect(formatMetric(value)).toBe(text);
  });
  it('gives a difference its sign', () => {
    expect([0.0121, -3, 0, 0.9722 - 0.98019].map(formatDifference)).toEqual(['+0.0121', '−3', '±0', '−0.008']);
  });
});

describe('a change of a metric', () => {
  it('is better or worse where the name tells, and only different elsewhere', () => {
    expect(metricChange('auc', 0.9, 0.8).verdict).toBe('better');
    expect(metricChange('loss', 0.9, 0.8).verdict).toBe('worse');
    expect(metricChange('rows', 10, 8)).toEqual({ verdict: 'different', difference: 2 });
    expect(metricChange('auc', 0.9, 0.9)).toEqual({ verdict: 'same', difference: 0 });
    expect(metricChange('rows', 'NaN', 8)).toEqual({ verdict: 'different' });
    expect(metricChange('auc', 'NaN', 'NaN')).toEqual({ verdict: 'same' });
  });

  it('has NaN for worse than any number, and infinite values for what they are', () => {
    expect(metricChange('auc', 'NaN', 0.9)).toEqual({ verdict: 'worse' });
    expect(metricChange('loss', 0.9, 'NaN')).toEqual({ verdict: 'better' });
    expect(metricChange('loss', 'Infinity', 1)).toEqual({ verdict: 'worse' });
    expect(metricChange('loss', 1, 'Infinity')).toEqual({ verdict: 'better' });
    expect(metricChange('auc', '-Infinity', 1)).toEqual({ verdict: 'worse' });
  });
});

describe('a declared direction', () => {
  const declared = { higher: ['cost', 'gain_*', '*.lift@*'], lower: ['auc', 'a*b*c'] };

  it('counts before what the name says, for the metric in every group', () => {
    expect(metricDirection('cost', declared)).toBe('higher');
    expect(metricDirection('slices.DE.cost', declared)).toBe('higher');
    expect(metricDirection('val/auc', declared)).toBe('lower');
    expect(metricChange('auc', 0.9, 0.8, declared).verdict).toBe('worse');
    expect(metricDirection('rows', declared)).toBe('neutral');
    expect(metricDirection('loss', declared)).toBe('lower');
  });

  it('has the whole name, with * for any text', () => {
    expect(metricDirection('cost_of_it', declared)).toBe('neutral');
    expect(metricDirection('gain_', declared)).toBe('higher');
    expect(metricDirection('x.lift@5', declared)).toBe('higher');
    expect(metricDirection('lift5', declared)).toBe('neutral');
    expect(metricDirection('aXbXbc', declared)).toBe('lower');
    expect(metricDirection('abXc.d', declared)).toBe('neutral');
  });

  it('makes a metric one that tells something', () => {
    expect(headlineMetric({ size: 2, cost: 1, 'x.y': 1 }, { declared: { higher: ['size'], lower: [] } })?.name).toBe(
      'size',
    );
  });

  it('takes no time, whatever it is', () => {
    const hostile = { higher: [`${'*a'.repeat(120)}b`], lower: [] };
    expect(metricDirection('a'.repeat(256), hostile)).toBe('neutral');
  });
});

describe('the headline metric', () => {
  it('is the test AUC before validation, training and slices', () => {
    const metrics = { 'train.auc': 0.99, 'country.DE.auc': 0.8, val_auc: 0.91, test_auc: 0.9, rows: 5 };
    expect(headlineMetric(metrics)).toEqual({ name: 'test_auc', value: 0.9 });
    expect(headlineMetrics(metrics, 2).map(({ name }) => name)).toEqual(['test_auc', 'val_auc']);
  });
  it('is the preferred one where the version has it', () => {
    expect(headlineMetric({ auc: 1, cost: 3 }, { preferred: 'cost' })?.name).toBe('cost');
    expect(headlineMetric({ auc: 1 }, { preferred: 'cost' })?.name).toBe('auc');
  });
  it('is absent where there are no metrics', () => {
    expect(headlineMetric({})).toBeUndefined();
  });
});
