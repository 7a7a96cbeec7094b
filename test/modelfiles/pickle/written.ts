import fc from 'fast-check';
import { OPCODES, type OpcodeName } from '../../../src/modelfiles/pickle/opcodes.ts';

const codes: ReadonlyMap<OpcodeName, number> = new Map(OPCODES.map(([code, name]) => [name, code]));

/** A pickle that was put together, and the imports that were put into it, in their order. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
}

export function op(name: OpcodeName, ...rest: readonly (Uint8Array | readonly number[])[]): Buffer {
  return Buffer.concat([Buffer.from([codes.get(name) ?? 0]), ...rest.map((part) => Buffer.from(part))]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function line(text: string): Buffer {
  return Buffer.from(`${text}\n`);
}

export function textOp(text: string): Buffer {
  const bytes = Buffer.from(text);
  return op('BINUNICODE', u32(bytes.length), bytes);
}

export function wholePickle(body: Uint8Array, protocol = 4): Buffer {
  return Buffer.concat([op('PROTO', [protocol]), body, op('STOP')]);
}

const identifier = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const moduleName = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));

interface Piece {
  readonly bytes: Buffer;
  readonly imports: readonly string[];
}

const nothing = (bytes: Buffer): Piece => ({ bytes, imports: [] });

/** Every piece pushes one value. */
const { value: piece } = fc.letrec<{ value: Piece }>((tie) => {
  const plain: fc.Arbitrary<Piece> = fc.oneof(
    fc
      .constantFrom<OpcodeName>('NONE', 'NEWTRUE', 'NEWFALSE', 'EMPTY_TUPLE', 'EMPTY_LIST', 'EMPTY_DICT', 'EMPTY_SET')
      .map((name) => nothing(op(name))),
    fc.integer({ min: 0, max: 255 }).map((value) => nothing(op('BININT1', [value]))),
    fc.integer({ min: -1000, max: 1000 }).map((value) => nothing(op('INT', line(String(value))))),
    fc.bigInt({ min: 0n, max: 2n ** 70n }).map((value) => nothing(op('LONG', line(`${value}L`)))),
    fc.string({ maxLength: 30 }).map((value) => nothing(textOp(value))),
    fc.uint8Array({ maxLength: 40 }).map((value) => nothing(op('BINBYTES', u32(value.length), value))),
    fc.uint8Array({ maxLength: 20 }).map((value) => nothing(op('BYTEARRAY8', u64(value.length), value))),
    fc.double({ noNaN: true }).map((value) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(value);
      return nothing(op('BINFLOAT', bytes));
    }),
  );
  const imported: fc.Arbitrary<Piece> = fc.oneof(
    fc.tuple(moduleName, identifier).map(([module, name]) => ({
      bytes: op('GLOBAL', line(module), line(name)),
      imports: [`${module} ${name}`],
    })),
    fc.tuple(moduleName, identifier).map(([module, name]) => ({
      bytes: Buffer.concat([textOp(module), textOp(name), op('STACK_GLOBAL')]),
      imports: [`${module} ${name}`],
    })),
    // Through the memo, with other values between.
    fc.tuple(moduleName, identifier, fc.integer({ min: 0, max: 200 })).map(([module, name, slot]) => ({
      bytes: Buffer.concat([
        textOp(module),
        op('BINPUT', [slot]),
        op('POP'),
        textOp(name),
        op('LONG_BINPUT', u32(slot + 1)),
        op('POP'),
        op('BINGET', [slot]),
        op('MARK'),
        op('NONE'),
        op('POP_MARK'),
        op('GET', line(String(slot + 1))),
        op('STACK_GLOBAL'),
      ]),
      imports: [`${module} ${name}`],
    })),
    fc.tuple(moduleName, identifier, fc.array(tie('value'), { maxLength: 2 })).map(([module, name, args]) => ({
      bytes: Buffer.concat([op('MARK'), ...args.map(({ bytes }) => bytes), op('INST', line(module), line(name))]),
      imports: [...args.flatMap(({ imports }) => imports), `${module} ${name}`],
    })),
  );
  const combined: fc.Arbitrary<Piece> = fc
    .tuple(fc.constantFrom<OpcodeName>('TUPLE', 'LIST', 'FROZENSET', 'DICT'), fc.array(tie('value'), { maxLength: 4 }))
    .map(([name, members]) => {
      const kept = name === 'DICT' ? members.slice(0, members.length - (members.length % 2)) : members;
      return {
        bytes: Buffer.concat([op('MARK'), ...kept.map(({ bytes }) => bytes), op(name)]),
        imports: kept.flatMap(({ imports }) => imports),
      };
    });
  const call: fc.Arbitrary<Piece> = fc
    .tuple(
      imported,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.constantFrom<OpcodeName>('REDUCE', 'NEWOBJ'),
      fc.boolean(),
    )
    .map(([callee, args, name, isBuilt]) => ({
      bytes: Buffer.concat([
        callee.bytes,
        op('MARK'),
        ...args.map(({ bytes }) => bytes),
        op('TUPLE'),
        op(name),
        ...(isBuilt ? [op('EMPTY_DICT'), op('BUILD')] : []),
      ]),
      imports: [...callee.imports, ...args.flatMap(({ imports }) => imports)],
    }));
  const kept: fc.Arbitrary<Piece> = tie('value').map(({ bytes, imports }) => ({
    bytes: Buffer.concat([bytes, op('PUT', line('250')), op('DUP'), op('POP')]),
    imports,
  }));
  return { value: fc.oneof({ depthSize: 'small', maxDepth: 5 }, plain, imported, combined, call, kept) };
});

/** Random pickles of one value, of all ways to import and call. */
export const written: fc.Arbitrary<Written> = fc
  .tuple(piece, fc.integer({ min: 0, max: 5 }))
  .map(([{ bytes, imports }, protocol]) => ({ bytes: wholePickle(bytes, protocol), imports }));
