/**
 * How an opcode's argument is stored. Numbers are little-endian; `counted` means a length of that many bytes and then the bytes;
 * `line` ends with a newline.
 */
export type ArgumentKind =
  | 'none'
  | 'u8'
  | 'u16'
  | 'i32'
  | 'u32'
  | 'u64'
  | 'f64'
  | 'line'
  | 'two-lines'
  | 'counted-1'
  | 'counted-4'
  | 'counted-8';

export interface Opcode {
  readonly name: OpcodeName;
  readonly argument: ArgumentKind;
}

/** Code, name and argument of all opcodes of protocols 0 to 5 (Python's Lib/pickletools.py). */
const table = [
  [0x28, 'MARK', 'none'],
  [0x29, 'EMPTY_TUPLE', 'none'],
  [0x2e, 'STOP', 'none'],
  [0x30, 'POP', 'none'],
  [0x31, 'POP_MARK', 'none'],
  [0x32, 'DUP', 'none'],
  [0x42, 'BINBYTES', 'counted-4'],
  [0x43, 'SHORT_BINBYTES', 'counted-1'],
  [0x46, 'FLOAT', 'line'],
  [0x47, 'BINFLOAT', 'f64'],
  [0x49, 'INT', 'line'],
  [0x4a, 'BININT', 'i32'],
  [0x4b, 'BININT1', 'u8'],
  [0x4c, 'LONG', 'line'],
  [0x4d, 'BININT2', 'u16'],
  [0x4e, 'NONE', 'none'],
  [0x50, 'PERSID', 'line'],
  [0x51, 'BINPERSID', 'none'],
  [0x52, 'REDUCE', 'none'],
  [0x53, 'STRING', 'line'],
  [0x54, 'BINSTRING', 'counted-4'],
  [0x55, 'SHORT_BINSTRING', 'counted-1'],
  [0x56, 'UNICODE', 'line'],
  [0x58, 'BINUNICODE', 'counted-4'],
  [0x5d, 'EMPTY_LIST', 'none'],
  [0x61, 'APPEND', 'none'],
  [0x62, 'BUILD', 'none'],
  [0x63, 'GLOBAL', 'two-lines'],
  [0x64, 'DICT', 'none'],
  [0x65, 'APPENDS', 'none'],
  [0x67, 'GET', 'line'],
  [0x68, 'BINGET', 'u8'],
  [0x69, 'INST', 'two-lines'],
  [0x6a, 'LONG_BINGET', 'u32'],
  [0x6c, 'LIST', 'none'],
  [0x6f, 'OBJ', 'none'],
  [0x70, 'PUT', 'line'],
  [0x71, 'BINPUT', 'u8'],
  [0x72, 'LONG_BINPUT', 'u32'],
  [0x73, 'SETITEM', 'none'],
  [0x74, 'TUPLE', 'none'],
  [0x75, 'SETITEMS', 'none'],
  [0x7d, 'EMPTY_DICT', 'none'],
  [0x80, 'PROTO', 'u8'],
  [0x81, 'NEWOBJ', 'none'],
  [0x82, 'EXT1', 'u8'],
  [0x83, 'EXT2', 'u16'],
  [0x84, 'EXT4', 'i32'],
  [0x85, 'TUPLE1', 'none'],
  [0x86, 'TUPLE2', 'none'],
  [0x87, 'TUPLE3', 'none'],
  [0x88, 'NEWTRUE', 'none'],
  [0x89, 'NEWFALSE', 'none'],
  [0x8a, 'LONG1', 'counted-1'],
  [0x8b, 'LONG4', 'counted-4'],
  [0x8c, 'SHORT_BINUNICODE', 'counted-1'],
  [0x8d, 'BINUNICODE8', 'counted-8'],
  [0x8e, 'BINBYTES8', 'counted-8'],
  [0x8f, 'EMPTY_SET', 'none'],
  [0x90, 'ADDITEMS', 'none'],
  [0x91, 'FROZENSET', 'none'],
  [0x92, 'NEWOBJ_EX', 'none'],
  [0x93, 'STACK_GLOBAL', 'none'],
  [0x94, 'MEMOIZE', 'none'],
  [0x95, 'FRAME', 'u64'],
  [0x96, 'BYTEARRAY8', 'counted-8'],
  [0x97, 'NEXT_BUFFER', 'none'],
  [0x98, 'READONLY_BUFFER', 'none'],
] as const satisfies readonly (readonly [number, string, ArgumentKind])[];

export type OpcodeName = (typeof table)[number][1];

const byCode: readonly (Opcode | undefined)[] = (() => {
  const opcodes: (Opcode | undefined)[] = new Array(256).fill(undefined);
  for (const [code, name, argument] of table) opcodes[code] = { name, argument };
  return opcodes;
})();

/** The opcode of a byte; undefined for a byte that is none. */
export function opcodeOf(code: number): Opcode | undefined {
  return byCode[code];
}

/** All opcodes, for whoever writes pickles. */
export const OPCODES = table;
