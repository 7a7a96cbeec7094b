import { dangerReport } from '../danger/report.ts';
import { type JudgedWalk, walkAndJudge } from '../danger/walk-and-judge.ts';
import type { ModelFacts } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { integerOf, itemsOf, namedEntries, type Value } from '../pickle/values.ts';
import { TensorList } from '../tensors.ts';
import { readCheckpoint } from './pytorch-checkpoint.ts';
import { addTensors, makeTensor, type StoragePlace, tensorsBelow } from './pytorch-tensors.ts';

/** `torch.serialization.MAGIC_NUMBER`, the first of the five pickles. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

interface LegacyFile {
  readonly walk: JudgedWalk;
  /** Storages by key, with where they are. */
  readonly storages: ReadonlyMap<string, StoragePlace>;
  /** As long as the file must be; undefined where storages of unknown types make that uncertain. */
  readonly fileBytes: number | undefined;
}

/**
 * Reads what `torch.save` wrote before 1.6: five pickles (magic number, version, system, object, keys of storages), then each storage as
 * the number of its elements and their bytes (torch/serialization.py, `_legacy_save`). Undefined where the file isn't one.
 */
export async function readLegacy(source: ByteSource, path: string): Promise<LegacyFile | undefined> {
  const walk = await walkAndJudge(source, { path }, { maxPickles: 5, make: makeTensor });
  if (walk.pickles[0]?.root !== MAGIC) return undefined;
  const storages = new Map<string, StoragePlace>();
  const [, , system, object, keys] = walk.pickles;
  if (keys === undefined || object === undefined) return { walk, storages, fileBytes: undefined };
  const isLittle = namedEntries(system?.root).get('little_endian') !== false;
  const sizes = storageSizes(object.root);
  let at: number | undefined = keys.end;
  for (const key of itemsOf(keys.root)) {
    const size = typeof key === 'string' ? sizes.get(key) : undefined;
    if (typeof key !== 'string' || size === undefined) {
      at = undefined;
      break;
    }
    const begin: number = at + 8;
    if (isLittle)
      storages.set(key, { path, offset: begin, sizeBytes: Math.max(0, Math.min(size, source.sizeBytes - begin)) });
    at = begin + size;
  }
  return { walk, storages, fileBytes: at };
}

export function legacyFacts({ walk, storages }: LegacyFile): ModelFacts {
  const tensors = new TensorList();
  const problems: string[] = [];
  if (walk.isPartial) problems.push('There is more in its pickles than is kept: tensors are missing here');
  const { facts, tensors: found } = readCheckpoint(walk.pickles[3]?.root ?? null);
  addTensors(tensors, found, (key) => storages.get(key), problems);
  problems.push(...tensors.problems());
  const version = integerOf(walk.pickles[1]?.root);
  return {
    format: 'pytorch',
    ...(version === undefined ? {} : { formatVersion: String(version) }),
    ...facts,
    ...tensors.facts(),
    danger: dangerReport(walk.findings),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/** Bytes of each storage that an object refers to, by key. */
function storageSizes(root: Value): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [, { storage }] of tensorsBelow(root))
    if (storage?.sizeBytes !== undefined) sizes.set(storage.key, storage.sizeBytes);
  return sizes;
}
