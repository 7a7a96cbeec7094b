import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { eachOf } from '../../artifacts/each-of.ts';
import { readManifest } from '../../artifacts/read-manifest.ts';
import { RegistryError } from '../../base/errors.ts';
import { isSha256Hex } from '../../base/hash.ts';
import type { OperationOptions } from '../../base/progress.ts';
import {
  lastServing,
  namedObjects,
  publishedArtifacts,
  rollbackTargets,
  type StoredVersion,
  storedVersions,
} from '../../catalog/space-queries.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { isAbsent, reading } from '../../storage/system-errors.ts';
import type { GcArtifact, GcObject, Retention } from '../api/space.ts';
import { dbOf, type Session } from '../session.ts';
import { type KeepReason, reasonsToKeep } from './keep-rule.ts';

/** The folder of a registry for files that are handed out to be read. */
export const CHECKOUTS_FOLDER = 'checkouts';

const DAY_MS = 24 * 60 * 60 * 1000;
const READS_AT_ONCE = 16;
const MAX_KEEPERS = 10;

/** What stays and what goes, as the log is now. */
export interface SpacePlan {
  readonly artifacts: readonly GcArtifact[];
  readonly objects: readonly GcObject[];
  readonly goingManifests: readonly string[];
  /** Digests of the artifacts that lie in `checkouts/` and don't stay. */
  readonly goingCheckouts: readonly string[];
  readonly freed: { readonly objects: number; readonly bytes: number };
  readonly kept: { readonly objects: number; readonly bytes: number };
}

/**
 * Looks at the artifacts whose bytes are there: those that the log says so of, and those in `gone`, which were withdrawn a moment ago.
 * Where somebody `isStoring`, objects that belong to no artifact yet are taken for theirs. Changes nothing. Throws `OPERATION_CANCELLED`, and `MANIFEST_DAMAGED` where it can't be told what an
 * artifact needs.
 */
export async function planSpace(
  session: Session,
  retention: Retention,
  { onProgress, signal }: OperationOptions,
  { gone = new Set(), isStoring = false }: { readonly gone?: ReadonlySet<string>; readonly isStoring?: boolean } = {},
): Promise<SpacePlan> {
  const versions = storedVersions(dbOf(session));
  const here = await artifactsHere(session.store);
  const present = session.shared ? here : new Set([...publishedArtifacts(dbOf(session)), ...gone]);
  const reasons = withUnshared(session, versions, reasonsFor(session, versions, retention, present));
  const artifacts = artifactsOf(versions, reasons, present);
  const keepers = await keepersOf(session, artifacts, signal);
  const known = isStoring ? await objectsOfGoing(session, artifacts, signal) : undefined;
  const objects: GcObject[] = [];
  const keys = await session.store.list('objects/');
  await eachOf([...keys], READS_AT_ONCE, async (key) => {
    throwIfCancelled(signal);
    const sizeBytes = (await session.store.head(key))?.sizeBytes ?? 0;
    const name = key.slice(key.lastIndexOf('/') + 1);
    const isPending = known !== undefined && !keepers.has(name) && !known.has(name);
    const { keptBy, reasons } = keepers.get(name) ?? (isPending ? PENDING : NOTHING);
    objects.push({ key, sizeBytes, keptBy: [...keptBy], reasons: [...reasons] });
    onProgress?.({ step: `Looking at object ${objects.length} of ${keys.length}`, doneBytes: 0 });
  });
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  const kept = new Set(artifacts.filter(({ isKept }) => isKept).map(({ digest }) => digest));
  const manifests = await session.store.list('manifests/');
  return {
    artifacts,
    objects,
    goingManifests: manifests.filter((key) => !kept.has(key.slice(key.lastIndexOf('/') + 1))),
    goingCheckouts: (await checkoutsIn(session.location.dir)).filter((digest) => !kept.has(digest)),
    freed: sumOf(objects.filter(({ reasons }) => reasons.length === 0)),
    kept: sumOf(objects.filter(({ reasons }) => reasons.length > 0)),
  };
}

/** Digests of the artifacts whose manifests are on this disk. */
export async function artifactsHere(store: ObjectStore): Promise<ReadonlySet<string>> {
  return new Set((await store.list('manifests/')).map((key) => key.slice(key.lastIndexOf('/') + 1)));
}

/** What a shared registry doesn't have stays: what only waits to be said counts for nothing. */
function withUnshared(
  session: Session,
  versions: readonly StoredVersion[],
  reasons: ReadonlyMap<string, readonly KeepReason[]>,
): ReadonlyMap<string, readonly KeepReason[]> {
  if (!session.shared) return reasons;
  const all = new Map(reasons);
  session.catalog.tryOnLog((_apply, state) => {
    for (const { id, artifact } of versions) {
      if (state.artifactStatus(artifact) === 'published') continue;
      all.set(id, [...(reasons.get(id) ?? []), 'unshared']);
    }
  });
  return all;
}

function reasonsFor(
  session: Session,
  versions: readonly StoredVersion[],
  retention: Retention,
  present: ReadonlySet<string>,
): ReadonlyMap<string, readonly KeepReason[]> {
  const left = lastServing(dbOf(session));
  const targets = rollbackTargets(dbOf(session));
  const candidates = versions.map((version) => {
    const at = left.get(version.id);
    return {
      ...version,
      // Bytes that are gone take nothing of the budget.
      sizeBytes: present.has(version.artifact) ? version.sizeBytes : 0,
      isRollbackTarget: targets.has(version.id),
      ...(at === undefined ? {} : { leftServingAtMs: Date.parse(at) }),
    };
  });
  return reasonsToKeep(candidates, {
    nowMs: session.clock(),
    windowMs: retention.rollbackWindowDays * DAY_MS,
    ...(retention.candidateBudgetBytes === undefined ? {} : { budgetBytes: retention.candidateBudgetBytes }),
  });
}

/** Those of versions, newest first, then those that only deleted versions had. */
function artifactsOf(
  versions: readonly StoredVersion[],
  reasons: ReadonlyMap<string, readonly KeepReason[]>,
  present: ReadonlySet<string>,
): SpacePlan['artifacts'] {
  const byDigest = new Map<
    string,
    { sizeBytes: number; versions: { version: string; reasons: readonly KeepReason[] }[] }
  >();
  for (const { id, label, artifact, sizeBytes } of versions) {
    if (!present.has(artifact)) continue;
    const entry = byDigest.get(artifact) ?? { sizeBytes, versions: [] };
    byDigest.set(artifact, entry);
    entry.versions.push({ version: label, reasons: reasons.get(id) ?? [] });
  }
  for (const digest of present) if (!byDigest.has(digest)) byDigest.set(digest, { sizeBytes: 0, versions: [] });
  return [...byDigest].map(([digest, entry]) => ({
    digest,
    ...entry,
    isKept: entry.versions.some((version) => version.reasons.length > 0),
  }));
}

/** What keeps an object. */
interface Keepers {
  readonly keptBy: readonly string[];
  readonly reasons: Iterable<GcObject['reasons'][number]>;
}

const NOTHING: Keepers = { keptBy: [], reasons: [] };
const PENDING: Keepers = { keptBy: [], reasons: ['pending'] };

/** For each object that stays, what keeps it. */
async function keepersOf(
  session: Session,
  artifacts: SpacePlan['artifacts'],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Keepers>> {
  const keepers = new Map<string, { readonly keptBy: string[]; readonly reasons: Set<GcObject['reasons'][number]> }>();
  for (const [digest, why] of namedObjects(dbOf(session))) keepers.set(digest, { keptBy: [], reasons: new Set([why]) });
  const kept = artifacts.filter(({ isKept }) => isKept);
  await eachOf(kept, READS_AT_ONCE, async ({ digest, versions }) => {
    throwIfCancelled(signal);
    const manifest = await manifestOf(session, digest);
    for (const sha256 of new Set(manifest.files.map((file) => file.sha256))) {
      const some = keepers.get(sha256) ?? { keptBy: [], reasons: new Set() };
      keepers.set(sha256, some);
      if (some.keptBy.length < MAX_KEEPERS) some.keptBy.push(digest);
      for (const { reasons } of versions) for (const reason of reasons) some.reasons.add(reason);
    }
  });
  return keepers;
}

/** The objects of artifacts that don't stay. What a damaged manifest named can't be told. */
async function objectsOfGoing(
  session: Session,
  artifacts: SpacePlan['artifacts'],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const objects = new Set<string>();
  const going = artifacts.filter(({ isKept }) => !isKept);
  await eachOf(going, READS_AT_ONCE, async ({ digest }) => {
    throwIfCancelled(signal);
    const manifest = await readManifest(session.store, digest).catch((error: unknown) => {
      if (!RegistryError.is(error)) throw error;
      return { files: [] };
    });
    for (const { sha256 } of manifest.files) objects.add(sha256);
  });
  return objects;
}

async function checkoutsIn(dir: string): Promise<readonly string[]> {
  const folder = join(dir, CHECKOUTS_FOLDER);
  return reading(folder, async () => {
    try {
      return (await readdir(folder)).filter(isSha256Hex);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  });
}

/** Without its manifest nobody can restore an artifact, but its objects may be put back into use by a backup of it: nothing is freed. */
async function manifestOf(session: Session, digest: string) {
  try {
    return await readManifest(session.store, digest);
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    throw new RegistryError(
      'MANIFEST_DAMAGED',
      `It can't be told which objects artifact ${digest.slice(0, 12)} needs, because its manifest is missing or damaged, so nothing was freed. Run \`model-registry verify --artifacts\`, and put it back or delete its versions.`,
      { cause: error },
    );
  }
}

function sumOf(objects: readonly GcObject[]): { readonly objects: number; readonly bytes: number } {
  return { objects: objects.length, bytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}
