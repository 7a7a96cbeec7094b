import type { DangerFinding, DangerReport } from '../facts.ts';

const order: readonly DangerFinding['verdict'][] = ['dangerous', 'unknown', 'known'];

/** The findings as a report, the worst first. There is no verdict for a file that is safe. */
export function dangerReport(findings: readonly DangerFinding[]): DangerReport {
  const sorted = [...findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const worst = sorted[0]?.verdict;
  return { verdict: worst === undefined || worst === 'known' ? 'none-found' : worst, findings: sorted };
}

/** The finding for what no reader here can look into: that isn't harmless because nothing was found in it. */
export function notLookedInto(place: { readonly path: string; readonly member?: string }, why: string): DangerFinding {
  return { ...place, verdict: 'unknown', what: 'not looked into', why: `couldn’t be looked into: ${why}` };
}
