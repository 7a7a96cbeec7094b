import { expect, it } from 'vitest';
import { problemsOfPolicy } from '../../src/registry/policy-problems.ts';

it.each<[unknown, string]>([
  [[], 'must be names with values (stages, gates, override, changes, signers, signatures), but it is a list'],
  [null, 'but it is empty'],
  [{ gates: [{ metric: 'auc' }] }, 'gates must be lists of gates under the names of stages'],
  [{ gates: { production: { metric: 'auc' } } }, 'gates.production must be a list, but it is names with values'],
  [{ gates: { production: ['auc'] } }, 'gates.production.0 must be {metric: NAME'],
  [
    { gates: { production: [{ min: 1 }] } },
    'gates.production.0 must be {metric: NAME, with min, max, or vs and max-drop}, {approvals: NUMBER} or {recorded: NAME OF A RESULT}; it has "min"',
  ],
  [
    { gates: { production: [{ metric: 'auc', minn: 1 }] } },
    'has the key "minn" in gates.production.0, which this version of Model Registry doesn\'t know: did you mean "min"?',
  ],
  [
    { gates: { production: [{ metric: 'auc', min: '0.8' }] } },
    'gates.production.0.min must be a number, but it is "0.8"',
  ],
  [{ gates: { production: [{ metric: 'auc', maxDrop: -1 }] } }, 'gates.production.0.max-drop'],
  [{ gates: { production: [{ approvals: 'two' }] } }, 'gates.production.0.approvals must be a number, but it is "two"'],
  [{ gates: { Production: [] } }, '"Production" is no name of a stage'],
  [{ stages: 'candidate' }, 'stages must be a list, but it is "candidate"'],
  [{ stages: [{ exclusive: true }] }, 'stages.0.name is missing'],
  [{ stages: [{ name: 'Prod' }] }, 'stages.0.name: "Prod" is no name of a stage'],
  [{ stages: [{ name: 'prod', exclusive: 'yes' }] }, 'stages.0.exclusive must be true or false, but it is "yes"'],
  [{ stages: [{ name: 'prod', displaced: 'a' }] }, 'Known here: name, exclusive, displaced-to, from'],
  [{ override: 'sometimes' }, 'override must be allowed, never, or {by: [people who may]}, but it is "sometimes"'],
  [{ override: { by: [] } }, 'override.by'],
  [{ override: ['ann'] }, 'override must be allowed, never, or {by: [people who may]}, but it is a list'],
  [{ changes: {} }, 'changes.approvals is missing'],
  [{ changes: { approvals: 1, of: 'ann' } }, 'Known here: approvals, by'],
  [{ gates: { production: [{ recorded: '' }] } }, 'gates.production.0.recorded'],
  [
    { signatures: ['everything'] },
    'signatures.0 must be "approvals" or "gates" or "stages" or "all", but it is "everything"',
  ],
  [{ signers: [{ person: 'ann' }] }, 'signers.0.key is missing'],
  [{ gate: {} }, 'has the key "gate", which this version of Model Registry doesn\'t know: did you mean "gates"?'],
])('says where a policy is wrong, and what is expected: %j', (policy, problem) => {
  expect(problemsOfPolicy(policy)).toContain(problem);
});

it('has nothing to say of the form of a good one, and counts what it doesn’t name', () => {
  const gates = { production: [{ metric: 'auc', vs: 'production', maxDrop: 0.01 }, { approvals: 2 }] };
  expect(problemsOfPolicy({ gates, override: 'never' })).toBeUndefined();
  expect(problemsOfPolicy({ signatures: ['a', 'b', 'c', 'd', 'e'] })).toMatch(/; and 2 more$/);
});
