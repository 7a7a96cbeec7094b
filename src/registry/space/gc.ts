import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { eachOf } from '../../artifacts/each-of.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { filesystemStore } from '../../storage/filesystem-store.ts';
import { whileNobodyStores } from '../../storage/leases.ts';
import { STAGING_FOLDER, sweepTemporaryFiles } from '../../storage/temporary.ts';
import type { GcArtifact, GcReport, Retention, RetentionChange } from '../api.ts';
import { readToHead, readToWrite, record, type Session } from '../session.ts';
import { planSpace, type SpacePlan } from './plan.ts';
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
  const first = await planSpace(session, retention, options);
  if (request.dryRun) return reportOf(first, retention, true);
  // Registrations needn't wait for nothing.
  if (first.freed.objects === 0 && first.goingManifests.length === 0) return reportOf(first, retention, false);
  const outcome = await whileNobodyStores(dir, () => free(session, retention, options), PATIENCE_MS);
  if ('done' in outcome) return outcome.done;
  const { pid, host } = outcome.inTheWay;
  throw new RegistryError(
    'SPACE_BUSY',
    `Process ${pid} on ${host} is storing files in this registry or freeing its space. Wait until it is done and try again; nothing was changed.`,
    { details: { pid, host } },
  );
}

/**
 * Nobody stores anything now, but stages and aliases can change at any moment. So the log says first that bytes are gone; then it is
 * read again, and bytes that something needs since are declared to be there again: they are, until the last step removes the rest.
 */
async function free(session: Session, retention: Retention, options: OperationOptions): Promise<GcReport> {
  const gone = new Set<string>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await readToWrite(session);
    const plan = await planSpace(session, retention, options, gone);
    const going = plan.artifacts.filter(({ digest, isKept }) => !isKept && !gone.has(digest));
    const wanted = plan.artifacts.filter(({ digest, isKept }) => isKept && gone.has(digest));
    if (going.length === 0 && wanted.length === 0) {
      await remove(session, plan, options);
      return reportOf(plan, retention, false);
    }
    throwIfCancelled(options.signal);
    await publish(session, wanted, gone);
    await withdraw(session, going, gone);
  }
  throw new RegistryError(
    'SPACE_BUSY',
    'Versions changed their stages and aliases all the time, so that nothing could be freed. Try again later; no bytes were removed.',
  );
}

async function publish(session: Session, wanted: readonly GcArtifact[], gone: Set<string>): Promise<void> {
  for (let start = 0; start < wanted.length; start += ARTIFACTS_AT_ONCE) {
    const some = wanted.slice(start, start + ARTIFACTS_AT_ONCE);
    await record(session, { events: some.map(({ digest }) => ({ type: 'artifact.published', artifact: digest })) });
    for (const { digest } of some) gone.delete(digest);
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
      throw error;
    }
    for (const { digest } of some) gone.add(digest);
  }
}

async function remove(session: Session, plan: SpacePlan, { onProgress, signal }: OperationOptions): Promise<void> {
  const { dir } = session.location;
  const store = filesystemStore(dir);
  let doneBytes = 0;
  const { bytes: totalBytes } = plan.freed;
  // Manifests last: with one, what is left of its objects after a crash is found again.
  await eachOf(
    plan.objects.filter(({ keptBy }) => keptBy.length === 0),
    REMOVALS_AT_ONCE,
    async ({ key, sizeBytes }) => {
      throwIfCancelled(signal);
      await store.remove(key);
      doneBytes += sizeBytes;
      onProgress?.({ step: 'Freeing space', doneBytes, totalBytes });
    },
  );
  await eachOf(plan.goingManifests, REMOVALS_AT_ONCE, (key) => store.remove(key));
  for (const { digest, isKept } of plan.artifacts) {
    if (!isKept) await rm(join(dir, 'checkouts', digest), { recursive: true, force: true }).catch(() => undefined);
  }
  await sweepTemporaryFiles(join(dir, STAGING_FOLDER)).catch(() => undefined);
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

function reportOf(plan: SpacePlan, retention: Retention, isDryRun: boolean): GcReport {
  const { artifacts, objects, freed, kept } = plan;
  return {
    isDryRun,
    retention,
    artifacts: artifacts.map(({ digest, sizeBytes, isKept, versions }) => ({ digest, sizeBytes, isKept, versions })),
    objects,
    freed,
    kept,
  };
}
