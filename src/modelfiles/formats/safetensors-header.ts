import { elementCount } from '../../base/shape.ts';
import type { TensorFacts } from '../facts.ts';
import { type ByteSource, MAX_READ_BYTES } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { JsonProblem, JsonReader } from '../read/json-reader.ts';

/** What a safetensors file says about itself (https://github.com/huggingface/safetensors, "Format"). */
export interface SafetensorsHeader {
  readonly tensors: readonly TensorFacts[];
  readonly metadata: readonly (readonly [string, string])[];
  /** As long as the file must be: 8 bytes, the header, and the data up to the largest offset. */
  readonly fileBytes: number;
  readonly problems: readonly string[];
}

const PREFIX_BYTES = 8;
/** Problems that one file may have before the rest is only counted. */
const MAX_PROBLEMS = 20;

/** Dimensions of a tensor. */
const MAX_NUMBERS = 1024;

/** The names of the format and ours, with the size of an element. */
const DTYPES: ReadonlyMap<string, { readonly name: string; readonly bits: number }> = new Map(
  (
    [
      ['BOOL', 'bool', 8],
      ['F4', 'float4_e2m1fn_x2', 4],
      ['F6_E2M3', 'float6_e2m3', 6],
      ['F6_E3M2', 'float6_e3m2', 6],
      ['U8', 'uint8', 8],
      ['I8', 'int8', 8],
      ['F8_E5M2', 'float8_e5m2', 8],
      ['F8_E4M3', 'float8_e4m3fn', 8],
      ['F8_E5M2FNUZ', 'float8_e5m2fnuz', 8],
      ['F8_E4M3FNUZ', 'float8_e4m3fnuz', 8],
      ['F8_E8M0', 'float8_e8m0fnu', 8],
      ['I16', 'int16', 16],
      ['U16', 'uint16', 16],
      ['F16', 'float16', 16],
      ['BF16', 'bfloat16', 16],
      ['I32', 'int32', 32],
      ['U32', 'uint32', 32],
      ['F32', 'float32', 32],
      ['C64', 'complex64', 64],
      ['F64', 'float64', 64],
      ['I64', 'int64', 64],
      ['U64', 'uint64', 64],
    ] as const
  ).map(([code, name, bits]) => [code, { name, bits }]),
);

/** Reads the header only. Throws `MODEL_FILE_INVALID`. */
export async function readSafetensorsHeader(source: ByteSource, path: string): Promise<SafetensorsHeader> {
  if (source.sizeBytes < PREFIX_BYTES) throw invalidFile(path, 'it is too short for a header');
  const prefix = await source.read(0, PREFIX_BYTES);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(source.sizeBytes - PREFIX_BYTES))
    throw invalidFile(path, `its header is ${length} bytes long, and the file ends before`);
  if (length > BigInt(MAX_READ_BYTES))
    throw invalidFile(path, `its header is ${length} bytes long, and ${MAX_READ_BYTES} are the most that is read`);
  const headerBytes = Number(length);
  const bytes = await source.read(PREFIX_BYTES, headerBytes);
  if (bytes.length < headerBytes) throw invalidFile(path, 'it became shorter while it was read');
  try {
    return headerOf(bytes, path, source.sizeBytes);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw invalidFile(path, `the JSON of its header ${error.message}`, error);
  }
}

interface RawTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function headerOf(bytes: Uint8Array, path: string, sizeBytes: number): SafetensorsHeader {
  const json = new JsonReader(bytes);
  const raw: RawTensor[] = [];
  let metadata: readonly (readonly [string, string])[] = [];
  json.object((name) => {
    if (name === '__metadata__') metadata = stringsOf(json);
    else raw.push(tensorOf(json, name, path));
  });
  json.end();

  const dataAt = PREFIX_BYTES + bytes.length;
  const problems = problemsOf(raw);
  let dataBytes = 0;
  for (const { end } of raw) dataBytes = Math.max(dataBytes, end);
  const fileBytes = dataAt + dataBytes;
  if (fileBytes !== sizeBytes)
    problems.push(
      `${path} is ${sizeBytes} bytes long, and its header says ${fileBytes}: ${fileBytes > sizeBytes ? 'its end is missing' : 'something follows its data'}`,
    );
  const tensors = raw.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype: DTYPES.get(dtype)?.name ?? dtype.toLowerCase(),
    shape,
    ...(dataAt + end <= sizeBytes ? { place: { path, offset: dataAt + begin, sizeBytes: end - begin } } : {}),
  }));
  return { tensors, metadata, fileBytes, problems };
}

function tensorOf(json: JsonReader, name: string, path: string): RawTensor {
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  json.object((key) => {
    if (key === 'dtype') dtype = json.string();
    else if (key === 'shape') shape = numbersOf(json);
    else if (key === 'data_offsets') offsets = numbersOf(json);
    else json.skip();
  });
  const [begin, end, ...more] = offsets ?? [];
  const isPlace = isOffset(begin) && isOffset(end) && begin <= end && more.length === 0;
  if (dtype === undefined || shape === undefined || !isPlace || !shape.every(isOffset))
    throw invalidFile(path, `its header gives no sound type, shape and place for the tensor ${name.slice(0, 100)}`);
  return { name, dtype: dtype.slice(0, 40), shape, begin, end };
}

function isOffset(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function numbersOf(json: JsonReader): readonly number[] {
  const numbers: number[] = [];
  json.array(() => {
    if (numbers.length === MAX_NUMBERS) throw new JsonProblem(`has a list of more than ${MAX_NUMBERS} numbers`);
    numbers.push(json.number());
  });
  return numbers;
}

function stringsOf(json: JsonReader): readonly (readonly [string, string])[] {
  const strings: (readonly [string, string])[] = [];
  json.object((name) => {
    if (json.kind() === 'string') strings.push([name, json.string()]);
    else json.skip();
  });
  return strings;
}

/** What the format forbids and a reader could trip over: tensors that overlap or leave holes, and sizes that contradict the shape. */
function problemsOf(raw: readonly RawTensor[]): string[] {
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  for (const { name, dtype, shape, begin, end } of raw) {
    const bits = DTYPES.get(dtype)?.bits;
    if (bits === undefined) {
      note(`The tensor ${name.slice(0, 100)} has an unknown type, ${dtype}`);
      continue;
    }
    const elements = elementCount(shape);
    if (elements === undefined || (elements * bits) / 8 !== end - begin)
      note(`The tensor ${name.slice(0, 100)} takes ${end - begin} bytes, which isn't what its type and shape take`);
  }
  const inOrder = [...raw].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let last = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin < last) note(`The tensor ${name.slice(0, 100)} overlaps another`);
    else if (begin > last) note(`${begin - last} bytes before the tensor ${name.slice(0, 100)} belong to none`);
    last = Math.max(last, end);
  }
  return problems;
}
