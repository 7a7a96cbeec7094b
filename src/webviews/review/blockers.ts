import type { ReviewApproval, ReviewGate, ReviewPageData } from '../../extension/messages-review.ts';
import type { LaterGates } from '../review.ts';

/** The gates that aren't passed, those that failed first. */
export function brokenGates(gates: LaterGates): readonly ReviewGate[] {
  if (gates.state !== 'ready') return [];
  const broken = gates.data.gates.filter(({ outcome }) => outcome !== 'passed');
  return broken.toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'));
}

/** What a gate says that isn't passed, in words. */
function brokenText({ title, required, source, outcome, why = '' }: ReviewGate): string {
  const name = source === 'policy' ? `the policy wants ${required}` : title;
  if (outcome === 'not-evaluated') return `${name} wasn’t evaluated: ${why}`;
  // Most reasons name what they are about.
  return why.startsWith(`${title} `) ? why : `${name}: ${why}`;
}

/** Whether it waits for people and for nothing else. */
export function isWaitingForPeople(broken: readonly ReviewGate[], approvals: readonly ReviewApproval[]): boolean {
  if (approvals.some(({ isGiven, isCounted, lapsed }) => !isGiven && isCounted && lapsed === undefined)) return false;
  return broken.length > 0 && broken.every(({ isOfPeople, outcome }) => isOfPeople && outcome === 'failed');
}

/** Why it can't be promoted now, each reason in words; empty where it can. */
export function blockersOf(data: ReviewPageData, gates: LaterGates): readonly string[] {
  const { version, stage, kind, isTrusted, running, from } = data;
  if (kind === 'none') return [`It is in ${stage} already.`];
  return [
    ...(isTrusted ? [] : ['This folder is open in Restricted Mode, so its registry can only be looked at.']),
    ...(version.artifact.withdrawnAt === undefined ? [] : ['Its files were removed to free space.']),
    ...(kind !== 'promote' || !from || from.includes(version.stage)
      ? []
      : [
          `The policy lets versions into ${stage} from ${from.join(' or ')} only, and this one is in ${version.stage}.`,
        ]),
    ...(kind === 'promote' ? gateBlockers(gates, running !== undefined) : []),
  ];
}

function gateBlockers(gates: LaterGates, isRunning: boolean): readonly string[] {
  if (isRunning) return ['Its gates are running.'];
  switch (gates.state) {
    case 'loading':
      return ['Its gates are being evaluated.'];
    case 'failed':
      return [`Its gates can’t be evaluated: ${gates.message}`];
    case 'ready':
      return brokenGates(gates).map(brokenText);
  }
}
