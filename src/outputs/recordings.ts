import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isAlive, isOwnPlace, ownPlace, startOf } from '../storage/process-alive.ts';
import { retryWhileBusy, writing } from '../storage/system-errors.ts';
import type { SeenCommand } from './running.ts';

/** In the registry's folder; no part of the format. */
const FOLDER = 'recordings';
const MAX_BYTES = 8192;
/** For as long as watchers are told of a run that failed, so that they don't register what it left. */
const FAILED_MS = 24 * 3600_000;

const recordingSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.string(),
  /** Which of the containers of the host. */
  space: v.exactOptional(v.string()),
  /** Which of the processes that had this number. */
  start: v.exactOptional(v.string()),
  root: v.string(),
  startedAtMs: v.number(),
  failed: v.optional(v.object({ atMs: v.number(), exitCode: v.number() })),
});

/**
 * Says that a process records a run in the workspace `root`, so that nobody else registers its outputs before it does. Returns the way
 * to say that it is done, with its exit code where it failed: nobody registers its outputs then. A process that dies without saying so
 * counts as done. Throws `STORAGE_READONLY`, `STORAGE_FULL` or `STORAGE_FAILED` where it can't be said.
 */
export async function announceRecording(
  registryDir: string,
  root: string,
): Promise<(exitCode?: number) => Promise<void>> {
  const folder = join(registryDir, FOLDER);
  const file = join(folder, `${randomUUID()}.json`);
  const recording = {
    pid: process.pid,
    ...ownPlace(),
    start: startOf(process.pid),
    root: await realpath(root),
    startedAtMs: Date.now(),
  };
  await writing(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(file, JSON.stringify(recording), { flag: 'wx' });
  });
  return async (exitCode = 0) => {
    if (exitCode === 0) return rm(file, { force: true });
    await writeFile(`${file}.tmp`, JSON.stringify({ ...recording, failed: { atMs: Date.now(), exitCode } }));
    await retryWhileBusy(() => rename(`${file}.tmp`, file));
  };
}

/** The runs in the workspace `root` that processes of this machine record now, and those that failed of late. */
export function recordingsIn(registryDir: string, root: string): readonly SeenCommand[] {
  let names: readonly string[];
  let realRoot: string;
  try {
    names = readdirSync(join(registryDir, FOLDER));
    if (names.length === 0) return [];
    realRoot = realpathSync.native(root);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const file = join(registryDir, FOLDER, name);
    const recording = readRecording(file);
    if (!recording || recording.root !== realRoot || !isOwnPlace(recording)) return [];
    const { failed, pid, start, startedAtMs } = recording;
    const seen = { id: `recording ${name}`, startedAtMs };
    if (!failed) return isAlive(pid, start) ? [seen] : [];
    if (Date.now() - failed.atMs > FAILED_MS) rmSync(file, { force: true });
    return [{ ...seen, endedAtMs: failed.atMs, exitCode: failed.exitCode }];
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
