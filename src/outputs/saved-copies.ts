import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Checkpoint } from './checkpoints.ts';

const WINDOW_BYTES = 4 * 1024 * 1024;
const WEIGHTS = /\.(safetensors|bin|pt|pth|h5|keras|msgpack)$/i;

/**
 * Where what the run saved at its end has the same weights as the checkpoint that was chosen, it stands for that: a trainer that loads its
 * best checkpoint before it saves writes the tokenizer and the like beside it only then.
 */
export async function withoutCopies(
  chosen: readonly Checkpoint[],
  all: readonly Checkpoint[],
  fileOf: (path: string) => string | undefined,
): Promise<readonly Checkpoint[]> {
  const final = all.find(({ role }) => role === 'final');
  const [only] = chosen;
  if (!final || !only || chosen.length > 1 || only === final) return chosen;
  const weights = only.paths.filter((path) => WEIGHTS.test(path));
  if (weights.length === 0) return chosen;
  for (const path of weights) {
    const copy = final.paths.find((candidate) => basename(candidate) === basename(path));
    const files = [path, copy].map((candidate) => (candidate === undefined ? undefined : fileOf(candidate)));
    if (files[0] === undefined || files[1] === undefined || !(await areEqual(files[0], files[1]))) return chosen;
  }
  return [final];
}

/** Reads no further than to the first difference. */
async function areEqual(one: string, other: string): Promise<boolean> {
  const first = await open(one, 'r');
  try {
    const second = await open(other, 'r');
    try {
      const { size } = await first.stat();
      if (size !== (await second.stat()).size) return false;
      const windows = [Buffer.alloc(WINDOW_BYTES), Buffer.alloc(WINDOW_BYTES)] as const;
      for (let offset = 0; offset < size; offset += WINDOW_BYTES) {
        const [a, b] = await Promise.all([
          first.read(windows[0], 0, WINDOW_BYTES, offset),
          second.read(windows[1], 0, WINDOW_BYTES, offset),
        ]);
        if (!windows[0].subarray(0, a.bytesRead).equals(windows[1].subarray(0, b.bytesRead))) return false;
      }
      return true;
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}
