import { describe, expect, it } from 'vitest';
import { alignDecimals, formatDuration } from '../../src/webviews/shared/format.ts';
import { groupMetrics } from '../../src/webviews/shared/metric-groups.ts';

describe('grouping metrics', () => {
  it('groups by prefix and leaves plain names first', () => {
    const { groups, matrices } = groupMetrics({
      'train.loss': 1,
      auc: 2,
      'val/loss': 3,
      'train.auc': 4,
      'recall@0.5': 5,
    });
    expect(groups.map(({ prefix, metrics }) => [prefix, metrics.map(({ label }) => label)])).toEqual([
      ['', ['auc', 'recall@0.5']],
      ['train', ['auc', 'loss']],
      ['val', ['loss']],
    ]);
    expect(matrices).toEqual([]);
  });

  it('makes a matrix where a metric comes back for another value of the slice', () => {
    const { groups, matrices } = groupMetrics({ 'country.DE.auc': 1, 'country.FR.auc': 2, 'country.FR.f1': 3 });
    expect(groups).toEqual([]);
    expect(matrices).toEqual([
      {
        slice: 'country',
        columns: ['auc', 'f1'],
        rows: [
          { value: 'DE', cells: [expect.objectContaining({ value: 1 }), undefined] },
          { value: 'FR', cells: [expect.objectContaining({ value: 2 }), expect.objectContaining({ value: 3 })] },
        ],
      },
    ]);
  });

  it('keeps three parts a group where nothing comes back', () => {
    expect(groupMetrics({ 'model.encoder.norm': 1 }).groups).toEqual([
      { prefix: 'model', metrics: [{ name: 'model.encoder.norm', label: 'encoder.norm', value: 1 }] },
    ]);
  });

  it('loses no metric, whatever its name', () => {
    const names = [
      '',
      '.',
      'a..b',
      'a.',
      '.a',
      '=',
      'a=',
      '=b',
      'a=b',
      'a=b.c',
      'c.a=b',
      'constructor',
      'toString.x.y',
      '1.2.3',
      '/',
      'a=b=c',
    ];
    const { groups, matrices } = groupMetrics(Object.fromEntries(names.map((name, index) => [name, index])));
    const placed = [
      ...groups.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
      ...matrices.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flatMap((cell) => cell?.name ?? []))),
    ];
    expect(placed.sort()).toEqual([...names].sort());
  });
});

describe('writing values', () => {
  it('pads numbers so that their points stand above each other', () => {
    const [short, long, whole, other] = alignDecimals(['0.9', '0.9312', '12', 'NaN']);
    expect([short?.length, long?.length, other]).toEqual([6, 6, 'NaN']);
    expect(whole).toHaveLength('12'.length + 5);
  });
  it('writes durations', () => {
    expect(formatDuration('2026-11-20T08:02:00Z', '2026-11-20T09:14:00Z')).toBe('1 h 12 min');
    expect(formatDuration('2026-11-20T08:02:00Z', '2026-11-20T08:00:00Z')).toBeUndefined();
    expect(formatDuration('x', 'y')).toBeUndefined();
  });
});
