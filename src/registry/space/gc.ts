import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { eachOf } from '../../artifacts/each-of.ts';
import { messageOf, RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { filesystemStore } from '../../storage/filesystem-store.ts';
import { type Mark, storingNow, whileNobodyStores } from '../../storage/leases.ts';
import type { GcArtifact, GcReport, Retention, RetentionChange } from '../api/space.ts';
import { readToHead, readToWrite, record, type Session, stateOf } from '../session.ts';
import { leftovers, removeLeftovers } from './leftovers.ts';
import { CHECKOUTS_FOLDER, planSpace, type SpacePlan } from './plan.ts';
import { readRetention } from './retention.ts';

const PATIENCE_MS = 5000;
/** Artifacts that one intent withdraws. */
const ARTIFACTS_AT_ONCE = 200;
const REASON = 'to free space';
const REMOVALS_AT_ONCE = 16;
const ATTEMPTS = 5;

/** See `RegistryQueries.gc`. */
export async function collectGarbage(
  session: Session,
  request: { readonly dryRun?: boolean; readonly retention?: RetentionChange } = {},
  options: OperationOptions = {},
): Promise<GcReport> {
  const { dir } = session.location;
  const retention = changed(await readRetention(dir), request.retention);
  if (request.dryRun) await readToHead(session);
  else await readToWrite(session);
  const storing = request.dryRun ? await storingNow(dir) : undefined;
  const first = await planSpace(session, retention, options, { isStoring: storing !== undefined });
  if (request.dryRun) {
    return {
      ...reportOf(first, retention, { isDryRun: true, storing }),
      leftovers: await leftovers(session.location),
    };
  }
  const removed = await removeLeftovers(session.location);
  // Registrations needn't wait for nothing.
  if (isNothing(first)) return { ...reportOf(first, retention), leftovers: removed };
  const { signal } = options;
  const free = async () => ({ ...(await freeSpace(session, retention, options)), leftovers: removed });
  const outcome = await onFullDisk(dir, () => whileNobodyStores(dir, free, { patienceMs: PATIENCE_MS, signal }));
  if ('done' in outcome) return outcome.done;
  const { pid, host } = outcome.inTheWay;
  throw new RegistryError(
    'SPACE_BUSY',
    `Process ${pid} on ${host} is storing files in this registry or freeing its space. Wait until it is done and try again; nothing was changed.`,
    { details: { pid, host } },
  );
}

/** What is freed has to be recorded first. So that a full disk doesn't keep it from being freed, what is made again when it is needed goes before that. */
async function onFullDisk<T>(dir: string, task: () => Promise<T>): Promise<T> {
  const isFull = (error: unknown) => RegistryError.is(error, 'STORAGE_FULL');
  try {
    return await task();
  } catch (error) {
    if (!isFull(error)) throw error;
    await rm(join(dir, CHECKOUTS_FOLDER), { recursive: true, force: true }).catch(() => undefined);
  }
  try {
    return await task();
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    throw new RegistryError(
      'STORAGE_FULL',
      `There is no space left, and what is freed has to be recorded first, which takes some kilobytes. Delete any small file on the disk of ${dir}, and run gc again; nothing was removed.`,
      { cause },
    );
  }
}

function isNothing({ freed, goingManifests, goingCheckouts }: SpacePlan): boolean {
  return freed.objects === 0 && goingManifests.length === 0 && goingCheckouts.length === 0;
}

async function freeSpace(
  session: Session,
  retention: Retention,
  options: OperationOptions,
): Promise<Omit<GcReport, 'leftovers'>> {
  const gone = new Set<string>();
  let plan: SpacePlan;
  try {
    plan = await settle(session, retention, options, gone);
  } catch (error) {
    await takeBack(session, gone, error);
    throw error;
  }
  await remove(session, plan, options);
  return reportOf(plan, retention);
}

/**
 * Nobody stores anything now, but stages and aliases can change at any moment. So the log says first that bytes are gone; then it is
 * read again, and bytes that something needs since are declared to be there again: they are, until the last step removes the rest.
 * Returns that rest.
 */
async function settle(
  session: Session,
  retention: Retention,
  options: OperationOptions,
  gone: Set<string>,
): Promise<SpacePlan> {
  // Of a shared registry this disk has copies only, and what goes is fetched when it is needed.
  if (session.shared) return planSpace(session, retention, options);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await readToWrite(session);
    const plan = await planSpace(session, retention, options, { gone });
    const going = plan.artifacts.filter(({ digest, isKept }) => !isKept && !gone.has(digest));
    const wanted = plan.artifacts.filter(({ digest, isKept }) => isKept && gone.has(digest));
    throwIfCancelled(options.signal);
    if (going.length === 0 && wanted.length === 0) return plan;
    await publish(
      session,
      wanted.map(({ digest }) => digest),
      gone,
    );
    await withdraw(session, going, gone);
  }
  throw new RegistryError(
    'SPACE_BUSY',
    'Versions changed their stages and aliases all the time, so that nothing could be freed. Try again later; nothing was removed.',
  );
}

/** No bytes were removed yet, so what was declared to be gone is there. */
async function takeBack(session: Session, gone: Set<string>, cause: unknown): Promise<void> {
  const count = gone.size;
  try {
    // What the log never took needs no second entry, for which there may be no room either.
    await readToHead(session);
    for (const digest of gone) if (stateOf(session).artifactStatus(digest) === 'published') gone.delete(digest);
    await publish(session, [...gone], gone);
  } catch (error) {
    throw new RegistryError(
      'SPACE_UNFINISHED',
      `Freeing space was interrupted after the files of ${count} artifacts were declared to be gone, and that couldn't be taken back: ${messageOf(error)} Run gc again to finish it, or register the files again to keep them.`,
      { cause },
    );
  }
}

async function publish(session: Session, wanted: readonly string[], gone: Set<string>): Promise<void> {
  for (let start = 0; start < wanted.length; start += ARTIFACTS_AT_ONCE) {
    const some = wanted.slice(start, start + ARTIFACTS_AT_ONCE);
    await record(session, { events: some.map((digest) => ({ type: 'artifact.published', artifact: digest })) });
    for (const digest of some) gone.delete(digest);
  }
}

async function withdraw(session: Session, going: readonly GcArtifact[], gone: Set<string>): Promise<void> {
  for (let start = 0; start < going.length; start += ARTIFACTS_AT_ONCE) {
    const some = going.slice(start, start + ARTIFACTS_AT_ONCE);
    const events = some.map(({ digest }) => ({
      type: 'artifact.withdrawn' as const,
      artifact: digest,
      reason: REASON,
    }));
    try {
      await record(session, { events });
    } catch (error) {
      // One of them was promoted a moment ago: the next look leaves it out.
      if (RegistryError.is(error, 'STAGE_HELD')) return;
      // It may stand in the log all the same.
      for (const { digest } of some) gone.add(digest);
      throw error;
    }
    for (const { digest } of some) gone.add(digest);
  }
}

/** From here on there is no way back, and it doesn't take long: it isn't cancelled. */
async function remove(session: Session, plan: SpacePlan, { onProgress }: OperationOptions): Promise<void> {
  const { dir } = session.location;
  const store = filesystemStore(dir);
  let doneBytes = 0;
  const { bytes: totalBytes } = plan.freed;
  // Manifests last: with one, what is left of its objects after a crash is found again.
  await eachOf(
    plan.objects.filter(({ reasons }) => reasons.length === 0),
    REMOVALS_AT_ONCE,
    async ({ key, sizeBytes }) => {
      await store.remove(key);
      doneBytes += sizeBytes;
      onProgress?.({ step: 'Freeing space', doneBytes, totalBytes });
    },
  );
  await eachOf(plan.goingManifests, REMOVALS_AT_ONCE, (key) => store.remove(key));
  // One that is in use stays, and the next gc finds it again.
  for (const digest of plan.goingCheckouts)
    await rm(join(dir, CHECKOUTS_FOLDER, digest), { recursive: true, force: true }).catch(() => undefined);
}

function changed(retention: Retention, change: RetentionChange = {}): Retention {
  const { candidateBudgetBytes: before, ...rest } = retention;
  const budget = change.candidateBudgetBytes === undefined ? before : (change.candidateBudgetBytes ?? undefined);
  return {
    ...rest,
    ...(budget === undefined ? {} : { candidateBudgetBytes: budget }),
    ...(change.rollbackWindowDays === undefined ? {} : { rollbackWindowDays: change.rollbackWindowDays }),
  };
}

function reportOf(
  plan: SpacePlan,
  retention: Retention,
  { isDryRun = false, storing }: { readonly isDryRun?: boolean; readonly storing?: Mark | undefined } = {},
): Omit<GcReport, 'leftovers'> {
  const { artifacts, objects, freed, kept } = plan;
  return {
    isDryRun,
    ...(storing ? { storing: { pid: storing.pid, host: storing.host } } : {}),
    retention,
    artifacts: artifacts.map(({ digest, sizeBytes, isKept, versions }) => ({ digest, sizeBytes, isKept, versions })),
    objects,
    freed,
    kept,
  };
}
