import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { eachOf } from '../../artifacts/each-of.ts';
import { readManifest } from '../../artifacts/read-manifest.ts';
import { RegistryError } from '../../base/errors.ts';
import { isSha256Hex } from '../../base/hash.ts';
import { namedObjects, rollbackTargets, storedVersions } from '../../catalog/space-queries.ts';
import { manifestKey, objectKey } from '../../storage/layout.ts';
import { whileNobodyStores } from '../../storage/leases.ts';
import { dbOf, type Session } from '../session.ts';
import { artifactsHere, CHECKOUTS_FOLDER } from '../space/plan.ts';
import { readRetention } from '../space/retention.ts';

/** What was used so shortly ago may be in use now. */
const RECENT_MS = 60_000;
const READS_AT_ONCE = 16;

/** An artifact whose bytes are on this disk, and what goes with it. */
interface Cached {
  readonly digest: string;
  readonly objects: ReadonlyMap<string, number>;
  readonly checkoutBytes: number;
  readonly usedAtMs: number;
  /** It can be fetched again, and nobody needs it this moment. */
  readonly mayGo: boolean;
  /** It serves, or a rollback could go to it: it goes after all others. */
  readonly isWanted: boolean;
}

/** Remembers that the files of an artifact of a shared registry were used now. */
export async function noteUse(session: Session, digest: string): Promise<void> {
  if (!session.shared) return;
  const now = session.clock() / 1000;
  // It decides what goes first, no more: of somebody else's folder it can't be changed.
  await utimes(join(session.location.dir, manifestKey(digest)), now, now).catch(() => undefined);
}

/**
 * Removes files of a shared registry's versions from this disk, those that weren't used for longest first, until they take no more than the
 * limit that somebody set. What the shared storage doesn't have stays, and so does what was used a minute ago. Does nothing while somebody
 * stores files. Returns how many bytes it freed.
 */
export async function limitCache(session: Session): Promise<number> {
  const { dir } = session.location;
  const { cacheLimitBytes } = await readRetention(dir);
  if (!session.shared || cacheLimitBytes === undefined) return 0;
  const outcome = await whileNobodyStores(dir, () => shrink(session, cacheLimitBytes), { patienceMs: 0 });
  return 'done' in outcome ? outcome.done : 0;
}

async function shrink(session: Session, limitBytes: number): Promise<number> {
  const { store, location } = session;
  const cached = await cachedArtifacts(session);
  const users = new Map<string, number>();
  const sizes = new Map<string, number>();
  for (const { objects } of cached) {
    for (const [sha256, sizeBytes] of objects) {
      users.set(sha256, (users.get(sha256) ?? 0) + 1);
      sizes.set(sha256, sizeBytes);
    }
  }
  // Evidence of gates is named by the log itself.
  for (const sha256 of namedObjects(dbOf(session)).keys()) users.set(sha256, (users.get(sha256) ?? 0) + 1);
  let total = cached.reduce((sum, { checkoutBytes }) => sum + checkoutBytes, 0);
  for (const sizeBytes of sizes.values()) total += sizeBytes;
  const before = total;
  const going = cached
    .filter(({ mayGo }) => mayGo)
    .sort((a, b) => Number(a.isWanted) - Number(b.isWanted) || a.usedAtMs - b.usedAtMs);
  for (const { digest, objects, checkoutBytes } of going) {
    if (total <= limitBytes) break;
    for (const [sha256, sizeBytes] of objects) {
      const left = (users.get(sha256) ?? 1) - 1;
      users.set(sha256, left);
      if (left > 0) continue;
      await store.remove(objectKey(sha256));
      total -= sizeBytes;
    }
    // Last: with it, what is left of its objects after a crash is found again.
    await store.remove(manifestKey(digest));
    await rm(join(location.dir, CHECKOUTS_FOLDER, digest), { recursive: true, force: true }).catch(() => undefined);
    total -= checkoutBytes;
  }
  return before - total;
}

async function cachedArtifacts(session: Session): Promise<readonly Cached[]> {
  const { store, location } = session;
  const now = session.clock();
  const [shared, wanted] = [sharedArtifacts(session), wantedArtifacts(session)];
  const checkouts = new Set((await readdir(join(location.dir, CHECKOUTS_FOLDER)).catch(() => [])).filter(isSha256Hex));
  const found = await eachOf([...(await artifactsHere(store))], READS_AT_ONCE, async (digest) => {
    const manifest = await readManifest(store, digest).catch((error: unknown) => {
      // What can't be read says nothing of what it needs: `verify` tells.
      if (RegistryError.is(error)) return undefined;
      throw error;
    });
    if (!manifest) return undefined;
    const objects = new Map<string, number>();
    for (const { sha256 } of manifest.files) {
      const head = await store.head(objectKey(sha256));
      if (head) objects.set(sha256, head.sizeBytes);
    }
    const usedAtMs = await stat(join(location.dir, manifestKey(digest))).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    const sizeBytes = manifest.files.reduce((sum, { size }) => sum + size, 0);
    return {
      digest,
      objects,
      checkoutBytes: checkouts.has(digest) ? sizeBytes : 0,
      usedAtMs,
      mayGo: shared.has(digest) && now - usedAtMs > RECENT_MS,
      isWanted: wanted.has(digest),
    };
  });
  return found.filter((one) => one !== undefined);
}

/** What the shared log says to be in the shared storage: what only waits to be said counts for nothing. */
function sharedArtifacts(session: Session): ReadonlySet<string> {
  const shared = new Set<string>();
  const artifacts = new Set(storedVersions(dbOf(session)).map(({ artifact }) => artifact));
  session.catalog.tryOnLog((_apply, state) => {
    for (const artifact of artifacts) if (state.artifactStatus(artifact) === 'published') shared.add(artifact);
  });
  return shared;
}

function wantedArtifacts(session: Session): ReadonlySet<string> {
  const targets = rollbackTargets(dbOf(session));
  return new Set(
    storedVersions(dbOf(session))
      .filter(({ id, isServing }) => isServing || targets.has(id))
      .map(({ artifact }) => artifact),
  );
}
