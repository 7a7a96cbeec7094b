import { expect, it } from 'vitest';
import { policyGatesOf } from '../../src/gates/policy-gates.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import { problemsOfPolicy } from '../../src/registry/policy-problems.ts';

const taken = (gate: DeclaredGate, directions = { higher: [], lower: [] as string[] }) => {
  const { gates, left } = policyGatesOf({ gates: { production: [gate] }, directions });
  expect(problemsOfPolicy({ gates })).toBeUndefined();
  return gates.production?.[0] ?? left[0]?.why;
};

it.each<[DeclaredGate, unknown]>([
  [
    { metric: 'auc', min: 0.8, max: 0.99 },
    { metric: 'auc', min: 0.8, max: 0.99 },
  ],
  [
    { metric: 'auc', vs: 'production', 'max-drop': 0.01 },
    { metric: 'auc', vs: 'production', maxDrop: 0.01 },
  ],
  [{ approvals: 2 }, { approvals: 2 }],
  [{ metric: 'auc', vs: 'production', 'max-drop': '1 %' }, 'policies know no percentages'],
  [{ metric: 'auc', vs: 'production', 'min-gain': 0.01 }, 'policies know no min-gain'],
  [{ metric: 'rmse', vs: 'production', 'max-drop': 1 }, 'policies compare only where higher is better'],
  [{ metric: 'payout', vs: 'production', 'max-drop': 1 }, 'policies compare only where higher is better'],
  [{ metric: 'auc', min: 0.8, dataset: 'holdout' }, 'policies know a version’s own metrics only'],
  [{ metric: 'auc', max: 0.1, 'gap-of': 'country' }, 'policies know a version’s own metrics only'],
  [{ 'max-size': '1 GB' }, 'the log knows nothing of it'],
  [{ command: 'python validate.py' }, 'the log knows nothing of it'],
])('a policy takes %j as %j', (gate, expected) => {
  expect(taken(gate)).toEqual(expected);
});

it('a policy isn’t given a comparison that would be the wrong way round', () => {
  const gate = { metric: 'auc', vs: 'production', 'max-drop': 0.01 };
  expect(taken(gate, { higher: [], lower: ['auc'] })).toBe('policies compare only where higher is better');
});
