import type { SignatureEntry } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { ProtoReader } from '../read/proto-reader.ts';

/** What an ONNX file says (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; the numbers are those of its fields). */
export interface OnnxModel {
  readonly irVersion?: number;
  readonly producer?: string;
  readonly producerVersion?: string;
  readonly hasGraph: boolean;
  readonly graphName?: string;
  /** Domain, empty for ONNX's own, and version. */
  readonly opsets: readonly (readonly [string, number])[];
  readonly metadata: readonly (readonly [string, string])[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
  readonly nodeCount: number;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its bytes in this file. */
  readonly inside?: { readonly offset: number; readonly sizeBytes: number };
  /** Its bytes in another, as that is named there. */
  readonly outside?: { readonly location: string; readonly offset: number; readonly sizeBytes?: number };
}

const MAX_DIMENSIONS = 64;
const MAX_TYPE_DEPTH = 8;
const FLOAT = 1;
const DOUBLE = 11;

const DTYPES: readonly string[] = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8_e4m3fn',
  'float8_e4m3fnuz',
  'float8_e5m2',
  'float8_e5m2fnuz',
  'uint4',
  'int4',
  'float4_e2m1fn',
  'float8_e8m0fnu',
  'uint2',
  'int2',
  'float6_e2m3',
  'float6_e3m2',
];

const dtypeOf = (code: number) => DTYPES[code] ?? `onnx-${code}`;

/** Walks the file; weights are passed over. Throws `MODEL_FILE_INVALID`. */
export async function readOnnxModel(source: ByteSource, path: string): Promise<OnnxModel> {
  const opsets: (readonly [string, number])[] = [];
  const metadata: (readonly [string, string])[] = [];
  const told: { irVersion?: number; producer?: string; producerVersion?: string } = {};
  let graph: Graph | undefined;
  const model = ProtoReader.over(new ByteReader(source, path));
  while (await model.next()) {
    switch (model.field) {
      case 1:
        told.irVersion = model.number();
        break;
      case 2:
        told.producer = await model.text(1000);
        break;
      case 3:
        told.producerVersion = await model.text(1000);
        break;
      case 7:
        graph = await readGraph(model.message());
        break;
      case 8:
        opsets.push(await readOpset(model.message()));
        break;
      case 14: {
        const [key, value] = await model.entry((entry) => entry.text());
        metadata.push([key, value ?? '']);
      }
    }
  }
  return { ...told, ...(graph ?? EMPTY_GRAPH), hasGraph: graph !== undefined, opsets, metadata };
}

type Graph = Pick<OnnxModel, 'graphName' | 'initializers' | 'inputs' | 'outputs' | 'nodeCount'>;

const EMPTY_GRAPH: Graph = { initializers: [], inputs: [], outputs: [], nodeCount: 0 };

async function readGraph(graph: ProtoReader): Promise<Graph> {
  const initializers: OnnxTensor[] = [];
  const inputs: SignatureEntry[] = [];
  const outputs: SignatureEntry[] = [];
  let nodeCount = 0;
  let graphName: string | undefined;
  while (await graph.next()) {
    switch (graph.field) {
      case 1:
        nodeCount += 1;
        break;
      case 2:
        graphName = await graph.text(1000);
        break;
      case 5:
        initializers.push(await readTensor(graph.message()));
        break;
      case 11:
        inputs.push(await readValueInfo(graph.message()));
        break;
      case 12:
        outputs.push(await readValueInfo(graph.message()));
        break;
      case 15:
        initializers.push(await readSparseTensor(graph.message()));
    }
  }
  const names = new Set(initializers.map(({ name }) => name));
  return {
    initializers,
    // Up to version 3 of the format, weights were inputs with a default.
    inputs: inputs.filter(({ name }) => !names.has(name)),
    outputs,
    nodeCount,
    ...(graphName === undefined ? {} : { graphName }),
  };
}

async function readOpset(opset: ProtoReader): Promise<readonly [string, number]> {
  let domain = '';
  let version = 0;
  while (await opset.next()) {
    if (opset.field === 1) domain = await opset.text(1000);
    else if (opset.field === 2) version = opset.number();
  }
  return [domain, version];
}

async function readTensor(tensor: ProtoReader): Promise<OnnxTensor> {
  const shape: number[] = [];
  const external = new Map<string, string>();
  let name = '';
  let code = 0;
  let inside: OnnxTensor['inside'];
  let listed: OnnxTensor['inside'];
  let lists = 0;
  while (await tensor.next()) {
    switch (tensor.field) {
      case 1:
        shape.push(...(await tensor.numbers(MAX_DIMENSIONS)));
        break;
      case 2:
        code = tensor.number();
        break;
      case 4:
      case 10:
        // Numbers that are packed lie there as they do elsewhere.
        lists += 1;
        if (tensor.isBytes) listed = tensor.place();
        break;
      case 8:
        name = await tensor.text(10_000);
        break;
      case 9:
        inside = tensor.place();
        break;
      case 13: {
        const [key, value] = await tensor.entry((entry) => entry.text());
        external.set(key, value ?? '');
      }
    }
  }
  const outside = outsideOf(external);
  if (lists === 1 && (code === FLOAT || code === DOUBLE)) inside ??= listed;
  return { name, dtype: dtypeOf(code), shape, ...(outside ? { outside } : inside ? { inside } : {}) };
}

function outsideOf(external: ReadonlyMap<string, string>): OnnxTensor['outside'] {
  const location = external.get('location');
  if (location === undefined) return undefined;
  const offset = Number(external.get('offset') ?? 0);
  const length = external.get('length');
  return {
    location,
    offset: Number.isSafeInteger(offset) && offset >= 0 ? offset : 0,
    ...(length !== undefined && Number.isSafeInteger(Number(length)) ? { sizeBytes: Math.max(0, Number(length)) } : {}),
  };
}

/** Values and indices of a sparse tensor are tensors; its shape is told beside them. */
async function readSparseTensor(sparse: ProtoReader): Promise<OnnxTensor> {
  const shape: number[] = [];
  let values: OnnxTensor | undefined;
  while (await sparse.next()) {
    if (sparse.field === 1) values = await readTensor(sparse.message());
    else if (sparse.field === 3) shape.push(...(await sparse.numbers(MAX_DIMENSIONS)));
  }
  return { name: values?.name ?? '', dtype: values?.dtype ?? dtypeOf(0), shape };
}

async function readValueInfo(info: ProtoReader): Promise<SignatureEntry> {
  let name = '';
  let type: Omit<SignatureEntry, 'name'> = {};
  while (await info.next()) {
    if (info.field === 1) name = await info.text(10_000);
    else if (info.field === 2) type = await readType(info.message(), 0);
  }
  return { name, ...type };
}

async function readType(type: ProtoReader, depth: number): Promise<Omit<SignatureEntry, 'name'>> {
  let found: Omit<SignatureEntry, 'name'> = {};
  while (await type.next()) {
    if (type.field === 1 || type.field === 8) found = await readTensorType(type.message());
    else if (depth === MAX_TYPE_DEPTH) found = { dtype: '…' };
    else if (type.field === 4) found = { dtype: `sequence(${await elementType(type.message(), depth)})` };
    else if (type.field === 9) found = { dtype: `optional(${await elementType(type.message(), depth)})` };
    else if (type.field === 5) found = { dtype: await mapType(type.message(), depth) };
  }
  return found;
}

async function readTensorType(tensor: ProtoReader): Promise<Omit<SignatureEntry, 'name'>> {
  let dtype: string | undefined;
  let shape: readonly (number | string | null)[] | undefined;
  while (await tensor.next()) {
    if (tensor.field === 1) dtype = dtypeOf(tensor.number());
    else if (tensor.field === 2) shape = await readShape(tensor.message());
  }
  return { ...(dtype === undefined ? {} : { dtype }), ...(shape ? { shape } : {}) };
}

async function readShape(shape: ProtoReader): Promise<readonly (number | string | null)[]> {
  const dimensions: (number | string | null)[] = [];
  while (await shape.next()) {
    if (shape.field !== 1 || dimensions.length === MAX_DIMENSIONS) continue;
    let size: number | string | null = null;
    const dimension = shape.message();
    while (await dimension.next()) {
      if (dimension.field === 1) size = dimension.number();
      else if (dimension.field === 2) size = (await dimension.text(200)) || null;
    }
    dimensions.push(size);
  }
  return dimensions;
}

async function elementType(sequence: ProtoReader, depth: number): Promise<string> {
  let element = '…';
  while (await sequence.next())
    if (sequence.field === 1) element = (await readType(sequence.message(), depth + 1)).dtype ?? '…';
  return element;
}

async function mapType(map: ProtoReader, depth: number): Promise<string> {
  let key = '…';
  let value = '…';
  while (await map.next()) {
    if (map.field === 1) key = dtypeOf(map.number());
    else if (map.field === 2) value = (await readType(map.message(), depth + 1)).dtype ?? '…';
  }
  return `map(${key}, ${value})`;
}
