import type { ProtoReader } from '../read/proto-reader.ts';

/** A constant of a program whose value stands in a file of weights. */
export interface BlobTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly fileName: string;
  /** Of what describes the value in that file. */
  readonly offset: number;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'bool'],
  [2, 'string'],
  [10, 'float16'],
  [11, 'float32'],
  [12, 'float64'],
  [13, 'bfloat16'],
  [21, 'int8'],
  [22, 'int16'],
  [23, 'int32'],
  [24, 'int64'],
  [25, 'int4'],
  [31, 'uint8'],
  [32, 'uint16'],
  [33, 'uint32'],
  [34, 'uint64'],
  [35, 'uint4'],
  [36, 'uint2'],
  [37, 'uint1'],
  [38, 'uint6'],
  [39, 'uint3'],
  [40, 'float8_e4m3fn'],
  [41, 'float8_e5m2'],
]);

const MAX_DIMENSIONS = 64;

/** The constants of a program (MIL.proto) that stand in files; those with their value in the program are small, and no weights. */
export async function readProgram(program: ProtoReader): Promise<readonly BlobTensor[]> {
  const blobs: BlobTensor[] = [];
  while (await program.next())
    if (program.field === 2) await program.entry((entry) => readFunction(entry.message(), blobs));
  return blobs;
}

async function readFunction(message: ProtoReader, blobs: BlobTensor[]): Promise<void> {
  while (await message.next())
    if (message.field === 3) await message.entry((entry) => readBlock(entry.message(), blobs));
}

async function readBlock(block: ProtoReader, blobs: BlobTensor[]): Promise<void> {
  while (await block.next()) if (block.field === 3) await readOperation(block.message(), blobs);
}

/** Weights are operations `const`, and the compressed ones `constexpr_…`, whose parts are attributes. */
async function readOperation(operation: ProtoReader, blobs: BlobTensor[]): Promise<void> {
  let output = '';
  const values: (Value & { readonly attribute: string })[] = [];
  while (await operation.next()) {
    if (operation.field === 3 && output === '') {
      const named = operation.message();
      while (await named.next()) if (named.field === 1) output = await named.text(1000);
    } else if (operation.field === 4) {
      await readBlock(operation.message(), blobs);
    } else if (operation.field === 5) {
      const [attribute, value] = await operation.entry((entry) => readValue(entry.message()));
      if (value) values.push({ attribute, ...value });
    }
  }
  for (const { attribute, ...value } of values)
    blobs.push({ name: attribute === 'val' ? output : `${output}.${attribute}`, ...value });
}

type Value = Omit<BlobTensor, 'name'>;

/** Undefined where the value stands in the program itself. */
async function readValue(message: ProtoReader): Promise<Value | undefined> {
  let type = { dtype: 'unknown', shape: [] as readonly number[] };
  let place: Pick<Value, 'fileName' | 'offset'> | undefined;
  while (await message.next()) {
    if (message.field === 2) {
      const kinds = message.message();
      while (await kinds.next()) if (kinds.field === 1) type = await readTensorType(kinds.message());
    } else if (message.field === 5) {
      const blob = message.message();
      let [fileName, offset] = ['', 0];
      while (await blob.next()) {
        if (blob.field === 1) fileName = await blob.text(1000);
        else if (blob.field === 2) offset = Math.max(0, blob.number());
      }
      place = { fileName, offset };
    }
  }
  return place && { ...type, ...place };
}

async function readTensorType(type: ProtoReader): Promise<{ dtype: string; shape: readonly number[] }> {
  const shape: number[] = [];
  let dtype = 'unknown';
  while (await type.next()) {
    if (type.field === 1) dtype = TYPES.get(type.number()) ?? `mil-${type.number()}`;
    else if (type.field === 3 && shape.length < MAX_DIMENSIONS) shape.push(await readSize(type.message()));
  }
  return { dtype, shape };
}

async function readSize(dimension: ProtoReader): Promise<number> {
  let size = 0;
  while (await dimension.next()) {
    if (dimension.field !== 1) continue;
    const constant = dimension.message();
    while (await constant.next()) if (constant.field === 1) size = Math.max(0, constant.number());
  }
  return size;
}
