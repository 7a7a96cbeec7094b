import { writeSync } from 'node:fs';
import * as v from 'valibot';
import { systemErrorCode } from '../../src/base/errors.ts';

const FULL_PIPE_MS = 5;

/** What a worker prints, a JSON value a line. A token names one operation and stands in what the operation records. */
const lineSchema = v.variant('type', [
  v.object({ type: v.literal('opened') }),
  v.object({ type: v.literal('began'), token: v.string(), kind: v.string() }),
  v.object({
    type: v.literal('done'),
    token: v.string(),
    kind: v.string(),
    /** The commit that an answer named. */
    seq: v.optional(v.number()),
    /** For a pull, the token of the version whose files were pulled, and the folder's name. */
    pulled: v.optional(v.object({ folder: v.string(), token: v.string() })),
  }),
  v.object({ type: v.literal('refused'), token: v.string(), kind: v.string(), code: v.string(), message: v.string() }),
  v.object({ type: v.literal('failed'), message: v.string() }),
]);
export type Line = v.InferOutput<typeof lineSchema>;
export type Done = Extract<Line, { type: 'done' }>;

/** Prints at once: what was printed before a kill reaches the parent. */
export function say(line: Line): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      // The pipe is full: whoever reads it is slower, and what was written of the line must be completed.
      if (systemErrorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}

export function parseLine(text: string): Line {
  return v.parse(lineSchema, JSON.parse(text));
}

/** How a worker is to kill itself: at a call to the file system, counted from the beginning of an operation. */
export const killPointSchema = v.object({
  operation: v.number(),
  call: v.number(),
  moment: v.picklist(['before', 'during', 'after']),
});
export type KillPoint = v.InferOutput<typeof killPointSchema>;

export const workerOptionsSchema = v.object({
  registryDir: v.string(),
  stateDir: v.string(),
  /** For the files of this worker's own. */
  workDir: v.string(),
  /** Folder for pulls; `folder` is the one that only this worker's line of workers writes. */
  pullsDir: v.string(),
  folder: v.string(),
  name: v.string(),
  seed: v.number(),
  killPoint: v.optional(killPointSchema),
});
export type WorkerOptions = v.InferOutput<typeof workerOptionsSchema>;
