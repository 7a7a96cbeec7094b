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
import { sendParts } from './send-parts.ts';

/** Parts, and files that are as large, on their way at once; each is held in memory. */
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
  const whole = files.filter(({ size }) => size <= partBytes);
  await eachOf(whole.filter(isSmall), SMALL_AT_ONCE, (file) => uploadWhole(local, file, send));
  await eachOf(
    whole.filter((file) => !isSmall(file)),
    PARTS_AT_ONCE,
    (file) => uploadWhole(local, file, send),
  );
  // One after the other: each keeps several parts on their way.
  for (const file of files) if (file.size > partBytes) await uploadLarge(local, remote, file, partBytes, send);
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
  if (file.size <= PART_BYTES) await uploadWhole(local, file, send);
  else await uploadLarge(local, remote, file, PART_BYTES, send);
}

async function uploadWhole(
  local: LocalStore,
  file: Piece,
  send: (part: Piece, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const bytes = await readWhole(local, file);
  if ((await hashed(bytes)) !== file.sha256) throw damaged(file);
  await send(file, bytes);
}

function isSmall({ size }: Piece): boolean {
  return size <= SMALL_BYTES;
}

/** The list of parts is published only for bytes that are the object's. */
async function uploadLarge(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  partBytes: number,
  send: (part: Piece, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const content = await local.getStream(objectKey(file.sha256));
  if (!content) throw missing(file);
  const { parts, sha256, sizeBytes } = await sendParts(content, { partBytes, atOnce: PARTS_AT_ONCE, send });
  if (sizeBytes !== file.size || sha256 !== file.sha256) throw damaged(file);
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

async function readWhole(local: LocalStore, file: Piece): Promise<Uint8Array> {
  const bytes = await local.get(objectKey(file.sha256), file.size + 1);
  if (!bytes) throw missing(file);
  if (bytes.length !== file.size) throw damaged(file);
  return bytes;
}

async function hashed(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes.length; offset += HASHED_AT_ONCE) {
    if (offset > 0) await turn();
    hash.update(bytes.subarray(offset, offset + HASHED_AT_ONCE));
  }
  return hash.digest('hex');
}

function occupied(key: string): RegistryError {
  return new RegistryError(
    'REMOTE_OBJECT_DAMAGED',
    `The shared storage has other bytes under ${key} than its name says, and nothing there is ever overwritten. Ask whoever manages the container to remove that blob; then share again.`,
    { details: { key } },
  );
}
