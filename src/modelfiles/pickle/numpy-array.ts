import type { ByteSource } from '../file-set.ts';
import { dtypeLayout } from './numpy-dtype.ts';
import { classPath, integersOf, isKind, itemsOf, namedEntries, type Value } from './values.ts';

const MAX_ELEMENTS = 10_000;

/** A numpy array in a pickle, as numpy or joblib put it there. */
interface PickledArray {
  readonly shape: readonly number[];
  readonly dtype: Value | undefined;
  /** Elements that are Python objects. */
  readonly objects?: readonly Value[];
  readonly bytes?: { readonly offset: number; readonly sizeBytes: number; readonly inline?: Uint8Array };
}

/** The array that a value is: `_reconstruct` with its state, `_frombuffer`, or a wrapper of joblib. */
export function arrayOf(value: Value | undefined): PickledArray | undefined {
  if (!isKind(value, 'object')) return undefined;
  const path = classPath(value) ?? '';
  if (/^numpy\.(_core|core)\.multiarray\._reconstruct$/.test(path)) {
    const [, shape, dtype, , data] = itemsOf(value.state);
    const sizes = integersOf(shape);
    if (sizes === undefined) return undefined;
    if (isKind(data, 'list')) return { shape: sizes, dtype, objects: data.items };
    if (isKind(data, 'bytes')) return { shape: sizes, dtype, bytes: data };
    return { shape: sizes, dtype };
  }
  if (/^numpy\.(_core|core)\.numeric\._frombuffer$/.test(path)) {
    const [data, dtype, shape] = value.args;
    const sizes = integersOf(shape);
    const buffer = isKind(data, 'object') ? data.args[0] : data;
    if (sizes === undefined) return undefined;
    return { shape: sizes, dtype, ...(isKind(buffer, 'bytes') ? { bytes: buffer } : {}) };
  }
  if (value.array !== undefined) {
    const attributes = namedEntries(value);
    const sizes = integersOf(attributes.get('shape'));
    return sizes === undefined ? undefined : { shape: sizes, dtype: attributes.get('dtype'), bytes: value.array };
  }
  return undefined;
}

/** The elements of a short array as text or numbers, in row-major order; undefined for what is long or of another kind. */
export async function elementsOf(
  source: ByteSource,
  value: Value | undefined,
): Promise<readonly (string | number | boolean)[] | undefined> {
  const array = arrayOf(value);
  if (array === undefined) return undefined;
  if (array.objects !== undefined) {
    const plain = array.objects.filter(
      (item) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean',
    );
    return plain.length === array.objects.length ? plain : undefined;
  }
  const layout = dtypeLayout(array.dtype);
  const count = array.shape.reduce((product, length) => product * length, 1);
  if (layout === undefined || array.bytes === undefined || !(count <= MAX_ELEMENTS) || layout.sizeBytes > 4000)
    return undefined;
  const { inline, offset, sizeBytes } = array.bytes;
  if (count * layout.sizeBytes > sizeBytes) return undefined;
  const bytes = inline ?? (await source.read(offset, count * layout.sizeBytes));
  if (bytes.length < count * layout.sizeBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => layout.read(view, index * layout.sizeBytes));
}

/** A number that numpy wrapped: `scalar(dtype, bytes)`. */
export async function scalarOf(
  source: ByteSource,
  value: Value | undefined,
): Promise<string | number | boolean | undefined> {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (!isKind(value, 'object') || !/^numpy\.(_core|core)\.multiarray\.scalar$/.test(classPath(value) ?? ''))
    return undefined;
  const [dtype, data] = value.args;
  const layout = dtypeLayout(dtype);
  if (layout === undefined || !isKind(data, 'bytes') || data.sizeBytes < layout.sizeBytes || layout.sizeBytes > 4000)
    return undefined;
  const bytes = data.inline ?? (await source.read(data.offset, layout.sizeBytes));
  if (bytes.length < layout.sizeBytes) return undefined;
  return layout.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}
