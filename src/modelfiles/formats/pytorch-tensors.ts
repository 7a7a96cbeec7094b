import { elementCount } from '../../base/shape.ts';
import type { TensorFacts } from '../facts.ts';
import type { Make } from '../pickle/machine.ts';
import {
  classPath,
  integerOf,
  integersOf,
  isKind,
  itemsOf,
  namedEntries,
  type ObjectValue,
  pathOf,
  type Value,
} from '../pickle/values.ts';
import type { TensorList } from '../tensors.ts';

export interface PickledTensorParts {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly storage?: {
    readonly key: string;
    readonly firstElement: number;
    /** Undefined for elements of unknown size. */
    readonly sizeBytes: number | undefined;
  };
}

/** A tensor as `torch.save` writes it: how it is rebuilt from a storage (torch/_utils.py). */
export class PickledTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride: readonly number[] | undefined;
  readonly storage: PickledTensorParts['storage'];

  constructor({ dtype, shape, stride, storage }: PickledTensorParts) {
    this.dtype = dtype;
    this.shape = shape;
    this.stride = stride;
    this.storage = storage;
  }
}

/** Where the bytes of a storage are. */
export type StoragePlace = { readonly path: string; readonly offset: number; readonly sizeBytes: number };

const storageTypes: ReadonlyMap<string, string> = new Map([
  ['DoubleStorage', 'float64'],
  ['FloatStorage', 'float32'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['ComplexDoubleStorage', 'complex128'],
  ['ComplexFloatStorage', 'complex64'],
  ['QInt8Storage', 'qint8'],
  ['QUInt8Storage', 'quint8'],
  ['QInt32Storage', 'qint32'],
  ['QUInt4x2Storage', 'quint4x2'],
  ['QUInt2x4Storage', 'quint2x4'],
]);

const sizes: ReadonlyMap<string, number> = new Map([
  ['float64', 8],
  ['int64', 8],
  ['uint64', 8],
  ['complex64', 8],
  ['complex128', 16],
  ['float32', 4],
  ['int32', 4],
  ['uint32', 4],
  ['qint32', 4],
  ['complex32', 4],
  ['float16', 2],
  ['bfloat16', 2],
  ['int16', 2],
  ['uint16', 2],
  ['int8', 1],
  ['uint8', 1],
  ['bool', 1],
  ['qint8', 1],
  ['quint8', 1],
  ['float8_e4m3fn', 1],
  ['float8_e4m3fnuz', 1],
  ['float8_e5m2', 1],
  ['float8_e5m2fnuz', 1],
  ['float8_e8m0fnu', 1],
]);

const MAX_DEPTH = 64;

/** Bytes of an element; undefined for types that this reader doesn't know. */
export function elementSize(dtype: string): number | undefined {
  return sizes.get(dtype);
}

/** The type of a storage's elements, by the name of its class. */
export function storageDtype(type: Value | undefined): string | undefined {
  return isKind(type, 'global') ? storageTypes.get(type.name) : undefined;
}

const stored: ReadonlySet<string> = new Set(
  ['_rebuild_tensor', '_rebuild_tensor_v1', '_rebuild_tensor_v2', '_rebuild_tensor_v3', '_rebuild_qtensor'].map(
    (name) => `torch._utils.${name}`,
  ),
);

/** Keeps of a tensor in a pickle what is needed, so that many have room. */
export const makeTensor: Make = (callee, args) => {
  const made = stored.has(pathOf(callee)) ? storedTensor(args) : undefined;
  if (made === undefined) return undefined;
  const storage = args[0];
  const idLength = isKind(storage, 'persistent') ? itemsOf(storage.id).length : 0;
  return { made, members: args.length + idLength + made.shape.length + (made.stride?.length ?? 0) };
};

/** The tensor that a value stands for, if it is one. */
export function tensorOf(value: Value | undefined, depth = 0): PickledTensor | undefined {
  if (isKind(value, 'made')) return value.made instanceof PickledTensor ? value.made : undefined;
  if (!isKind(value, 'object') || depth > 4 || !isKind(value.callee, 'global')) return undefined;
  const { args } = value;
  const path = pathOf(value.callee);
  if (stored.has(path)) return storedTensor(args);
  switch (path) {
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return tensorOf(args[0], depth + 1);
    case 'torch._tensor._rebuild_from_type_v2':
    case 'torch._tensor._rebuild_from_type':
      return tensorOf(calledWith(args[0], itemsOf(args[2])), depth + 1);
    case 'torch._utils._rebuild_meta_tensor_no_storage':
      return unstoredTensor(args[0], args[1]);
    case 'torch._utils._rebuild_wrapper_subclass':
      return unstoredTensor(args[1], args[2]);
    case 'torch._utils._rebuild_sparse_tensor': {
      const [, values, size] = itemsOf(args[1]);
      const shape = shapeOf(size);
      const dtype = tensorOf(values, depth + 1)?.dtype;
      return shape && dtype !== undefined ? new PickledTensor({ dtype, shape }) : undefined;
    }
    default:
      return undefined;
  }
}

function calledWith(callee: Value | undefined, args: readonly Value[]): ObjectValue {
  return { kind: 'object', callee: callee ?? null, args, items: [], keys: [], values: [] };
}

function storedTensor(args: readonly Value[]): PickledTensor | undefined {
  const [storage, offset, size, stride, , , type] = args;
  const shape = shapeOf(size);
  const strides = integersOf(stride);
  const firstElement = integerOf(offset);
  if (!isKind(storage, 'persistent') || !shape || !strides || firstElement === undefined) return undefined;
  const [tag, storageType, key, , count] = itemsOf(storage.id);
  const dtype =
    (isKind(type, 'global') && type.module === 'torch' ? type.name : undefined) ?? storageDtype(storageType);
  if (tag !== 'storage' || typeof key !== 'string' || dtype === undefined) return undefined;
  const elements = integerOf(count);
  const elementBytes = elementSize(storageDtype(storageType) ?? dtype);
  const sizeBytes =
    elements === undefined || elements < 0 || elementBytes === undefined ? undefined : elements * elementBytes;
  return new PickledTensor({ dtype, shape, stride: strides, storage: { key, firstElement, sizeBytes } });
}

function unstoredTensor(type: Value | undefined, size: Value | undefined): PickledTensor | undefined {
  const shape = shapeOf(size);
  return isKind(type, 'global') && type.module === 'torch' && shape
    ? new PickledTensor({ dtype: type.name, shape })
    : undefined;
}

function shapeOf(value: Value | undefined): readonly number[] | undefined {
  const size = classPath(value) === 'torch.Size' && isKind(value, 'object') ? value.args[0] : value;
  const shape = integersOf(size);
  return shape?.every((length) => length >= 0) ? shape : undefined;
}

/** All tensors below a value, under the names that `state_dict` gives them. Each container is looked at once, wherever it is referred to. */
export function* tensorsBelow(
  value: Value,
  name = '',
  seen: Set<object> = new Set(),
): Generator<readonly [name: string, tensor: PickledTensor]> {
  const tensor = tensorOf(value);
  if (tensor) {
    yield [name, tensor];
    return;
  }
  if (typeof value !== 'object' || value === null || seen.has(value) || seen.size > 1_000_000) return;
  seen.add(value);
  for (const [key, member] of membersOf(value)) {
    const path = key === '' ? name : name === '' ? key : `${name}.${key}`;
    if (typeof member === 'object' && member !== null && path.split('.', MAX_DEPTH).length < MAX_DEPTH)
      yield* tensorsBelow(member, path, seen);
  }
}

/** Members of a container or module. A module's parameters, buffers and modules stand in dictionaries that its names don't show. */
function* membersOf(value: Value): Generator<readonly [string, Value]> {
  if (isKind(value, 'tuple') || isKind(value, 'list')) {
    for (const [index, item] of value.items.entries()) yield [String(index), item];
    return;
  }
  if (isKind(value, 'object')) {
    const attributes = namedEntries(value);
    const parts = ['_parameters', '_buffers', '_modules'].map((part) => attributes.get(part));
    if (parts.every((part) => part !== undefined)) {
      for (const part of parts) if (part !== undefined) yield ['', part];
      return;
    }
    yield* attributes;
    return;
  }
  if (isKind(value, 'dict')) {
    for (const [index, key] of value.keys.entries()) {
      const member = value.values[index];
      if (member !== undefined && (typeof key === 'string' || typeof key === 'number')) yield [String(key), member];
    }
  }
}

/** The storages of tensors, each once. */
export function storageKeys(tensors: Iterable<readonly [string, PickledTensor]>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const [, { storage }] of tensors) if (storage) keys.add(storage.key);
  return keys;
}

/** Adds tensors to a list, with their places where their elements stand in a storage in row-major order. */
export function addTensors(
  list: TensorList,
  tensors: Iterable<readonly [string, PickledTensor]>,
  storage: (key: string) => StoragePlace | undefined,
  problems: string[],
): void {
  for (const [name, tensor] of tensors) {
    const { dtype, shape } = tensor;
    const place = placeOf(tensor, storage);
    if (place === 'missing' && problems.length < 20)
      problems.push(`The bytes of the tensor ${name.slice(0, 100)} aren’t where the file says`);
    const facts: TensorFacts = { name, dtype, shape };
    list.add(typeof place === 'object' ? { ...facts, place } : facts);
  }
}

function placeOf(
  { dtype, shape, stride, storage }: PickledTensor,
  placeOfStorage: (key: string) => StoragePlace | undefined,
): StoragePlace | 'missing' | undefined {
  const size = sizes.get(dtype);
  const elements = elementCount(shape);
  if (storage === undefined || size === undefined || elements === undefined) return undefined;
  const whole = placeOfStorage(storage.key);
  if (whole === undefined) return 'missing';
  if (!isRowMajor(shape, stride ?? [])) return undefined;
  const begin = storage.firstElement * size;
  const sizeBytes = elements * size;
  if (begin < 0 || begin + sizeBytes > whole.sizeBytes) return 'missing';
  return { path: whole.path, offset: whole.offset + begin, sizeBytes };
}

function isRowMajor(shape: readonly number[], stride: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const length = shape[axis] ?? 1;
    if (length !== 1 && stride[axis] !== expected) return false;
    expected *= length;
  }
  return true;
}
