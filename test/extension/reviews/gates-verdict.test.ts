import { expect, it } from 'vitest';
import { gatesVerdict } from '../../../src/extension/reviews/gates-verdict.ts';
import type { GateResult } from '../../../src/gates/evaluate-gates.ts';
import { sampleVersion } from '../../cli/format/sample.ts';

function verdict(...results: readonly Partial<GateResult>[]): string {
  const whole = { gate: 'auc: at least 0.8', title: 'auc', required: 'at least 0.8', measured: '0.9' } as const;
  return gatesVerdict({
    standing: {
      version: sampleVersion(),
      ...{ stage: 'production', kind: 'promote', stages: ['candidate', 'production'], formerNames: [] },
      ...{ isExclusive: true, isAuthor: false, isOverrideAllowed: true, policyDigest: null },
      ...{ seen: { artifact: '', holder: null, gates: [] }, results: [], approvals: [], policyGates: [] },
    },
    commands: ['command: python validate.py'],
    results: results.map((result) => ({ ...whole, source: 'project', outcome: 'passed', ...result })),
  });
}

it('names the gates that a version doesn’t pass as the project file and the policy do, not by their kind', () => {
  const command = { gate: 'command: python validate.py', title: 'command', required: 'python validate.py' };
  expect(
    verdict(
      {},
      { outcome: 'failed' },
      { ...command, outcome: 'not-evaluated' },
      { gate: 'a: b', title: 'policy', required: 'a: b', source: 'policy', outcome: 'failed' },
    ),
  ).toBe('fraud-detector@7 doesn’t pass 3 of 4 gates of production: auc, python validate.py, a: b.');
  expect(verdict({ outcome: 'failed' })).toBe('fraud-detector@7 doesn’t pass the gate of production: auc.');
});

it('counts a stage that there isn’t as no gate, and says what to do about it', () => {
  const why = 'prod is no stage of fraud-detector; its stages are candidate, production. Correct the name';
  const unknown = { title: 'gates of prod', outcome: 'not-evaluated', unknownStage: 'prod', why } as const;
  expect(verdict({}, unknown)).toBe(`fraud-detector@7 passes the gates of production. ${why}.`);
  expect(verdict(unknown)).toBe(`fraud-detector@7 needs nothing for production: no gates are declared. ${why}.`);
});
