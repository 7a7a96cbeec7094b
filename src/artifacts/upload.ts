import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey, partsKey } from '../storage/layout.ts';
import type { LocalStore, ObjectStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { damaged, distinct, encodeParts, missing, PART_BYTES, type Piece, readParts } from './parts.ts';
import { readManifest } from './read-manifest.ts';

/** Parts on their way at once; each is held in memory, and one more while it is read. */
const PARTS_AT_ONCE = 2;
const SMALL_AT_ONCE = 8;
/** What is smaller is sent without asking whether it is there: that would cost as much. */
const SMALL_BYTES = 1024 * 1024;
/** So much is hashed in one go: others wait for their turn meanwhile. */
const HASHED_AT_ONCE = 8 * 1024 * 1024;

/**
 * Brings the objects of an artifact from this disk into a remote, its manifest last. What is there already isn't sent again, but looked
 * at: others may have put it there. Throws `OBJECT_MISSING`, `OBJECT_DAMAGED` where this disk doesn't have it whole, `REMOTE_OBJECT_DAMAGED`
 * where the remote has other bytes under a digest, `OPERATION_CANCELLED`, and what the remote answers.
 */
export async function uploadArtifact(
  local: LocalStore,
  remote: ObjectStore,
  digest: string,
  { onProgress, signal, partBytes = PART_BYTES }: OperationOptions & { readonly partBytes?: number } = {},
): Promise<{ readonly sentBytes: number }> {
  const manifest = await readManifest(local, digest);
  const files = distinct(manifest.files);
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  let sentBytes = 0;
  const send = async (piece: Piece, bytes: Uint8Array) => {
    throwIfCancelled(signal);
    if (await bring(remote, objectKey(piece.sha256), bytes)) sentBytes += piece.size;
    doneBytes += piece.size;
    onProgress?.({ step: 'Uploading', doneBytes, totalBytes });
  };
  const [small, large] = [files.filter(isSmall), files.filter((file) => !isSmall(file))];
  await eachOf(small, SMALL_AT_ONCE, async (file) => {
    const bytes = await readPiece(local, file, 0, file.size);
    if ((await hashed([createHash('sha256')], bytes))[0] !== file.sha256) throw damaged(file);
    await send(file, bytes);
  });
  // One after the other: each keeps several parts on their way.
  for (const file of large) await uploadLarge(local, remote, file, partBytes, send);
  const bytes = await local.get(manifestKey(digest));
  if (bytes) await bring(remote, manifestKey(digest), bytes);
  return { sentBytes };
}

/** The same for one object, where this disk has it. */
export async function uploadObject(local: LocalStore, remote: ObjectStore, sha256: string): Promise<void> {
  const head = await local.head(objectKey(sha256));
  if (!head) return;
  const file = { sha256, size: head.sizeBytes };
  const send = async (piece: Piece, bytes: Uint8Array) => {
    await bring(remote, objectKey(piece.sha256), bytes);
  };
  await uploadLarge(local, remote, file, send);
}

function isSmall({ size }: Piece): boolean {
  return size <= SMALL_BYTES;
}

/** Reads and hashes in order, sends several parts at once. The list of parts is published only for bytes that are the object's. */
async function uploadLarge(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  partBytes: number,
  send: (part: Piece, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const parts: Piece[] = [];
  const whole = createHash('sha256');
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for (let offset = 0; offset < file.size && !failure; offset += partBytes) {
      const bytes = await readPiece(local, file, offset, Math.min(partBytes, file.size - offset));
      const isWhole = bytes.length === file.size;
      const [sha256 = ''] = await hashed(isWhole ? [createHash('sha256')] : [createHash('sha256'), whole], bytes);
      if (isWhole && sha256 !== file.sha256) throw damaged(file);
      const part = { sha256, size: bytes.length };
      parts.push(part);
      const sending: Promise<void> = send(part, bytes)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= PARTS_AT_ONCE) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure) throw failure.error;
  if (parts.length === 1) return;
  if (whole.digest('hex') !== file.sha256) throw damaged(file);
  const list = encodeParts(file.size, parts);
  if ((await remote.putIfAbsent(partsKey(file.sha256), list)) === 'created') return;
  // Whoever put the list there may have cut the bytes differently.
  const theirs = await readParts(remote, file).catch(() => undefined);
  if (!theirs || !(await isTheFile(remote, file, theirs))) throw occupied(partsKey(file.sha256));
}

/** Stores bytes unless they are there. True where they were sent. */
async function bring(remote: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  if (bytes.length > SMALL_BYTES && (await isSame(remote, key, bytes))) return false;
  if ((await remote.putIfAbsent(key, bytes)) === 'created') return true;
  if (!(await isSame(remote, key, bytes))) throw occupied(key);
  return false;
}

/** Whether the remote has these bytes under `key`; false where it has nothing. Throws `REMOTE_OBJECT_DAMAGED` for others. */
async function isSame(remote: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  const head = await remote.head(key);
  if (!head) return false;
  if (head.sizeBytes !== bytes.length) throw occupied(key);
  // The store's own checksum of what it got: equal sizes and sums aren't an accident, and readers check the SHA-256 in any case.
  if (head.md5 !== undefined) {
    if (createHash('md5').update(bytes).digest('base64') !== head.md5) throw occupied(key);
    return true;
  }
  let offset = 0;
  for await (const chunk of (await remote.getStream(key)) ?? []) {
    if (Buffer.compare(chunk, bytes.subarray(offset, offset + chunk.length)) !== 0) throw occupied(key);
    offset += chunk.length;
  }
  return offset === bytes.length;
}

async function isTheFile(remote: ObjectStore, file: Piece, parts: readonly Piece[]): Promise<boolean> {
  const hash = createHash('sha256');
  for (const part of parts) {
    for await (const chunk of (await remote.getStream(objectKey(part.sha256))) ?? []) hash.update(chunk);
  }
  return hash.digest('hex') === file.sha256;
}

async function readPiece(local: LocalStore, file: Piece, offset: number, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const bytes = await local.getRange(objectKey(file.sha256), offset, length);
  if (!bytes) throw missing(file);
  if (bytes.length !== length) throw damaged(file);
  return bytes;
}

/** Feeds bytes to hashes, the first of which is ended by that. */
async function hashed(
  hashes: readonly ReturnType<typeof createHash>[],
  bytes: Uint8Array,
): Promise<readonly [string | undefined]> {
  for (let offset = 0; offset < bytes.length; offset += HASHED_AT_ONCE) {
    if (offset > 0) await turn();
    for (const hash of hashes) hash.update(bytes.subarray(offset, offset + HASHED_AT_ONCE));
  }
  return [hashes[0]?.digest('hex')];
}

function occupied(key: string): RegistryError {
  return new RegistryError(
    'REMOTE_OBJECT_DAMAGED',
    `The shared storage has other bytes under ${key} than its name says, and nothing there is ever overwritten. Ask whoever manages the container to remove that blob; then share again.`,
    { details: { key } },
  );
}
