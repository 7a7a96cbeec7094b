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
  const onBytes = (bytes: number) => {
    throwIfCancelled(signal);
    doneBytes += bytes;
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
  return { receivedBytes: doneBytes };
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

async function downloadParts(
  local: LocalStore,
  remote: ObjectStore,
  file: Piece,
  otherwise: Error,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const parts = await readParts(remote, file);
  if (!parts) throw otherwise;
  await staging(local, file, async (write) => {
    const underWay: Promise<Uint8Array>[] = [];
    try {
      for (let next = 0; next < parts.length || underWay.length > 0; ) {
        while (underWay.length < PARTS_AHEAD && next < parts.length) {
          const part = parts[next++];
          if (part) underWay.push(readPart(remote, part));
        }
        const bytes = await underWay[0];
        underWay.shift();
        if (!bytes) break;
        await write(bytes);
        onBytes(bytes.length);
      }
    } finally {
      await Promise.allSettled(underWay);
    }
  });
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
