import { elementCount } from '../../base/shape.ts';
import type { ByteSource } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';

const MAX_HEADER_BYTES = 1024 * 1024;

/** What stands before the elements of an array (numpy/lib/format.py). */
export interface NpyHeader {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly offset: number;
  /** Undefined for objects, and for types of unknown size. */
  readonly dataBytes?: number;
  /** Little-endian numbers in row-major order. */
  readonly isPlain: boolean;
  readonly holdsObjects: boolean;
}

const kinds: Readonly<Record<string, string>> = { i: 'int', u: 'uint', f: 'float', c: 'complex' };

/** Throws `MODEL_FILE_INVALID`. */
export async function readNpyHeader(source: ByteSource, path: string): Promise<NpyHeader> {
  const head = Buffer.from(await source.read(0, 12));
  if (head.length < 10 || head.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw invalidFile(path, 'it doesn’t begin as an array of NumPy');
  const isLong = (head[6] ?? 0) >= 2;
  if (isLong && head.length < 12) throw invalidFile(path, 'it ends in its header');
  const length = isLong ? head.readUInt32LE(8) : head.readUInt16LE(8);
  const start = isLong ? 12 : 10;
  if (length > MAX_HEADER_BYTES || start + length > source.sizeBytes) throw invalidFile(path, 'it ends in its header');
  const text = Buffer.from(await source.read(start, length)).toString('utf8');
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  const isFortran = /'fortran_order'\s*:\s*True/.test(text);
  const simple = /'descr'\s*:\s*'([^']{1,40})'/.exec(text)?.[1];
  if (shapeText === undefined || !/'descr'\s*:/.test(text))
    throw invalidFile(path, 'its header gives no shape and type');
  const shape = shapeText
    .split(',')
    .map((part) => part.replace('L', '').trim())
    .filter((part) => part !== '')
    .map(Number);
  const elements = elementCount(shape);
  if (elements === undefined) throw invalidFile(path, 'its shape isn’t one of an array');
  const offset = start + length;
  const { dtype, size, isLittle } = typeOf(simple);
  const holdsObjects = simple === undefined ? /'[|<>=]?O\d?'/.test(text) : /^[|<>=]?O/.test(simple);
  return {
    dtype,
    shape,
    offset,
    holdsObjects,
    isPlain: isLittle && (!isFortran || shape.length < 2),
    ...(size === undefined || holdsObjects ? {} : { dataBytes: elements * size }),
  };
}

function typeOf(descr: string | undefined): {
  readonly dtype: string;
  readonly size?: number;
  readonly isLittle: boolean;
} {
  const parts = /^([|<>=])?([?biufcOSUVMm])(\d*)/.exec(descr ?? '');
  if (parts === null) return { dtype: 'structured', isLittle: false };
  const [, order, kind = '', digits = ''] = parts;
  if (kind === 'O') return { dtype: 'object', isLittle: false };
  const isLittle = order !== '>';
  const count = kind === '?' ? 1 : Number(digits);
  if (kind === '?' || kind === 'b') return { dtype: 'bool', size: 1, isLittle: true };
  const named = kinds[kind];
  if (named !== undefined) return { dtype: `${named}${count * 8}`, size: count, isLittle };
  if (kind === 'U') return { dtype: 'str', size: count * 4, isLittle: false };
  return {
    dtype: { S: 'bytes', V: 'void', M: 'datetime64', m: 'timedelta64' }[kind] ?? kind,
    size: count,
    isLittle: false,
  };
}
