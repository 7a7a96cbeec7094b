import { classPath, isKind, itemsOf, type ObjectValue, type Value } from './values.ts';

/**
 * A numpy dtype in a pickle: `numpy.dtype('f8', False, True)` with its state `(3, '<', …)`. The text says kind and size.
 */
function dtypeParts(
  value: Value | undefined,
): { readonly dtype: ObjectValue; readonly kind: string; readonly size: number } | undefined {
  if (!isKind(value, 'object')) return undefined;
  if (classPath(value) === 'numpy.dtype') {
    const text = value.args[0];
    const parts = typeof text === 'string' ? /^([?biufcmMOSUV])(\d{0,9})$/.exec(text) : null;
    if (parts?.[1] === undefined) return undefined;
    return { dtype: value, kind: parts[1], size: parts[1] === '?' ? 1 : Number(parts[2] ?? '') };
  }
  // `numpy.dtypes.Float64DType()` and the like of numpy 2.
  return undefined;
}

/** Bytes of an element; `object` where elements are Python objects; undefined for what isn't known. */
export function itemSizeOf(value: Value | undefined): number | 'object' | undefined {
  const parts = dtypeParts(value);
  if (parts === undefined) return undefined;
  if (parts.kind === 'O') return 'object';
  if (parts.kind === 'V' && holdsObjects(parts.dtype, 0)) return 'object';
  // Texts and structures have their size in the state, behind fields and names.
  const stated = itemsOf(parts.dtype.state)[5];
  if (/[SUV]/.test(parts.kind) && parts.kind !== 'U' && typeof stated === 'number' && stated > 0) return stated;
  return parts.kind === 'U' ? parts.size * 4 : parts.size;
}

/** Whether a field of a structure is a Python object. */
function holdsObjects(dtype: ObjectValue, depth: number): boolean {
  if (depth > 5) return true;
  const fields = itemsOf(dtype.state)[4];
  if (!isKind(fields, 'dict')) return false;
  return fields.values.some((field) => {
    const inner = itemsOf(field)[0];
    const parts = dtypeParts(inner);
    return parts !== undefined && (parts.kind === 'O' || holdsObjects(parts.dtype, depth + 1));
  });
}

/** How elements of plain types are read; undefined for structures, objects, and big-endian numbers. */
export function dtypeLayout(
  value: Value | undefined,
):
  | { readonly sizeBytes: number; readonly read: (view: DataView, at: number) => string | number | boolean }
  | undefined {
  const parts = dtypeParts(value);
  const sizeBytes = itemSizeOf(value);
  if (parts === undefined || typeof sizeBytes !== 'number' || sizeBytes === 0) return undefined;
  const isLittle = itemsOf(parts.dtype.state)[1] !== '>';
  if (!isLittle) return undefined;
  const read = readerOf(parts.kind, sizeBytes);
  return read === undefined ? undefined : { sizeBytes, read };
}

function readerOf(kind: string, size: number): ((view: DataView, at: number) => string | number | boolean) | undefined {
  switch (`${kind}${/[US]/.test(kind) ? '' : size}`) {
    case '?1':
    case 'b1':
      return (view, at) => view.getUint8(at) !== 0;
    case 'i1':
      return (view, at) => view.getInt8(at);
    case 'u1':
      return (view, at) => view.getUint8(at);
    case 'i2':
      return (view, at) => view.getInt16(at, true);
    case 'u2':
      return (view, at) => view.getUint16(at, true);
    case 'i4':
      return (view, at) => view.getInt32(at, true);
    case 'u4':
      return (view, at) => view.getUint32(at, true);
    case 'i8':
      return (view, at) => Number(view.getBigInt64(at, true));
    case 'u8':
      return (view, at) => Number(view.getBigUint64(at, true));
    case 'f4':
      return (view, at) => view.getFloat32(at, true);
    case 'f8':
      return (view, at) => view.getFloat64(at, true);
    case 'S':
      return (view, at) =>
        new TextDecoder('latin1').decode(new Uint8Array(view.buffer, view.byteOffset + at, size)).replace(/\0+$/, '');
    case 'U':
      return (view, at) => {
        let text = '';
        for (let index = 0; index < size; index += 4) {
          const code = view.getUint32(at + index, true);
          if (code !== 0 && code <= 0x10ffff) text += String.fromCodePoint(code);
        }
        return text;
      };
    default:
      return undefined;
  }
}
