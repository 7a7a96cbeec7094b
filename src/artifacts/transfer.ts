import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey, partsKey } from '../storage/layout.ts';
import type { LocalStore, ObjectStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { readManifest } from './read-manifest.ts';

/** Larger objects go as parts of this size, so that an interrupted transfer goes on where it was. */
export const PART_BYTES = 64 * 1024 * 1024;
/** No list of parts that is longer is read: enough for 6 TiB. */
const MAX_PARTS_BYTES = 16 * 1024 * 1024;
/** Parts on their way at once: each is held in memory. */
const PARTS_AT_ONCE = 3;
const SMALL_AT_ONCE = 8;
const SMALL_BYTES = 1024 * 1024;

const partsSchema = v.object({
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  parts: v.pipe(
    v.array(
      v.object({
        sha256: v.pipe(v.string(), v.check(isSha256Hex)),
        size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      }),
    ),
    v.minLength(1),
    v.maxLength(100_000),
  ),
});

interface Piece {
  readonly sha256: string;
  readonly size: number;
}

/**
 * Brings the objects of an artifact from this disk into a remote, its manifest last. What is there already isn't sent again. Throws
 * `OBJECT_MISSING`, `OBJECT_DAMAGED` where this disk doesn't have it whole, `OPERATION_CANCELLED`, and what the remote answers.
 */
export async function uploadArtifact(
  local: LocalStore,
  remote: ObjectStore,
  digest: string,
  { onProgress, signal }: OperationOptions = {},
): Promise<{ readonly sentBytes: number }> {
  const manifest = await readManifest(local, digest);
  const files = distinct(manifest.files.map(({ sha256, size }) => ({ sha256, size })));
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  let sentBytes = 0;
  const done = (bytes: number, sent: boolean) => {
    doneBytes += bytes;
    if (sent) sentBytes += bytes;
    onProgress?.({ step: 'Uploading', doneBytes, totalBytes });
  };
  const small = files.filter(({ size }) => size <= SMALL_BYTES);
  const large = files.filter(({ size }) => size > SMALL_BYTES);
  const send = async (file: Piece) => {
    throwIfCancelled(signal);
    if (await isThere(remote, file)) return done(file.size, false);
    if (file.size <= PART_BYTES) {
      const bytes = await readPiece(local, file, 0, file.size);
      if (sha256Hex(bytes) !== file.sha256) throw damaged(file);
      await remote.putIfAbsent(objectKey(file.sha256), bytes);
      return done(file.size, true);
    }
    return uploadParts(local, remote, file, done, signal);
  };
  await eachOf(small, SMALL_AT_ONCE, send);
  // One after the other: each keeps several parts on their way.
  for (const file of large) await send(file);
  const bytes = await local.get(manifestKey(digest));
  if (bytes) await remote.putIfAbsent(manifestKey(digest), bytes);
  return { sentBytes };
}

/**
 * Brings what this disk lacks of an artifact from a remote, verified before it gets its name. Throws `MANIFEST_MISSING`,
 * `OBJECT_MISSING`, `OBJECT_DAMAGED` where the remote doesn't have it whole, `OPERATION_CANCELLED`, and what the remote answers.
 */
export async function downloadArtifact(
  local: LocalStore,
  remote: ObjectStore,
  digest: string,
  { onProgress, signal }: OperationOptions = {},
): Promise<{ readonly receivedBytes: number }> {
  const hasManifest = (await local.head(manifestKey(digest))) !== undefined;
  const manifest = await readManifest(hasManifest ? local : remote, digest);
  const files = distinct(manifest.files.map(({ sha256, size }) => ({ sha256, size })));
  const missing: Piece[] = [];
  await eachOf([...files], SMALL_AT_ONCE, async (file) => {
    if ((await local.head(objectKey(file.sha256)))?.sizeBytes !== file.size) missing.push(file);
  });
  const totalBytes = missing.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  const onBytes = (bytes: number) => {
    doneBytes += bytes;
    onProgress?.({ step: 'Downloading', doneBytes, totalBytes });
  };
  await eachOf(missing, PARTS_AT_ONCE, (file) => downloadObject(local, remote, file, onBytes, signal));
  if (!hasManifest) {
    const bytes = await remote.get(manifestKey(digest));
    if (bytes && sha256Hex(bytes) === digest) await local.putIfAbsent(manifestKey(digest), bytes);
  }
  return { receivedBytes: doneBytes };
}

/** Reads and hashes in order, sends several parts at once. The list of parts is published only for bytes that are the object's. */
async function uploadParts(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  done: (bytes: number, sent: boolean) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts: Piece[] = [];
  const whole = createHash('sha256');
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const send = async (part: Piece, bytes: Uint8Array) => {
    const isKnown = await isThere(remote, part);
    if (!isKnown) await remote.putIfAbsent(objectKey(part.sha256), bytes);
    done(part.size, !isKnown);
  };
  try {
    for (let offset = 0; offset < file.size && !failure; offset += PART_BYTES) {
      throwIfCancelled(signal);
      const bytes = await readPiece(local, file, offset, Math.min(PART_BYTES, file.size - offset));
      whole.update(bytes);
      const part = { sha256: sha256Hex(bytes), size: bytes.length };
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
  if (whole.digest('hex') !== file.sha256) throw damaged(file);
  const list = new TextEncoder().encode(JSON.stringify({ size: file.size, parts }));
  await remote.putIfAbsent(partsKey(file.sha256), list);
}

/** Whether the remote has the object, whole or as parts. Its content is checked by whoever reads it. */
async function isThere(remote: ObjectStore, { sha256, size }: Piece): Promise<boolean> {
  if ((await remote.head(objectKey(sha256)))?.sizeBytes === size) return true;
  return size > PART_BYTES && (await remote.head(partsKey(sha256))) !== undefined;
}

async function downloadObject(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const staged = await local.stage();
  try {
    const hash = createHash('sha256');
    let size = 0;
    for (const piece of await piecesOf(remote, file)) {
      const stream = await remote.getStream(objectKey(piece.sha256));
      if (!stream) throw missing(piece);
      for await (const chunk of stream) {
        throwIfCancelled(signal);
        size += chunk.length;
        if (size > file.size) throw damaged(file);
        hash.update(chunk);
        await staged.write(chunk);
        onBytes(chunk.length);
      }
    }
    if (size !== file.size || hash.digest('hex') !== file.sha256) throw damaged(file);
    await staged.commit(objectKey(file.sha256));
  } finally {
    await staged.discard();
  }
}

/** The objects that make up an object: itself, or its parts. */
async function piecesOf(remote: ObjectStore, file: Piece): Promise<readonly Piece[]> {
  if (await remote.head(objectKey(file.sha256))) return [file];
  const bytes = await remote.get(partsKey(file.sha256), MAX_PARTS_BYTES);
  if (!bytes) throw missing(file);
  let list: v.InferOutput<typeof partsSchema> | undefined;
  try {
    list = v.parse(partsSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw damaged(file);
  }
  const sum = list.parts.reduce((total, { size }) => total + size, 0);
  if (list.size !== file.size || sum !== file.size) throw damaged(file);
  return list.parts;
}

async function readPiece(local: LocalStore, file: Piece, offset: number, length: number): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const bytes = await local.getRange(objectKey(file.sha256), offset, length);
  if (!bytes) throw missing(file);
  if (bytes.length !== length) throw damaged(file);
  return bytes;
}

function distinct(files: readonly Piece[]): readonly Piece[] {
  return [...new Map(files.map((file) => [file.sha256, file])).values()];
}

function missing({ sha256 }: Piece): RegistryError {
  return new RegistryError('OBJECT_MISSING', `The object ${sha256} is missing where it should be read from.`, {
    details: { sha256 },
  });
}

function damaged({ sha256 }: Piece): RegistryError {
  return new RegistryError(
    'OBJECT_DAMAGED',
    `The bytes of the object ${sha256} aren't those of its digest, so they weren't used. Register the files again, or ask whoever manages the container to put them back.`,
    { details: { sha256 } },
  );
}
