import { describe, expect, it } from 'vitest';
import { isWaiting } from '../../src/gates/of-people.ts';

const approvals = { source: 'project', title: 'approvals', required: '1', outcome: 'failed' } as const;
const vote = { isGiven: false, isCounted: true } as never;

describe('a gate that isn’t passed', () => {
  it('waits where it asks for people who haven’t said anything yet', () => {
    expect(isWaiting(approvals, [])).toBe(true);
    expect(isWaiting({ ...approvals, source: 'policy', title: 'policy', required: '2 approvals by ann' }, [])).toBe(
      true,
    );
  });

  it('doesn’t where somebody refused, or where it asks for something else', () => {
    expect(isWaiting(approvals, [vote])).toBe(false);
    expect(isWaiting({ ...approvals, title: 'auc', required: 'at least 0.9' }, [])).toBe(false);
    expect(isWaiting({ ...approvals, outcome: 'passed' }, [])).toBe(false);
  });
});
