import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PickleEvent } from '../../../src/modelfiles/pickle/events.ts';
import { walkPickles } from '../../../src/modelfiles/pickle/walk.ts';
import { bytesSource } from '../../../src/modelfiles/read/window.ts';
import { line, op, textOp, u32, u64, wholePickle, written } from './written.ts';

async function walk(bytes: Uint8Array) {
  const events: PickleEvent[] = [];
  const walked = await walkPickles(bytesSource(bytes), { onEvent: (event) => events.push(event) });
  const imports = events.flatMap((event) => (event.type === 'import' ? [`${event.module} ${event.name}`] : []));
  return { ...walked, events, imports };
}

describe('random pickles', () => {
  it('are walked to their end, and every import in them is told in its order', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ bytes, imports }) => {
        const walked = await walk(bytes);
        expect(walked.stopped).toBeUndefined();
        expect(walked.pickles).toMatchObject([{ isWhole: true, end: bytes.length }]);
        expect(walked.imports).toEqual(imports);
      }),
      { numRuns: 300 },
    );
  });

  it('tell the same imports up to where they are cut off or damaged, without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.nat(), fc.option(fc.nat(255)), async ({ bytes, imports }, where, damage) => {
        const at = where % bytes.length;
        const broken =
          damage === null
            ? bytes.slice(0, at)
            : Uint8Array.from(bytes, (byte, index) => (index === at ? damage : byte));
        const walked = await walk(broken);
        if (damage === null) expect(imports.slice(0, walked.imports.length)).toEqual(walked.imports);
      }),
      { numRuns: 300 },
    );
  });

  it('of any bytes at all are walked without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => void (await walk(bytes))),
      { numRuns: 500 },
    );
  });
});

describe('a walk', () => {
  it('tells the place of every opcode that imports, calls or sets state', async () => {
    const { events } = await walk(
      wholePickle(
        Buffer.concat([
          op('GLOBAL', line('a.b'), line('C')),
          op('EMPTY_TUPLE'),
          op('REDUCE'),
          op('EMPTY_DICT'),
          op('BUILD'),
        ]),
      ),
    );
    expect(events.map(({ type, opcode, offset }) => [type, opcode, offset])).toEqual([
      ['import', 'GLOBAL', 2],
      ['call', 'REDUCE', 10],
      ['build', 'BUILD', 12],
    ]);
  });

  it('goes on with the pickles behind the first, and stops at what is none', async () => {
    const first = wholePickle(op('NONE'));
    const second = wholePickle(op('GLOBAL', line('os'), line('system')));
    const walked = await walk(Buffer.concat([first, second, Buffer.from([0xff, 0x00])]));
    expect(walked.pickles.map(({ offset, end }) => [offset, end])).toEqual([
      [0, first.length],
      [first.length, first.length + second.length],
    ]);
    expect(walked.stopped).toEqual({ why: 'not-an-opcode', offset: first.length + second.length });
    expect(walked.imports).toEqual(['os system']);
  });

  it('has no name for an import whose name is the result of a call', async () => {
    const computed = Buffer.concat([op('GLOBAL', line('builtins'), line('str')), op('EMPTY_TUPLE'), op('REDUCE')]);
    const { events } = await walk(wholePickle(Buffer.concat([computed, textOp('system'), op('STACK_GLOBAL')])));
    expect(events.at(-1)).toMatchObject({ type: 'import', module: undefined, name: 'system', isLost: false });
  });

  it('passes over long bytes and texts without reading them', async () => {
    const sizeBytes = 3_000_000_000;
    const head = Buffer.concat([op('PROTO', [4]), op('BINBYTES8', u64(sizeBytes))]);
    const tail = Buffer.concat([op('GLOBAL', line('os'), line('system')), op('STOP')]);
    let readBytes = 0;
    const imports: string[] = [];
    const { pickles } = await walkPickles(
      {
        sizeBytes: head.length + sizeBytes + tail.length,
        read: async (offset, length) => {
          readBytes += length;
          if (offset < head.length)
            return Buffer.concat([head, Buffer.alloc(Math.max(0, length - head.length))]).subarray(
              offset,
              offset + length,
            );
          return tail.subarray(offset - head.length - sizeBytes, offset - head.length - sizeBytes + length);
        },
        close: async () => undefined,
      },
      { onEvent: (event) => void (event.type === 'import' && imports.push(`${event.module}.${event.name}`)) },
    );
    expect(pickles).toMatchObject([{ isWhole: true }]);
    expect(imports).toEqual(['os.system']);
    expect(readBytes).toBeLessThan(1_000_000);
  });

  it.each([
    ['an endless stack', Buffer.concat([op('PROTO', [2]), Buffer.alloc(3_000_000, op('NONE')[0])])],
    ['endless marks', Buffer.concat([op('PROTO', [2]), Buffer.alloc(3_000_000, op('MARK')[0])])],
    ['a list in a list in a list', Buffer.concat([op('PROTO', [2]), Buffer.alloc(3_000_000, op('EMPTY_LIST')[0])])],
  ])('ends at a limit for %s', async (_what, bytes) => {
    expect((await walk(bytes)).stopped?.why).toBe('too-large');
  });

  it('tells imports behind more values than it keeps', async () => {
    const many = Buffer.alloc(1_500_000, Buffer.concat([op('NONE'), op('POP')]));
    const lists = Buffer.concat(
      Array.from({ length: 10 }, () =>
        Buffer.concat([op('MARK'), Buffer.alloc(200_000, op('NONE')[0]), op('APPENDS')]),
      ),
    );
    const walked = await walk(
      wholePickle(Buffer.concat([many, op('EMPTY_LIST'), lists, textOp('os'), textOp('system'), op('STACK_GLOBAL')])),
    );
    expect(walked.pickles).toMatchObject([{ isWhole: true }]);
    expect(walked.imports).toEqual(['os system']);
  });

  it('reads what old protocols write as text', async () => {
    const { pickles } = await walk(
      Buffer.from("(I42\nL12345678901234567890L\nF0.5\nI01\nS'a\\x62\\n\"'\nVgr\\u00fc\xdf\nNt.", 'latin1'),
    );
    expect(pickles[0]?.root).toEqual({
      kind: 'tuple',
      items: [42, 12345678901234567890n, 0.5, true, 'ab\n"', 'grüß', null],
    });
  });

  it('takes lists and dictionaries that refer to themselves', async () => {
    const loop = Buffer.concat([op('EMPTY_LIST'), op('MEMOIZE'), op('BINGET', [0]), op('APPEND')]);
    const { pickles } = await walk(wholePickle(loop));
    expect(pickles[0]?.root).toMatchObject({ kind: 'list' });
  });

  it('takes a length beyond the end for the end', async () => {
    const { stopped } = await walk(Buffer.concat([op('PROTO', [4]), op('BINUNICODE', u32(0xffffffff))]));
    expect(stopped).toEqual({ why: 'truncated', offset: 2 });
  });
});
