import { formatNumber, t } from '../../base/language.ts';
import type { ReviewGate, ReviewPageData } from '../../extension/messages/review.ts';
import type { LaterGates } from '../review.ts';
import { gateName } from './gates.ts';

/** The gates that aren't passed, those that failed first. */
export function brokenGates(gates: LaterGates): readonly ReviewGate[] {
  if (gates.state !== 'ready') return [];
  const broken = gates.data.gates.filter(({ outcome }) => outcome !== 'passed');
  return broken.toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'));
}

/** What a gate says that isn't passed, in words. */
function brokenText(gate: ReviewGate): string {
  const { title, required, source, outcome, why = '' } = gate;
  const name = source === 'policy' ? t('the policy requires {required}', { required }) : gateName(gate);
  if (outcome === 'not-evaluated') return t('{name} wasn’t evaluated: {why}', { name, why });
  // Most reasons name what they are about.
  return why.startsWith(`${title} `) ? why : `${name}: ${why}`;
}

/** Why it can't be promoted now, each reason in words; empty where it can. */
export function blockersOf(data: ReviewPageData, gates: LaterGates): readonly string[] {
  const { version, stage, kind, running, from } = data;
  if (kind === 'none') return [t('It is in {stage} already.', { stage })];
  return [
    ...(version.artifact.withdrawnAt === undefined ? [] : [t('Its files were removed to free space.')]),
    ...(kind !== 'promote' || !from || from.includes(version.stage)
      ? []
      : [
          t('The policy lets versions into {stage} from {from} only, and this one is in {now}.', {
            stage,
            from: fewOf(from),
            now: version.stage,
          }),
        ]),
    ...(kind === 'promote' ? gateBlockers(gates, running !== undefined) : []),
  ];
}

/** So many names say enough of a sentence's place. */
const MOST_NAMED = 3;

function fewOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMED + 1) return names.join(', ');
  const rest = formatNumber(names.length - MOST_NAMED);
  return t('{names} and {count} more', { names: names.slice(0, MOST_NAMED).join(', '), count: rest });
}

function gateBlockers(gates: LaterGates, isRunning: boolean): readonly string[] {
  if (isRunning) return [t('Its gates are running.')];
  switch (gates.state) {
    case 'loading':
      return [t('Its gates are being evaluated.')];
    case 'failed':
      // Why, and what to do about it, stands with the gates.
      return [t('Its gates can’t be evaluated.')];
    case 'ready':
      return brokenGates(gates).map(brokenText);
  }
}
