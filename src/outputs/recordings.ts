import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { StartedCommand } from './running.ts';

/** In the registry's folder; no part of the format. */
const FOLDER = 'recordings';
const MAX_BYTES = 8192;

const recordingSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.string(),
  root: v.string(),
  startedAtMs: v.number(),
});

/**
 * Says that a process records a run in the workspace `root`, so that nobody else registers its outputs before it does. Returns the way
 * to say that it is done. A process that dies without saying so counts as done.
 */
export async function announceRecording(registryDir: string, root: string): Promise<() => Promise<void>> {
  const folder = join(registryDir, FOLDER);
  const file = join(folder, `${randomUUID()}.json`);
  const recording = { pid: process.pid, host: hostname(), root: await realpath(root), startedAtMs: Date.now() };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(recording), { flag: 'wx' });
  return () => rm(file, { force: true });
}

/** The runs in the workspace `root` that processes of this machine record now. */
export function recordingsIn(registryDir: string, root: string): readonly StartedCommand[] {
  let names: readonly string[];
  let realRoot: string;
  try {
    names = readdirSync(join(registryDir, FOLDER));
    if (names.length === 0) return [];
    realRoot = realpathSync(root);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const recording = readRecording(join(registryDir, FOLDER, name));
    if (!recording || recording.root !== realRoot || recording.host !== hostname() || !isAlive(recording.pid))
      return [];
    return [{ id: `recording ${name}`, startedAtMs: recording.startedAtMs }];
  });
}

function readRecording(file: string): v.InferOutput<typeof recordingSchema> | undefined {
  try {
    const found = statSync(file);
    if (!found.isFile() || found.size > MAX_BYTES) return undefined;
    const parsed = v.safeParse(recordingSchema, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // It ended at this moment, or is being written: the next look tells.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
