import { join } from 'node:path';
import { messageOf, RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { ModelFacts } from '../../modelfiles/facts.ts';
import { fileSetOf, type LocalFile } from '../../modelfiles/local-files.ts';
import { hashTensors, hasWeights } from '../../modelfiles/tensors/weights-digest.ts';
import { objectKey } from '../../storage/layout.ts';
import type { Session } from '../session.ts';
import type { StoredFacts } from './stored-facts.ts';

/** The objects of files, under the paths that those have in their artifact. */
export function objectsOf(
  session: Session,
  files: readonly { readonly path: string; readonly sha256: string }[],
): readonly LocalFile[] {
  const { dir } = session.location;
  return files.map(({ path, sha256 }) => ({ path, file: join(dir, ...objectKey(sha256).split('/')) }));
}

/**
 * What the files say; undefined where none is of a known format. Reads headers only. What goes wrong is a problem in the facts; throws
 * `OPERATION_CANCELLED`.
 */
export async function readHeaders(
  session: Session,
  files: readonly LocalFile[],
  options: OperationOptions = {},
): Promise<ModelFacts | undefined> {
  try {
    const { facts, problems } = await session.inspector.inspect({ files }, options);
    if (problems.length === 0) return facts;
    return { ...(facts ?? UNREAD), problems: [...(facts?.problems ?? []), ...problems] };
  } catch (error) {
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
    return { ...UNREAD, problems: [messageOf(error)] };
  }
}

/** The same, with the digests of the weights and of each tensor, for which all bytes are read. */
export async function readFacts(
  session: Session,
  files: readonly LocalFile[],
  options: OperationOptions = {},
): Promise<StoredFacts | undefined> {
  const facts = await readHeaders(session, files, options);
  if (!facts || !hasWeights(facts)) return facts;
  const { tensors = [] } = facts;
  try {
    // A thread takes longer to start than few bytes take to hash.
    const isShort = tensors.reduce((sum, { place }) => sum + (place?.sizeBytes ?? 0), 0) <= SHORT_BYTES;
    const { weights, sha256, problem } = isShort
      ? await hashTensors(await fileSetOf(files), tensors, options)
      : await session.bytes.hashTensors({ files, tensors }, options);
    if (weights === undefined)
      return { ...facts, problems: [...(facts.problems ?? []), problem ?? 'No weights were read'] };
    const hashed = tensors.map((tensor, index) => ({ ...tensor, sha256: sha256[index] ?? '' }));
    return { ...facts, tensors: hashed, weights };
  } catch (error) {
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
    return { ...facts, problems: [...(facts.problems ?? []), messageOf(error)] };
  }
}

const SHORT_BYTES = 4 * 1024 * 1024;
const UNREAD: ModelFacts = { format: 'unknown' };
