import { filesWith } from '../cached-heads.ts';
import type { ModelFacts, SignatureEntry, TensorFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import type { ModelFormat } from '../model-format.ts';
import { FlatTable } from '../read/flatbuffer.ts';
import { PagedReader } from '../read/paged-reader.ts';
import { TensorList } from '../tensors.ts';

const MAX_TENSORS = 200_000;
const MAX_BUFFERS = 200_000;
const MAX_SUBGRAPHS = 10_000;
const MAX_DIMENSIONS = 64;

const DTYPES: readonly string[] = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
  'int2',
  'uint4',
];

/** A FlatBuffer of TensorFlow Lite, now LiteRT (tensorflow/compiler/mlir/lite/schema/schema.fbs; the numbers are those of its fields). */
export const tflite: ModelFormat = {
  id: 'tflite',
  label: 'TFLite',
  recognise: (set) => filesWith(set, (path) => path.endsWith('.tflite')),
  async completeness(set, paths) {
    for (const path of paths) await readModel(set, path);
    // All that was looked at is there; but a FlatBuffer doesn't tell its length.
    return { kind: 'plausible' };
  },
  async facts(set, paths) {
    const [first] = paths;
    if (first === undefined) return factsFrom('tflite', {});
    const { tensors, ...told } = await readModel(set, first);
    const list = new TensorList();
    for (const tensor of tensors) list.add(tensor);
    const left = paths.slice(1).map((path) => `Only ${first} was read, ${path} is another model`);
    return factsFrom('tflite', { ...told, ...list.facts(), problems: [...left, ...list.problems()] });
  },
};

type Model = Pick<ModelFacts, 'formatVersion' | 'framework' | 'inputs' | 'outputs'> & {
  readonly tensors: readonly TensorFacts[];
  readonly metadata: readonly (readonly [string, string])[];
};

async function readModel(set: FileSet, path: string): Promise<Model> {
  return withFile(set, path, async (source) => {
    const reader = new PagedReader(source, path);
    if (source.sizeBytes < 8 || (await reader.text(4, 4)) !== 'TFL3')
      throw invalidFile(path, 'it isn’t marked as TFL3');
    const model = await FlatTable.root(reader);
    const buffers: Place[] = [];
    for (const buffer of await model.tables(4, MAX_BUFFERS)) buffers.push(await placeOf(reader, buffer));
    // Of no interest, but often last in the file.
    await model.tables(1, MAX_TENSORS);
    const subgraphs = await model.tables(2, MAX_SUBGRAPHS);
    const [main] = subgraphs;
    if (!main) throw invalidFile(path, 'it has no graph');
    const tensors: TensorFacts[] = [];
    const mainTensors: Tensor[] = [];
    for (const subgraph of subgraphs)
      for (const table of await subgraph.tables(0, MAX_TENSORS)) {
        const tensor = await readTensor(table);
        if (subgraph === main) mainTensors.push(tensor);
        if (tensors.length > MAX_TENSORS) throw invalidFile(path, `it has more than ${MAX_TENSORS} tensors`);
        const place = buffers[tensor.buffer];
        // The others are filled when the model runs.
        if (place && place.sizeBytes > 0)
          tensors.push({ name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, place: { path, ...place } });
      }
    const pick = (indices: readonly number[]) => indices.flatMap((index) => mainTensors[index] ?? []).map(entryOf);
    const description = await model.text(3);
    const version = await model.u32(0);
    return {
      ...(version === undefined ? {} : { formatVersion: String(version) }),
      framework: { name: 'TensorFlow Lite' },
      inputs: await namedBy(model, 0, mainTensors, pick(await main.numbers(1, MAX_TENSORS))),
      outputs: await namedBy(model, 1, mainTensors, pick(await main.numbers(2, MAX_TENSORS))),
      tensors,
      metadata: [
        ...(description ? ([['description', description]] as const) : []),
        ...(await metadataTexts(reader, model, buffers)),
      ],
    };
  });
}

interface Place {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Large models have their buffers behind the FlatBuffer, by offset and size. */
async function placeOf(reader: PagedReader, buffer: FlatTable): Promise<Place> {
  const inside = await buffer.vector(0, 1);
  if (inside && inside.length > 0) return { offset: inside.offset, sizeBytes: inside.length };
  const offset = (await buffer.u64(1)) ?? 0;
  const sizeBytes = (await buffer.u64(2)) ?? 0;
  // Up to 1 they stand for nothing.
  if (offset <= 1) return { offset: 0, sizeBytes: 0 };
  if (offset + sizeBytes > reader.sizeBytes) throw reader.invalid(`it ends within the weights at byte ${offset}`);
  return { offset, sizeBytes };
}

interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** With -1 for what isn't fixed. */
  readonly signature: readonly number[];
  readonly buffer: number;
}

async function readTensor(table: FlatTable): Promise<Tensor> {
  const code = (await table.u8(1)) ?? 0;
  return {
    name: (await table.text(3)) ?? '',
    dtype: DTYPES[code] ?? `tflite-${code}`,
    shape: await table.numbers(0, MAX_DIMENSIONS),
    signature: await table.numbers(7, MAX_DIMENSIONS),
    buffer: (await table.u32(2)) ?? 0,
  };
}

function entryOf({ name, dtype, shape, signature }: Tensor): SignatureEntry {
  const sizes = signature.length > 0 ? signature : shape;
  return { name, dtype, shape: sizes.map((size) => (size < 0 ? null : size)) };
}

/** Inputs (0) or outputs (1) under the names that callers use, where the model has a signature. */
async function namedBy(
  model: FlatTable,
  which: 0 | 1,
  tensors: readonly Tensor[],
  plain: readonly SignatureEntry[],
): Promise<readonly SignatureEntry[]> {
  const [signature] = await model.tables(7, 1000);
  if (!signature) return plain;
  const named: SignatureEntry[] = [];
  for (const map of await signature.tables(which, 10_000)) {
    const tensor = tensors[(await map.u32(1)) ?? 0];
    if (tensor) named.push({ ...entryOf(tensor), name: (await map.text(0)) ?? tensor.name });
  }
  return named.length > 0 ? named : plain;
}

/** Short texts among the named buffers, such as `min_runtime_version`. */
async function metadataTexts(
  reader: PagedReader,
  model: FlatTable,
  buffers: readonly Place[],
): Promise<readonly (readonly [string, string])[]> {
  const texts: (readonly [string, string])[] = [];
  for (const entry of await model.tables(6, 1000)) {
    const name = (await entry.text(0)) ?? '';
    const place = buffers[(await entry.u32(1)) ?? 0];
    if (!place || place.sizeBytes === 0 || place.sizeBytes > 1000) continue;
    const text = (await reader.text(place.offset, place.sizeBytes)).replace(/\0+$/, '');
    if (/^[\x20-\x7e]+$/.test(text)) texts.push([name, text]);
  }
  return texts;
}
