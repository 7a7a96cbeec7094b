import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { arePredictions } from '../../catalog/evaluation-queries.ts';
import type { CertaintyAnswer } from '../../predictions/certainty.ts';
import type { CertaintyQuery } from '../api/evaluating.ts';
import { attachedObject } from '../facts/attached.ts';
import { dbOf, readToHead, type Session } from '../session.ts';

/** So many answers are kept: they take seconds to compute, and a page asks for the same ones again. */
const MAX_KEPT = 50;
const kept = new WeakMap<Session, Map<string, CertaintyAnswer>>();

/** How sure a metric is by the predictions that were recorded. Throws `PREDICTIONS_UNKNOWN`, `PREDICTIONS_DAMAGED`, and what reading an object throws. */
export async function certainty(
  session: Session,
  { ours, theirs, ...question }: CertaintyQuery,
  options: OperationOptions = {},
): Promise<CertaintyAnswer> {
  await readToHead(session);
  const answers = kept.get(session) ?? new Map<string, CertaintyAnswer>();
  kept.set(session, answers);
  // Objects never change, and neither does what is computed of them with a seed.
  const key = JSON.stringify([ours, theirs, question]);
  const known = answers.get(key);
  if (known) return known;
  const [own, other] = await Promise.all([
    predictionsOf(session, ours),
    theirs === undefined ? undefined : predictionsOf(session, theirs),
  ]);
  const found = await session.statistician.certainty(
    { ours: own, ...(other ? { theirs: other } : {}), ...question },
    options,
  );
  if (answers.size >= MAX_KEPT) answers.clear();
  answers.set(key, found);
  return found;
}

async function predictionsOf(session: Session, digest: string): Promise<Uint8Array> {
  if (!arePredictions(dbOf(session), digest))
    throw new RegistryError('PREDICTIONS_UNKNOWN', `No evaluation has predictions with the digest ${digest}.`);
  return attachedObject(session, digest);
}
