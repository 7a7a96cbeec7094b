import type { TensorFacts } from '../facts.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { PagedReader } from '../read/paged-reader.ts';
import { ProtoReader } from '../read/proto-reader.ts';
import { readSortedTable } from '../read/sstable.ts';
import { bytesSource } from '../read/window.ts';
import { tensorflowType } from './tensorflow-types.ts';

/** The variables of a checkpoint: `variables.index` names those in `variables.data-00000-of-00001`. */
export interface TensorBundle {
  readonly tensors: readonly TensorFacts[];
  /** Files that aren't there or are too short, with what is wrong. */
  readonly missing: readonly { readonly path: string; readonly why: string }[];
}

const MAX_DIMENSIONS = 64;
const MAX_SHARDS = 100_000;

/** Reads `index`, and where its variables are (tensorflow/core/protobuf/tensor_bundle.proto). Throws `MODEL_FILE_INVALID`. */
export async function readTensorBundle(set: FileSet, index: string): Promise<TensorBundle> {
  const entries = await withFile(set, index, (source) => readSortedTable(new PagedReader(source, index)));
  const sizes = new Map(set.files.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const prefix = index.replace(/\.index$/, '');
  const missing = new Map<string, string>();
  const tensors: TensorFacts[] = [];
  let shards = 1;
  for (const [key, value] of entries) {
    const message = ProtoReader.over(new ByteReader(bytesSource(value), index));
    if (key === '') {
      while (await message.next())
        if (message.field === 1) shards = Math.min(MAX_SHARDS, Math.max(1, message.number()));
      continue;
    }
    const { code, shape, shard, offset, sizeBytes } = await readEntry(message);
    const number = (of: number) => String(of).padStart(5, '0');
    const path = `${prefix}.data-${number(shard)}-of-${number(shards)}`;
    const available = sizes.get(path);
    if (available === undefined) missing.set(path, `${index} names it, and it isn't there`);
    else if (offset + sizeBytes > available) missing.set(path, `it ends before ${key.slice(0, 100)}`);
    const dtype = tensorflowType(code);
    const isThere = available !== undefined && offset + sizeBytes <= available && dtype !== 'string';
    tensors.push({ name: key, dtype, shape, ...(isThere ? { place: { path, offset, sizeBytes } } : {}) });
  }
  return { tensors, missing: [...missing].map(([path, why]) => ({ path, why })) };
}

async function readEntry(message: ProtoReader) {
  const entry = { code: 0, shard: 0, offset: 0, sizeBytes: 0 };
  let shape: readonly number[] = [];
  while (await message.next()) {
    switch (message.field) {
      case 1:
        entry.code = message.number();
        break;
      case 2:
        shape = await readSizes(message.message());
        break;
      case 3:
        entry.shard = Math.max(0, message.number());
        break;
      case 4:
        entry.offset = Math.max(0, message.number());
        break;
      case 5:
        entry.sizeBytes = Math.max(0, message.number());
        break;
    }
  }
  return { ...entry, shape };
}

/** A `TensorShapeProto`; -1 stands for what isn't fixed. */
export async function readSizes(shape: ProtoReader): Promise<readonly number[]> {
  const sizes: number[] = [];
  while (await shape.next()) {
    if (shape.field !== 2 || sizes.length === MAX_DIMENSIONS) continue;
    const dimension = shape.message();
    let size = 0;
    while (await dimension.next()) if (dimension.field === 1) size = dimension.number();
    sizes.push(size);
  }
  return sizes;
}
