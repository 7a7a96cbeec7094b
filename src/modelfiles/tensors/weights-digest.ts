import { createHash } from 'node:crypto';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { elementCount } from '../../base/shape.ts';
import type { ModelFacts, TensorFacts } from '../facts.ts';
import type { FileSet } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { type TensorPlace, tensorReader } from './tensor-reader.ts';

export interface HashedTensors {
  /** Names the weights (docs/format.md, "Weights"); undefined where not all of them could be read. */
  readonly weights?: string;
  /** The SHA-256 of each tensor's bytes, in the order given. */
  readonly sha256: readonly string[];
  /** Why there are none, for a person. */
  readonly problem?: string;
}

/** Hashing is no quicker with more. */
const WINDOW_BYTES = 1024 * 1024;
/** Tensors may share bytes, as tied ones do; files that name the same bytes much more often are up to something. */
const MAX_READ_TWICE = 2;

/** Whether the weights digest says something about these tensors: all of them are listed, and where they are is known. */
export function hasWeights({ tensors = [], parameterCount }: ModelFacts): boolean {
  const isWhole = tensors.reduce((sum, { shape }) => sum + (elementCount(shape) ?? 0), 0) === parameterCount;
  return tensors.length > 0 && isWhole && tensors.every(({ place }) => place !== undefined);
}

/** Hashes every tensor, in the order in which they lie in their files. Throws `OPERATION_CANCELLED`, and what opening a file throws. */
export async function hashTensors(
  set: FileSet,
  tensors: readonly TensorFacts[],
  { onProgress, signal }: OperationOptions = {},
): Promise<HashedTensors> {
  const places = distinctPlaces(tensors);
  const totalBytes = places.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const fileBytes = set.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (totalBytes > MAX_READ_TWICE * fileBytes)
    return { sha256: [], problem: 'The tensors overlap, so no digest of the weights was made' };
  const reader = tensorReader(set, WINDOW_BYTES);
  const digests = new Map<string, string>();
  let doneBytes = 0;
  try {
    for (const place of places) {
      const hash = createHash('sha256');
      for await (const chunk of reader.chunks(place)) {
        if (signal?.aborted) throw new RegistryError('OPERATION_CANCELLED', 'Reading the weights was cancelled.');
        hash.update(chunk);
        doneBytes += chunk.length;
        onProgress?.({ step: 'Reading the weights', doneBytes, totalBytes });
      }
      digests.set(keyOf(place), hash.digest('hex'));
    }
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    return { sha256: [], problem: `The weights couldn't be read to their end: ${why}` };
  } finally {
    await reader.close();
  }
  const sha256 = tensors.map(({ place }) => (place && digests.get(keyOf(place))) ?? '');
  return { sha256, weights: weightsDigest(tensors, sha256) };
}

/** SHA-256 of a line for each tensor, sorted by name (docs/format.md, "Weights"). */
export function weightsDigest(tensors: readonly TensorFacts[], sha256: readonly string[]): string {
  const lines = tensors.map(({ name, dtype, shape }, index) => ({
    name: Buffer.from(name),
    line: Buffer.from(`${JSON.stringify([name, dtype, shape, sha256[index]])}\n`),
  }));
  lines.sort((a, b) => Buffer.compare(a.name, b.name) || Buffer.compare(a.line, b.line));
  const hash = createHash('sha256');
  for (const { line } of lines) hash.update(line);
  return hash.digest('hex');
}

function distinctPlaces(tensors: readonly TensorFacts[]): readonly TensorPlace[] {
  const places = new Map(tensors.flatMap(({ place }) => (place ? [[keyOf(place), place] as const] : [])));
  return [...places.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.offset - b.offset));
}

function keyOf({ path, offset, sizeBytes }: TensorPlace): string {
  return `${offset} ${sizeBytes} ${path}`;
}
