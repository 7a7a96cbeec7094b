import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { elementCount } from '../../base/shape.ts';
import type { TensorFacts } from '../facts.ts';
import type { FileSet } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { frozenGroups } from './frozen-groups.ts';
import { decoderOf, type NumberDecoder } from './number-decoder.ts';
import { TENSOR_CHANGES, type TensorComparison, type TensorDifference, type TensorForm } from './tensor-difference.ts';
import { CHUNK_BYTES, type TensorPlace, type TensorReader, tensorReader } from './tensor-reader.ts';

/** One of the two: its files, and the tensors in them. */
export interface TensorSide {
  readonly set: FileSet;
  readonly tensors: readonly TensorFacts[];
}

const MAX_PROBLEMS = 20;

/**
 * Compares the tensors of two models by name. What has the same SHA-256 on both sides isn't read; the rest is, in windows, so that memory
 * doesn't grow with the models. Throws `OPERATION_CANCELLED`, and what opening a file throws.
 */
export async function compareTensors(
  before: TensorSide,
  after: TensorSide,
  { onProgress, signal }: OperationOptions = {},
): Promise<TensorComparison> {
  const [a, b] = [byName(before.tensors), byName(after.tensors)];
  const pairs = [...a].flatMap(([name, from]) => {
    const to = b.get(name);
    return to ? [{ name, from, to }] : [];
  });
  pairs.sort((one, other) => inFileOrder(one.from.place, other.from.place));
  const totalBytes = pairs.reduce((sum, { from, to }) => sum + (isSameByDigest(from, to) ? 0 : sizeOf(from)), 0);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    if (signal?.aborted) throw new RegistryError('OPERATION_CANCELLED', 'The comparison was cancelled.');
    doneBytes += count;
    onProgress?.({ step: 'Comparing tensors', doneBytes, totalBytes });
  };
  const [left, right] = [tensorReader(before.set), tensorReader(after.set)];
  const differences: TensorDifference[] = [];
  const problems: string[] = [];
  try {
    for (const { name, from, to } of pairs) {
      onBytes(0);
      try {
        differences.push({ name, ...(await differenceOf(from, to, left, right, onBytes)) });
      } catch (error) {
        const why = whyInvalid(error);
        if (why === undefined) throw error;
        differences.push({ name, kind: 'unknown', before: formOf(from), after: formOf(to) });
        if (problems.length < MAX_PROBLEMS) problems.push(`${name} couldn't be compared: ${why}`);
      }
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
  for (const [name, tensor] of a) if (!b.has(name)) differences.push({ name, kind: 'removed', before: formOf(tensor) });
  for (const [name, tensor] of b) if (!a.has(name)) differences.push({ name, kind: 'added', after: formOf(tensor) });
  differences.sort(mostChangedFirst);
  const counts = { changed: 0, retyped: 0, reshaped: 0, added: 0, removed: 0, unknown: 0, identical: 0 };
  for (const { kind } of differences) counts[kind] += 1;
  return { tensors: differences, counts, frozen: frozenGroups(differences), problems };
}

async function differenceOf(
  from: TensorFacts,
  to: TensorFacts,
  left: TensorReader,
  right: TensorReader,
  onBytes: (count: number) => void,
): Promise<Omit<TensorDifference, 'name'>> {
  const forms = { before: formOf(from), after: formOf(to) };
  if (!isSameShape(from.shape, to.shape)) {
    onBytes(sizeOf(from));
    return { kind: 'reshaped', ...forms };
  }
  if (isSameByDigest(from, to)) return { kind: 'identical', ...forms };
  const isRetyped = from.dtype !== to.dtype;
  const decoders = decodersOf(from, to);
  if (!from.place || !to.place || (isRetyped && !decoders)) {
    onBytes(sizeOf(from));
    return { kind: isRetyped ? 'retyped' : 'unknown', ...forms };
  }
  const compared = decoders
    ? await compareNumbers(from.place, to.place, decoders, left, right, onBytes)
    : { isEqual: await isEqual(from.place, to.place, left, right, onBytes) };
  const { isEqual: isSame, ...change } = compared;
  if (isRetyped) return { kind: 'retyped', ...forms, ...change };
  return isSame ? { kind: 'identical', ...forms } : { kind: 'changed', ...forms, ...change };
}

interface Decoders {
  readonly from: NumberDecoder;
  readonly to: NumberDecoder;
}

/** Where both sides are numbers one after the other. */
function decodersOf(from: TensorFacts, to: TensorFacts): Decoders | undefined {
  const [one, other] = [decoderOf(from.dtype), decoderOf(to.dtype)];
  const count = elementCount(from.shape);
  if (!one || !other || count === undefined) return undefined;
  if (from.place?.sizeBytes !== count * one.itemBytes || to.place?.sizeBytes !== count * other.itemBytes)
    return undefined;
  return { from: one, to: other };
}

async function isEqual(
  from: TensorPlace,
  to: TensorPlace,
  left: TensorReader,
  right: TensorReader,
  onBytes: (count: number) => void,
): Promise<boolean> {
  if (from.sizeBytes !== to.sizeBytes) return false;
  for await (const [one, other] of zipped(left.chunks(from), right.chunks(to))) {
    onBytes(one.length);
    if (Buffer.compare(one, other) !== 0) return false;
  }
  return true;
}

const CHUNK_ELEMENTS = CHUNK_BYTES / 8;
const [scratchA, scratchB] = [lazyNumbers(), lazyNumbers()];

async function compareNumbers(
  from: TensorPlace,
  to: TensorPlace,
  decoders: Decoders,
  left: TensorReader,
  right: TensorReader,
  onBytes: (count: number) => void,
): Promise<{ readonly isEqual: boolean; readonly change?: number | 'Infinity'; readonly notFinite?: number }> {
  let isSame = true;
  let [difference, norm, notFinite] = [0, 0, 0];
  const [one, other] = [scratchA(), scratchB()];
  const chunks = zipped(
    left.chunks(from, CHUNK_ELEMENTS * decoders.from.itemBytes),
    right.chunks(to, CHUNK_ELEMENTS * decoders.to.itemBytes),
  );
  for await (const [a, b] of chunks) {
    onBytes(a.length);
    isSame &&= Buffer.compare(a, b) === 0;
    const count = a.length / decoders.from.itemBytes;
    decoders.from.decode(a, one);
    decoders.to.decode(b, other);
    const part = squares(one, other, count);
    difference += part.difference;
    norm += part.norm;
    notFinite += part.notFinite;
  }
  const change = Math.sqrt(difference) / Math.sqrt(norm);
  return {
    isEqual: isSame,
    // Nothing by nothing, and numbers whose squares are beyond all numbers, give no ratio.
    ...(Number.isNaN(change)
      ? difference === 0
        ? { change: 0 }
        : {}
      : { change: change === Number.POSITIVE_INFINITY ? ('Infinity' as const) : change }),
    ...(notFinite > 0 ? { notFinite } : {}),
  };
}

interface Squares {
  readonly difference: number;
  readonly norm: number;
  readonly notFinite: number;
}

/** Sums of squares over elements; those that aren't finite are counted instead. */
function squares(a: Float64Array, b: Float64Array, count: number): Squares {
  let [difference, norm] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const from = a[index] ?? 0;
    const step = (b[index] ?? 0) - from;
    difference += step * step;
    norm += from * from;
  }
  if (Number.isFinite(difference) && Number.isFinite(norm)) return { difference, norm, notFinite: 0 };
  return carefulSquares(a, b, count);
}

function carefulSquares(a: Float64Array, b: Float64Array, count: number): Squares {
  let [difference, norm, notFinite] = [0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const [from, to] = [a[index] ?? 0, b[index] ?? 0];
    if (!Number.isFinite(from) || !Number.isFinite(to)) {
      notFinite += 1;
      continue;
    }
    difference += (to - from) ** 2;
    norm += from ** 2;
  }
  return { difference, norm, notFinite };
}

/** Two streams of chunks side by side; both are closed when one of them ends or the loop is left. */
async function* zipped(
  a: AsyncGenerator<Uint8Array>,
  b: AsyncGenerator<Uint8Array>,
): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
  try {
    for (;;) {
      const [one, other] = await Promise.all([a.next(), b.next()]);
      if (one.done || other.done) return;
      yield [one.value, other.value];
    }
  } finally {
    await Promise.all([a.return(undefined), b.return(undefined)]);
  }
}

/** Tensors by name; those of several files that have the same name by their file's path, too. */
function byName(tensors: readonly TensorFacts[]): ReadonlyMap<string, TensorFacts> {
  const counts = new Map<string, number>();
  for (const { name } of tensors) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    tensors.map((tensor) => {
      const isAlone = counts.get(tensor.name) === 1;
      return [isAlone ? tensor.name : `${tensor.place?.path ?? ''}: ${tensor.name}`, tensor];
    }),
  );
}

function mostChangedFirst(a: TensorDifference, b: TensorDifference): number {
  const rank = TENSOR_CHANGES.indexOf(a.kind) - TENSOR_CHANGES.indexOf(b.kind);
  return rank || Number(b.change ?? -1) - Number(a.change ?? -1) || (a.name < b.name ? -1 : 1);
}

function formOf({ dtype, shape }: TensorFacts): TensorForm {
  return { dtype, shape };
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, index) => size === b[index]);
}

function isSameByDigest(a: TensorFacts, b: TensorFacts): boolean {
  return a.sha256 !== undefined && a.sha256 === b.sha256 && a.dtype === b.dtype && isSameShape(a.shape, b.shape);
}

function sizeOf({ place }: TensorFacts): number {
  return place?.sizeBytes ?? 0;
}

function inFileOrder(a: TensorPlace | undefined, b: TensorPlace | undefined): number {
  if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.offset - b.offset;
}

function lazyNumbers(): () => Float64Array {
  let numbers: Float64Array | undefined;
  return () => {
    numbers ??= new Float64Array(CHUNK_ELEMENTS);
    return numbers;
  };
}
