import type { ReviewEntry } from '../registry/api/reviews.ts';
import type { GateReport } from './evaluate-gates.ts';
import { isOfPeople, isWaiting } from './of-people.ts';

/** A promotion that somebody asks for, with what the gates of its stage say: those of the project file, too. */
export interface AskedEntry extends ReviewEntry {
  /** Undefined where nobody looked at them: then no more is known than what the policy says. */
  readonly gates?: AskedGates;
}

export interface AskedGates {
  readonly failed: readonly AskedGate[];
  /** Those that ask people, of whom not enough have said anything. */
  readonly waiting: readonly AskedGate[];
  /** A command that hasn't run since anything it depends on changed, and what takes long to find out. */
  readonly unknown: readonly AskedGate[];
  /** From which stages alone the policy lets versions in, where this one is in none of them. */
  readonly onlyFrom?: readonly string[];
}

export interface AskedGate {
  readonly gate: string;
  readonly title: string;
  readonly why: string;
}

/** Of so many, the first, a list looks at the gates. */
export const LOOKED_AT = 20;

/** How a stage's gates are looked at for a list: no command runs, no predictions are read. */
export type QuickGates = (request: {
  readonly ref: string;
  readonly stage: string;
  readonly isQuick: true;
}) => Promise<GateReport>;

/**
 * Looks at the gates of the first of some requests. One of them is `ready` only where all gates are known to pass; of the others, and of those
 * whose gates can't be evaluated, of which `onProblem` is told, nobody knows that.
 */
export function withGates(
  entries: readonly ReviewEntry[],
  gatesOf: QuickGates,
  onProblem: (error: unknown) => void,
): Promise<readonly AskedEntry[]> {
  return Promise.all(
    entries.map(async (entry, place): Promise<AskedEntry> => {
      if (place >= LOOKED_AT) return unlooked(entry);
      try {
        return lookedAt(entry, await gatesOf({ ref: entry.version.id, stage: entry.stage, isQuick: true }));
      } catch (error) {
        onProblem(error);
        return unlooked(entry);
      }
    }),
  );
}

function unlooked(entry: ReviewEntry): AskedEntry {
  return { ...entry, state: entry.state === 'ready' ? 'waiting' : entry.state };
}

function lookedAt(entry: ReviewEntry, { results, standing, approvalsNeeded }: GateReport): AskedEntry {
  const open = results.filter(({ outcome }) => outcome !== 'passed');
  const waiting = open.filter((result) => isWaiting(result, standing.approvals));
  const failed = open.filter((result) => result.outcome === 'failed' && !waiting.includes(result));
  const unknown = open.filter(({ outcome }) => outcome === 'not-evaluated');
  // Where no project file is at hand, what others recorded is all that is known of its gates.
  const elsewhere = results.some(({ source }) => source === 'project')
    ? []
    : standing.results.filter(({ gate, outcome, stale }) => {
        return outcome === 'failed' && stale === undefined && !results.some((result) => result.gate === gate);
      });
  const { version, kind, from } = standing;
  const isFromElsewhere = kind === 'promote' && from !== undefined && !from.includes(version.stage);
  // The gates of the project file ask for approvals, too: nobody is asked for more than all of them want.
  const isEnough = results.some(isOfPeople) && !open.some(isOfPeople);
  const isHeld = open.length > 0 || elsewhere.length > 0 || isFromElsewhere;
  return {
    ...entry,
    isWanted: entry.isWanted && (entry.reviewers.length > 0 || !isEnough),
    needed: Math.max(entry.needed, approvalsNeeded),
    state: entry.state === 'ready' && isHeld ? 'waiting' : entry.state,
    gates: {
      failed: [...failed.map(shown), ...elsewhere.map(({ gate }) => ({ gate, title: gate, why: '' }))],
      waiting: waiting.map(shown),
      unknown: unknown.map(shown),
      ...(isFromElsewhere ? { onlyFrom: from } : {}),
    },
  };
}

function shown({ gate, title, source, why = '' }: GateReport['results'][number]): AskedGate {
  return { gate, title: source === 'policy' ? gate : title, why };
}
