import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isSha256Hex } from '../base/hash.ts';
import { partsKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Larger objects go as parts of this size, so that an interrupted transfer goes on where it was. */
export const PART_BYTES = 64 * 1024 * 1024;
/** No list of parts that is longer is read: enough for 6 TiB. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;
/** No part that is larger is read: it is held in memory. */
const MAX_PART_BYTES = 256 * 1024 * 1024;

/** Bytes that are stored under their digest. */
export interface Piece {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

const listSchema = v.object({
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  parts: v.pipe(
    v.array(
      v.object({
        sha256: v.pipe(v.string(), v.check(isSha256Hex)),
        size: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PART_BYTES)),
      }),
    ),
    v.minLength(1),
    v.maxLength(100_000),
  ),
});

export function encodeParts(size: number, parts: readonly Piece[]): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({ size, parts: parts.map(({ sha256, size: bytes }) => ({ sha256, size: bytes })) }),
  );
}

/** The parts of an object, in order; undefined where it isn't stored as parts. Throws `OBJECT_DAMAGED` for a list that can't be one of it. */
export async function readParts(remote: ObjectStore, file: Piece): Promise<readonly Piece[] | undefined> {
  const bytes = await remote.get(partsKey(file.sha256), MAX_LIST_BYTES);
  if (!bytes) return undefined;
  let list: v.InferOutput<typeof listSchema>;
  try {
    list = v.parse(listSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw damaged(file);
  }
  const sum = list.parts.reduce((total, { size }) => total + size, 0);
  if (list.size !== file.size || sum !== file.size) throw damaged(file);
  return list.parts;
}

export function missing({ sha256 }: Piece): RegistryError {
  return new RegistryError('OBJECT_MISSING', `The object ${sha256} is missing where it should be read from.`, {
    details: { sha256 },
  });
}

export function damaged({ sha256 }: Piece): RegistryError {
  return new RegistryError(
    'OBJECT_DAMAGED',
    `The bytes of the object ${sha256} aren't those of its digest, so they weren't used. Register the files again, or ask whoever manages the container to put them back.`,
    { details: { sha256 } },
  );
}

/** The files of an artifact, each digest once. */
export function distinct(files: readonly Piece[]): readonly Piece[] {
  return [...new Map(files.map(({ sha256, size }) => [sha256, { sha256, size }])).values()];
}
