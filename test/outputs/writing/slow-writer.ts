import { createHash, randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import * as v from 'valibot';

/** How a process writes a model: what real trainers and downloaders do, in the order in which it hurts. */
export const writingSchema = v.object({
  file: v.string(),
  sizeBytes: v.number(),
  /** How often it pauses while it writes, and for how long. */
  pauses: v.number(),
  pauseMs: v.number(),
  /** Gives the file its size before its content. */
  isPreallocated: v.boolean(),
  /** Writes under this name, and renames. */
  temporaryFile: v.optional(v.string()),
  /** Closes the file after so many bytes, and opens it again to go on, as a download that is resumed. */
  resumesAtBytes: v.optional(v.number()),
  /** A file of a format that doesn't say when it is complete. */
  isOpaque: v.optional(v.boolean(), false),
});
export type Writing = v.InferInput<typeof writingSchema>;

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Writes as it is told, and prints the SHA-256 of what it wrote with the moment at which the last of it was done. */
async function write(writing: v.InferOutput<typeof writingSchema>): Promise<void> {
  const { file, sizeBytes, pauses, pauseMs, temporaryFile, resumesAtBytes } = writing;
  const header = headerOf(writing);
  const total = header.length + sizeBytes;
  const name = temporaryFile ?? file;
  const hash = createHash('sha256');
  const chunk = randomBytes(Math.min(CHUNK_BYTES, sizeBytes));
  const pauseAt = Array.from({ length: pauses }, (_, index) => Math.floor((total * (index + 1)) / (pauses + 1)));
  let handle = await open(name, 'w');
  if (writing.isPreallocated) await handle.truncate(total);
  let done = 0;
  let hasResumed = false;
  while (done < total) {
    const stop = Math.min(total, pauseAt[0] ?? total);
    const bytes =
      done < header.length ? header : chunk.subarray(0, Math.max(1, Math.min(chunk.length, stop - done, total - done)));
    hash.update(bytes);
    await handle.write(bytes, 0, bytes.length, done);
    done += bytes.length;
    if (pauseAt[0] !== undefined && done >= pauseAt[0]) {
      pauseAt.shift();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    if (resumesAtBytes !== undefined && !hasResumed && done >= resumesAtBytes) {
      hasResumed = true;
      await handle.close();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      handle = await open(name, 'r+');
    }
  }
  await handle.close();
  if (temporaryFile !== undefined) await rename(temporaryFile, file);
  console.log(JSON.stringify({ sha256: hash.digest('hex'), sizeBytes: total, completeAtMs: Date.now() }));
}

/** A header of safetensors for one tensor of as many bytes; nothing for an opaque file. */
function headerOf({ sizeBytes, isOpaque }: v.InferOutput<typeof writingSchema>): Buffer {
  if (isOpaque) return Buffer.alloc(0);
  const json = Buffer.from(
    JSON.stringify({ weights: { dtype: 'U8', shape: [sizeBytes], data_offsets: [0, sizeBytes] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
}

const [argument] = process.argv.slice(2);
if (import.meta.main && argument !== undefined) await write(v.parse(writingSchema, JSON.parse(argument)));
