import type { GateStanding } from '../registry/api/gates.ts';
import type { GateResult } from './evaluate-gates.ts';

/** Whether a gate asks people for their word, rather than something of the version. */
export function isOfPeople({ source, title, required }: Pick<GateResult, 'source' | 'title' | 'required'>): boolean {
  return source === 'policy' ? /^\d+ approvals?\b/.test(required) : title === 'approvals';
}

/** Whether a gate that isn't passed only waits: people who haven't said anything yet are no failure, a refusal is one. */
export function isWaiting(
  result: Pick<GateResult, 'source' | 'title' | 'required' | 'outcome'>,
  approvals: GateStanding['approvals'],
): boolean {
  if (result.outcome !== 'failed' || !isOfPeople(result)) return false;
  return !approvals.some(({ isGiven, isCounted, lapsed }) => !isGiven && isCounted && lapsed === undefined);
}
