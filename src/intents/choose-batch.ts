import { MAX_COMMIT_BYTES, MAX_INTENTS } from '../log/commit.ts';
import type { Intent } from '../log/intent.ts';
import type { PendingIntent, PendingQueue } from './pending-queue.ts';
import { type Publication, type Publisher, publicationsOf } from './publications.ts';
import type { OverlaidLog, RefusedOutcome } from './submitting.ts';

/** The envelope of a commit takes less. */
const ENVELOPE_BYTES = 512;
/** A change of stage that is older is asked of its author again before it is shared. */
export const STALE_MS = 15 * 60 * 1000;

/** Whether its author is asked again first. What is taken over from another log is as old as it is, and was asked for as a whole. */
export function isStale(
  { via, events, askedAt }: Pick<Intent, 'via' | 'events' | 'askedAt'>,
  nowMs: number,
  confirmedAt = Number.NEGATIVE_INFINITY,
): boolean {
  if (via === 'import' || !events.some(({ type }) => type === 'stage.changed')) return false;
  return nowMs - Math.max(Date.parse(askedAt), confirmedAt) > STALE_MS;
}

export interface WaitingIntent {
  readonly id: string;
  /** `bytes`: of its artifact, or of one before it; `stale`: until its author says again that it is wanted; `unsettled`: it was sent, and whether it got there isn't known. */
  readonly why: 'bytes' | 'stale' | 'unsettled';
}

interface ChoosingOptions {
  readonly catalog: OverlaidLog;
  readonly queue: PendingQueue;
  readonly publisher: Publisher;
  /** The remote's clock. */
  readonly clock: () => number;
}

interface RefusedIntent {
  readonly entry: PendingIntent;
  readonly code: string;
  readonly message: string;
}

interface HeldIntent extends WaitingIntent {
  /** The bytes that have to be there first. */
  readonly needs?: Publication;
}

interface Choice {
  readonly batch: readonly PendingIntent[];
  readonly refused: readonly RefusedIntent[];
  readonly waiting: readonly HeldIntent[];
}

/**
 * What can be sent now, in order, and what the log as it is now refuses. Nothing is refused while something before it is held back,
 * on which it may depend, or while it may have been sent already.
 */
export async function chooseBatch(
  entries: readonly PendingIntent[],
  { queue, catalog, publisher, clock }: ChoosingOptions,
): Promise<Choice> {
  const unsettled = await queue.attemptedBeyond(catalog.position.seq);
  const confirmed = await queue.confirmations();
  const batch: PendingIntent[] = [];
  const refused: RefusedIntent[] = [];
  const waiting: HeldIntent[] = [];
  let batchBytes = ENVELOPE_BYTES;
  catalog.tryOnLog((apply, state) => {
    for (const entry of entries) {
      const { intent, line } = entry;
      const { id } = intent;
      const needs = publicationsOf(intent).find(
        ({ artifact }) => !publisher.isPublished(artifact) && state.artifactStatus(artifact) !== 'published',
      );
      if (needs) {
        waiting.push({ id, why: 'bytes', needs });
        continue;
      }
      if (isStale(intent, clock(), confirmed.get(id))) {
        waiting.push({ id, why: 'stale' });
        continue;
      }
      if (batch.length === MAX_INTENTS || batchBytes + line.length + 1 > MAX_COMMIT_BYTES) return;
      const outcome = apply(intent);
      if (outcome.kind === 'applied') {
        batch.push(entry);
        batchBytes += line.length + 1;
      } else if (waiting.length > 0) waiting.push({ id, why: waiting[0]?.why ?? 'bytes' });
      else if (unsettled.has(id)) waiting.push({ id, why: 'unsettled' });
      else refused.push({ entry, ...reasonOf(outcome) });
    }
  });
  return { batch, refused, waiting };
}

function reasonOf(outcome: RefusedOutcome): {
  readonly code: string;
  readonly message: string;
} {
  return outcome.kind === 'void'
    ? { code: outcome.code, message: outcome.message }
    : { code: 'FORMAT_NEWER', message: `It needs ${outcome.needs.join(', ')}, which this program doesn't know.` };
}
