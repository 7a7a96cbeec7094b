import { createHash } from 'node:crypto';
import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { LocalStore, ObjectStore, StagedObject } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { MAX_MANIFEST_BYTES } from './manifest.ts';
import { damaged, distinct, missing, type Piece, readParts } from './parts.ts';
import { readManifest } from './read-manifest.ts';

const FILES_AT_ONCE = 6;
/** Of one file: each is held in memory until its turn. */
const PARTS_AHEAD = 2;
/** Files of which several parts are held. */
const LARGE_AT_ONCE = 1;

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
  const wanted: Piece[] = [];
  await eachOf(distinct(manifest.files), FILES_AT_ONCE, async (file) => {
    if ((await local.head(objectKey(file.sha256)))?.sizeBytes !== file.size) wanted.push(file);
  });
  const totalBytes = wanted.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  let receivedBytes = 0;
  const onBytes = (bytes: number, isReceived = true) => {
    throwIfCancelled(signal);
    doneBytes += bytes;
    if (isReceived) receivedBytes += bytes;
    onProgress?.({ step: 'Downloading', doneBytes, totalBytes });
  };
  throwIfCancelled(signal);
  const inParts: { readonly file: Piece; readonly otherwise: Error }[] = [];
  await eachOf(wanted, FILES_AT_ONCE, async (file) => {
    try {
      if (!(await downloadWhole(local, remote, file, onBytes))) inParts.push({ file, otherwise: missing(file) });
    } catch (error) {
      // Anybody may have put something under the name of an object whose parts are all there.
      if (!RegistryError.is(error, 'OBJECT_DAMAGED')) throw error;
      inParts.push({ file, otherwise: error });
    }
  });
  await eachOf(inParts, LARGE_AT_ONCE, ({ file, otherwise }) => downloadParts(local, remote, file, otherwise, onBytes));
  if (!hasManifest) {
    const bytes = await remote.get(manifestKey(digest), MAX_MANIFEST_BYTES + 1);
    if (bytes && sha256Hex(bytes) === digest) await local.putIfAbsent(manifestKey(digest), bytes);
  }
  return { receivedBytes };
}

/** False where the remote doesn't have the object under its own name. */
async function downloadWhole(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const stream = await remote.getStream(objectKey(file.sha256));
  if (!stream) return false;
  await staging(local, file, async (write) => {
    for await (const chunk of stream) {
      await write(chunk);
      onBytes(chunk.length);
    }
  });
  return true;
}

/** Goes on with what an interrupted download left. What it gets is kept for the next one where it ends before the object is whole. */
async function downloadParts(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  otherwise: Error,
  onBytes: (bytes: number, isReceived: boolean) => void,
): Promise<void> {
  const parts = await readParts(remote, file);
  if (!parts) throw otherwise;
  const staged = await local.stageAs(file.sha256);
  let isWhole = false;
  try {
    const hash = createHash('sha256');
    const take = async (bytes: Uint8Array, isReceived: boolean) => {
      hash.update(bytes);
      await staged.write(bytes);
      onBytes(bytes.length, isReceived);
    };
    const first = await takeLeftover(local, file, parts, (bytes) => take(bytes, false));
    await eachPart(remote, parts.slice(first), (bytes) => take(bytes, true));
    // The parts are those of the list, so that it is the list which lies: nothing of it is of use.
    isWhole = true;
    if (hash.digest('hex') !== file.sha256) throw damaged(file);
    await staged.commit(objectKey(file.sha256));
  } finally {
    // Derived: what can't be kept is asked for again.
    if (!isWhole) await staged.keep().catch(() => undefined);
    await staged.discard();
  }
}

/** Takes the parts that are whole of what was left. Returns how many. */
async function takeLeftover(
  local: LocalStore,
  file: Piece,
  parts: readonly Piece[],
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const [largest, ...others] = await local.leftovers(file.sha256);
  for (const other of others) await other.remove();
  const content = await largest?.read();
  if (!largest || !content) return 0;
  let index = 0;
  let bytes = new Uint8Array(parts[0]?.size ?? 0);
  let filled = 0;
  reading: for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = parts[index];
      if (!part) break reading;
      const some = chunk.subarray(offset, offset + bytes.length - filled);
      bytes.set(some, filled);
      filled += some.length;
      offset += some.length;
      if (filled < bytes.length) continue;
      if (sha256Hex(bytes) !== part.sha256) break reading;
      await take(bytes);
      index += 1;
      bytes = new Uint8Array(parts[index]?.size ?? 0);
      filled = 0;
    }
  }
  await largest.remove();
  return index;
}

/** Several are asked for ahead of the one that is taken. */
async function eachPart(
  remote: ObjectStore,
  parts: readonly Piece[],
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const underWay: Promise<Uint8Array>[] = [];
  try {
    for (let next = 0; next < parts.length || underWay.length > 0; ) {
      while (underWay.length < PARTS_AHEAD && next < parts.length) {
        const part = parts[next++];
        if (!part) break;
        const reading = readPart(remote, part);
        // Its failure is looked at when its turn comes; until then it isn't one that nobody cares about.
        reading.catch(() => undefined);
        underWay.push(reading);
      }
      const bytes = await underWay[0];
      underWay.shift();
      if (!bytes) break;
      await take(bytes);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function readPart(remote: ObjectStore, part: Piece): Promise<Uint8Array> {
  const bytes = await remote.get(objectKey(part.sha256), part.size + 1);
  if (!bytes) throw missing(part);
  if (bytes.length !== part.size || sha256Hex(bytes) !== part.sha256) throw damaged(part);
  return bytes;
}

/** Publishes what `fill` writes under the name of the file, if it is that file's bytes. */
async function staging(
  local: LocalStore,
  file: Piece,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const staged: StagedObject = await local.stage();
  const hash = createHash('sha256');
  let size = 0;
  try {
    await fill(async (chunk) => {
      size += chunk.length;
      if (size > file.size) throw damaged(file);
      hash.update(chunk);
      await staged.write(chunk);
    });
    if (size !== file.size || hash.digest('hex') !== file.sha256) throw damaged(file);
    await staged.commit(objectKey(file.sha256));
  } finally {
    await staged.discard();
  }
}
