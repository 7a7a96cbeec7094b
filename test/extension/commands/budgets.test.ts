import { expect, it } from 'vitest';
import { budgetChoices, budgetOf, problemOfBudget } from '../../../src/extension/commands/budgets.ts';

const labels = (retention: Parameters<typeof budgetChoices>[0]) =>
  budgetChoices(retention).map(({ label, description }) => (description ? `${label}: ${description}` : label));

it('offers the usual budgets, and says which one holds', () => {
  expect(labels({ rollbackWindowDays: 90, isChosen: true, candidateBudgetBytes: 5e9 })).toEqual([
    'Keep Everything',
    '5 GB: as now',
    '20 GB',
    '100 GB',
    'Other…',
  ]);
  expect(labels({ rollbackWindowDays: 90, isChosen: false })[0]).toBe('Keep Everything: as now');
});

it('lets a budget stay that was set elsewhere', () => {
  const [first] = budgetChoices({ rollbackWindowDays: 90, isChosen: true, candidateBudgetBytes: 7_000_000_001 });
  expect(first).toMatchObject({ label: '7.0 GB', description: 'as now' });
  expect(budgetOf(first?.value ?? '')).toBe(7_000_000_001);
});

it('takes sizes as people write them', () => {
  expect(['7 GB', '1.5TiB', '0', 'all', 'All'].map(budgetOf)).toEqual([7e9, 1.5 * 2 ** 40, 0, null, null]);
  expect(problemOfBudget('7 GB')).toBeUndefined();
  for (const wrong of ['', 'much', '-1', '5 XB', '9'.repeat(30)]) expect(problemOfBudget(wrong)).toBeDefined();
});
