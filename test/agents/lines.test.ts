import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from '../../src/agents/mcp/lines.ts';

async function linesIn(chunks: readonly Uint8Array[]): Promise<readonly (string | undefined)[]> {
  async function* stream() {
    yield* chunks;
  }
  const lines: (string | undefined)[] = [];
  for await (const line of linesOf(stream())) lines.push(line);
  return lines;
}

it('lines are the same wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !line.includes('\n'))),
      fc.array(fc.nat({ max: 400 })),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await linesIn(chunks)).toEqual(lines.map((line) => Buffer.from(line).toString()));
      },
    ),
  );
});

it('a line that is too long isn’t kept, in one piece or many, and the next one is read', async () => {
  const long = Buffer.alloc(3 * 1024 * 1024, 'x');
  const pieces = Array.from({ length: 48 }, () => Buffer.alloc(64 * 1024, 'x'));
  expect(await linesIn([long, Buffer.from('\n{}\n')])).toEqual([undefined, '{}']);
  expect(await linesIn([...pieces, Buffer.from('\n{}')])).toEqual([undefined, '{}']);
  expect(await linesIn(pieces)).toEqual([undefined]);
});
