import { opcodeOf } from './opcodes.ts';

/** Whether bytes begin as pickles do: with `PROTO` and another opcode, or, in the old protocols, with opcodes and an import soon. */
export function looksLikePickle(head: Uint8Array): boolean {
  if (head[0] === 0x80) return (head[1] ?? 255) <= 5 && opcodeOf(head[2] ?? 0) !== undefined;
  if (opcodeOf(head[0] ?? 0) === undefined) return false;
  return /^[\s\S]{0,100}?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n/.test(
    Buffer.from(head.subarray(0, 400)).toString('latin1'),
  );
}
