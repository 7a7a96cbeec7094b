import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { commitKey, FORMAT_KEY, seqOfCommitKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { MAX_COMMIT_BYTES } from './commit.ts';
import { type FormatFile, MAX_FORMAT_BYTES, parseFormatFile } from './format-file.ts';

/** A commit's bytes, cut one byte past the longest legal commit; undefined where there is none. */
export function readCommit(store: ObjectStore, seq: number): Promise<Uint8Array | undefined> {
  return store.get(commitKey(seq), MAX_COMMIT_BYTES + 1);
}

/** `format.json` with its hash, the `prev` of commit 1. Throws `REGISTRY_NOT_FOUND`, `FORMAT_NEWER`, `FORMAT_DAMAGED`. */
export async function readFormat(
  store: ObjectStore,
  where: string,
): Promise<{ readonly format: FormatFile; readonly hash: string }> {
  const bytes = await store.get(FORMAT_KEY, MAX_FORMAT_BYTES);
  if (!bytes) {
    throw new RegistryError(
      'REGISTRY_NOT_FOUND',
      `There is no registry in ${where}. Make one with \`model-registry init\`.`,
    );
  }
  return { format: parseFormatFile(bytes, where), hash: sha256Hex(bytes) };
}

/** The number of a commit above `head + 1`, where the store has one: then the one between is missing. */
export async function commitAboveGap(store: ObjectStore, head: number): Promise<number | undefined> {
  const above = await store.list('log/', { after: commitKey(head + 1), limit: 1 });
  return above[0] === undefined ? undefined : seqOfCommitKey(above[0]);
}
