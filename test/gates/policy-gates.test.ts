import { expect, it } from 'vitest';
import { policyGatesOf } from '../../src/gates/policy-gates.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import { problemsOfPolicy } from '../../src/registry/policy-problems.ts';

const taken = (gate: DeclaredGate, directions = { higher: [], lower: [] as string[] }) => {
  const gates = policyGatesOf({ gates: { production: [gate] }, directions });
  expect(problemsOfPolicy({ gates })).toBeUndefined();
  return gates.production?.[0];
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
  [
    { approvals: 1, of: ['bob@example.org'] },
    { approvals: 1, by: ['bob@example.org'] },
  ],
  [{ metric: 'auc', vs: 'production', 'max-drop': '1 %' }, { recorded: 'auc: at most 1 % worse than production' }],
  [{ metric: 'auc', vs: 'production', 'min-gain': 0.01 }, { recorded: 'auc: at least 0.01 better than production' }],
  [{ metric: 'rmse', vs: 'production', 'max-drop': 1 }, { recorded: 'rmse: at most 1 worse than production' }],
  [{ metric: 'payout', vs: 'production', 'max-drop': 1 }, { recorded: 'payout: at most 1 worse than production' }],
  [{ metric: 'auc', min: 0.8, dataset: 'holdout' }, { recorded: 'auc on holdout: at least 0.8' }],
  [{ metric: 'auc', max: 0.1, 'gap-of': 'country' }, { recorded: 'auc gap over country: at most 0.1' }],
  [{ 'max-size': '1 GB' }, { recorded: 'size: at most 1 GB' }],
  [{ command: 'python validate.py' }, { recorded: 'command: python validate.py' }],
])('a policy takes %j as %j', (gate, expected) => {
  expect(taken(gate)).toEqual(expected);
});

it('the log judges no comparison that would be the wrong way round', () => {
  const gate = { metric: 'auc', vs: 'production', 'max-drop': 0.01 };
  expect(taken(gate, { higher: [], lower: ['auc'] })).toEqual({
    recorded: 'auc: at most 0.01 worse than production',
  });
});
