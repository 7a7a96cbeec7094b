import type { ByteReader } from '../read/byte-reader.ts';
import { type Budget, MAX_TEXT_BYTES } from './budget.ts';
import type { ArgumentKind, OpcodeName } from './opcodes.ts';
import { LOST, type Value } from './values.ts';

/** Longer whole numbers aren't kept. */
const MAX_INTEGER_BYTES = 64;
const LONG_TEXT_START_BYTES = 800;

/** The argument of an opcode whose argument has a fixed length; at least 8 bytes are in the window unless the bytes end. */
export function readFixed(reader: ByteReader, kind: ArgumentKind): number {
  switch (kind) {
    case 'u8':
      return reader.u8();
    case 'u16':
      return reader.u16();
    case 'i32':
      return reader.i32();
    case 'u32':
      return reader.u32();
    case 'u64':
      return Number(reader.u64());
    case 'f64':
      return reader.f64BigEndian();
    default:
      return 0;
  }
}

export function isFixed(kind: ArgumentKind): boolean {
  return kind !== 'line' && kind !== 'two-lines' && !kind.startsWith('counted');
}

/** Module and name of `GLOBAL` and `INST`; undefined for one that no module can have, for its length. */
export async function readTwoLines(reader: ByteReader): Promise<readonly [string | undefined, string | undefined]> {
  return [await readName(reader), await readName(reader)];
}

async function readName(reader: ByteReader): Promise<string | undefined> {
  const line = await reader.line(MAX_TEXT_BYTES);
  return line.sizeBytes > line.start.length ? undefined : utf8Of(line.start);
}

/** The value that an opcode with a line of text pushes, or the number of the memo that it names. */
export async function readLine(reader: ByteReader, name: OpcodeName, budget: Budget): Promise<Value> {
  const offset = reader.position;
  const { start, sizeBytes } = await reader.line(MAX_TEXT_BYTES);
  const text = latin1Of(start);
  switch (name) {
    case 'INT':
      if (text === '00') return false;
      if (text === '01') return true;
      return integerOfText(text.trim());
    case 'GET':
    case 'PUT':
      return integerOfText(text.trim());
    case 'LONG':
      return integerOfText(text.trim().replace(/[lL]$/, ''));
    case 'FLOAT':
      return floatOfText(text.trim());
    default:
      break;
  }
  if (sizeBytes > start.length) return { kind: 'long-text', offset, sizeBytes, start: text.slice(0, 200) };
  if (!budget.takeText(sizeBytes)) return LOST;
  if (name === 'STRING') return unquote(text.trim());
  return name === 'UNICODE' ? unescapeUnicode(text) : text;
}

/** The length of counted bytes; at least 8 bytes are in the window unless the bytes end. */
export function readCount(reader: ByteReader, kind: 'counted-1' | 'counted-4' | 'counted-8'): number {
  if (kind === 'counted-1') return reader.u8();
  return kind === 'counted-4' ? reader.u32() : Number(reader.u64());
}

/** How many of the counted bytes must be in memory for `readCounted`: none of what is only passed over, the beginning of a long text. */
export function bytesNeeded(name: OpcodeName, sizeBytes: number): number {
  if (isBytes(name)) return 0;
  if (name === 'LONG1' || name === 'LONG4') return sizeBytes > MAX_INTEGER_BYTES ? 0 : sizeBytes;
  return sizeBytes > MAX_TEXT_BYTES ? LONG_TEXT_START_BYTES : sizeBytes;
}

/** What an opcode makes of counted bytes. Goes behind them. */
export function readCounted(reader: ByteReader, name: OpcodeName, sizeBytes: number, budget: Budget): Value {
  const offset = reader.position;
  const needed = bytesNeeded(name, sizeBytes);
  const bytes = reader.bytes(needed);
  reader.skip(sizeBytes - needed);
  if (isBytes(name)) return { kind: 'bytes', offset, sizeBytes };
  if (name === 'LONG1' || name === 'LONG4') return needed < sizeBytes ? LOST : integerOfBytes(bytes);
  if (needed < sizeBytes) return { kind: 'long-text', offset, sizeBytes, start: utf8Of(bytes).slice(0, 200) };
  if (!budget.takeText(sizeBytes)) return LOST;
  return name === 'BINSTRING' || name === 'SHORT_BINSTRING' ? latin1Of(bytes) : utf8Of(bytes);
}

function isBytes(name: OpcodeName): boolean {
  return name === 'BINBYTES' || name === 'SHORT_BINBYTES' || name === 'BINBYTES8' || name === 'BYTEARRAY8';
}

function utf8Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function integerOfText(text: string): Value {
  if (!/^[+-]?\d{1,100}$/.test(text)) return LOST;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.replace(/^\+/, ''));
}

function integerOfBytes(bytes: Uint8Array): Value {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function floatOfText(text: string): Value {
  const special = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN }[text.toLowerCase()];
  if (special !== undefined) return special;
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? LOST : number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07' };

/** What stands between the quotes of a Python string literal. */
function unquote(text: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  return (quoted?.[2] ?? text).replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (_, escaped: string) => {
    if (/^x../.test(escaped)) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
    return escapes[escaped] ?? (/['"\\]/.test(escaped) ? escaped : escaped === '\n' ? '' : `\\${escaped}`);
  });
}

/** Text in Python's `raw-unicode-escape`. */
function unescapeUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short: string, long: string) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
