import type { Random } from '../../simulation/random.ts';
import type { Files } from './corpus.ts';

const EXTREMES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x1_0000_0000n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];
/** Pieces that formats take for something else than bytes. */
const WORDS: readonly string[] = [
  '__proto__',
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '../../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\win.ini',
  '\0',
  '\u202e',
  '{'.repeat(200),
  '['.repeat(5000),
  '{"a":'.repeat(3000),
  '1e999',
  '-1',
  '9'.repeat(400),
  'PK\u0005\u0006',
  '\u0080\u0004c',
];

/** One model of the corpus with one of its files changed, sometimes several. */
export function mutated(models: readonly Files[], random: Random): Files {
  const model = random.pick(models);
  const files = new Map(model);
  const names = [...files.keys()];
  for (let round = random.chance(0.2) ? 2 : 1; round > 0; round -= 1) {
    const name = random.pick(names);
    const bytes = files.get(name);
    if (bytes) files.set(name, changed(bytes, models, random));
  }
  if (names.length > 1 && random.chance(0.05)) files.delete(random.pick(names));
  return files;
}

function changed(bytes: Uint8Array, models: readonly Files[], random: Random): Uint8Array {
  let next: Uint8Array = Uint8Array.from(bytes);
  for (let count = 1 + random.below(random.chance(0.1) ? 40 : 4); count > 0; count -= 1)
    next = changedOnce(next, models, random);
  return next;
}

function changedOnce(bytes: Uint8Array, models: readonly Files[], random: Random): Uint8Array {
  const at = placeIn(bytes, random);
  switch (random.below(9)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
    case 2: {
      const view = Buffer.from(bytes);
      if (view.length > 0) view[at] = random.chance(0.5) ? (view[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
      return view;
    }
    case 3:
    case 4:
      return withNumber(bytes, at, random);
    case 5: {
      const other = random.pick([...random.pick(models).values()]);
      const from = placeIn(other, random);
      return spliced(bytes, at, other.subarray(from, from + random.below(2000)), random);
    }
    case 6:
      return spliced(bytes, at, Buffer.from(random.pick(WORDS), 'latin1'), random);
    case 7:
      return spliced(bytes, at, bytes.subarray(at, at + random.below(500)), random);
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  }
}

/** Headers and ends are where formats are. */
function placeIn(bytes: Uint8Array, random: Random): number {
  if (bytes.length === 0) return 0;
  const near = Math.min(bytes.length, 512);
  const where = random.next();
  if (where < 0.4) return random.below(near);
  return where < 0.6 ? bytes.length - 1 - random.below(near) : random.below(bytes.length);
}

function withNumber(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const view = Buffer.from(bytes);
  const width = random.pick([1, 2, 4, 8]);
  const near = BigInt(random.pick([bytes.length, at, bytes.length - at, 2 * bytes.length]));
  const value = random.chance(0.3) ? near : random.pick(EXTREMES);
  for (let index = 0; index < width && at + index < view.length; index += 1)
    view[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  return view;
}

function spliced(bytes: Uint8Array, at: number, piece: Uint8Array, random: Random): Uint8Array {
  const kept = random.chance(0.5) ? at : at + piece.length;
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(kept)]);
}
