import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isAlive, isOwnPlace, ownPlace, startOf } from './process-alive.ts';
import { isAbsent, reading, writing } from './system-errors.ts';

const STORING = 'intakes';
const REMOVING = 'removals';
/** A mark that is older was left by a process of another machine or container that died. */
const OLDEST_MS = 24 * 60 * 60 * 1000;
const WAIT_MS = 100;
const MAX_MARK_BYTES = 4096;

const markSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  host: v.string(),
  /** Which of the containers of the host. */
  space: v.exactOptional(v.string()),
  /** Which of the processes that had this number. */
  start: v.exactOptional(v.string()),
});

/** Says who keeps objects from being removed, or removes them. */
export type Mark = v.InferOutput<typeof markSchema>;

/**
 * Keeps objects from being removed while `task` stores some and records that they are needed: each side sets its own mark first and
 * looks for the other's then, so that at least one of the two sees it. Waits while another process removes objects; `onWait` is told
 * that it does. Throws `OPERATION_CANCELLED` where it is cancelled while it waits.
 */
export async function whileStoring<T>(
  dir: string,
  task: () => Promise<T>,
  options: { readonly onWait?: () => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  for (;;) {
    const mark = await setMark(join(dir, STORING));
    try {
      if (!(await liveMark(join(dir, REMOVING)))) return await task();
    } finally {
      await removeMark(mark);
    }
    options.onWait?.();
    await pause(WAIT_MS, options.signal);
  }
}

/**
 * Runs `task` while nobody stores objects and nobody else removes any. Returns who is in the way instead where somebody does for longer
 * than `patienceMs`. Throws `OPERATION_CANCELLED` where it is cancelled while it waits.
 */
export async function whileNobodyStores<T>(
  dir: string,
  task: () => Promise<T>,
  { patienceMs, signal }: { readonly patienceMs: number; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly done: T } | { readonly inTheWay: Mark }> {
  const [storing, removing] = [join(dir, STORING), join(dir, REMOVING)];
  const until = performance.now() + patienceMs;
  for (;;) {
    const mark = await setMark(removing);
    let inTheWay: Mark | undefined;
    try {
      inTheWay = await liveMark(removing, mark);
      // The mark stays while it waits for those that store, so that no others begin.
      while (!inTheWay) {
        const storer = await liveMark(storing);
        if (!storer) {
          await removeDeadMarks([storing, removing], mark);
          return { done: await task() };
        }
        if (performance.now() >= until) inTheWay = storer;
        else await pause(WAIT_MS, signal);
      }
    } finally {
      await removeMark(mark);
    }
    if (performance.now() >= until) return { inTheWay };
    // Two that came at once have seen each other: one of them must come back first.
    await pause(Math.random() * WAIT_MS, signal);
  }
}

/** Who stores objects now, where anybody does. */
export function storingNow(dir: string): Promise<Mark | undefined> {
  return liveMark(join(dir, STORING));
}

/**
 * Each mark has a name that is never used again. With one name for all, a process that saw the mark of a dead one and takes it away
 * could take away the one that another process has set since.
 */
async function setMark(folder: string): Promise<string> {
  const file = join(folder, `${randomUUID()}.json`);
  await writing(file, async () => {
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(file, JSON.stringify(ownMark()), { flag: 'wx' });
    } catch (error) {
      await removeMark(file);
      throw error;
    }
  });
  return file;
}

function ownMark(): Mark {
  return { pid: process.pid, ...ownPlace(), start: startOf(process.pid) };
}

/** One that can't be removed counts until this process ends. */
async function removeMark(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}

async function liveMark(folder: string, own?: string): Promise<Mark | undefined> {
  for (const file of await marksIn(folder)) {
    const mark = file === own ? undefined : await readMark(file);
    if (mark) return mark;
  }
  return undefined;
}

async function removeDeadMarks(folders: readonly string[], own: string): Promise<void> {
  for (const file of await deadMarksIn(folders)) if (file !== own) await removeMark(file);
}

/** The marks of processes that died, in the registry at `dir`. A name is never used again, so they can be removed at any time. */
export function deadMarks(dir: string): Promise<readonly string[]> {
  return deadMarksIn([join(dir, STORING), join(dir, REMOVING)]);
}

async function deadMarksIn(folders: readonly string[]): Promise<readonly string[]> {
  const dead: string[] = [];
  for (const folder of folders) for (const file of await marksIn(folder)) if (!(await readMark(file))) dead.push(file);
  return dead;
}

async function marksIn(folder: string): Promise<readonly string[]> {
  const names = await reading(folder, () => readdir(folder).catch((error: unknown) => absentAs(error, [])));
  return names.map((name) => join(folder, name));
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch((cause: unknown) => {
    throw new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.', { cause });
  });
}

/** Whose mark it is; undefined where there is none, or whoever set it is dead. */
async function readMark(file: string): Promise<Mark | undefined> {
  return reading(file, async () => {
    const found = await stat(file).catch((error: unknown) => absentAs(error, undefined));
    if (!found?.isFile() || Date.now() - found.mtimeMs > OLDEST_MS) return undefined;
    const text =
      found.size > MAX_MARK_BYTES
        ? ''
        : await readFile(file, 'utf8').catch((error: unknown) => absentAs(error, undefined));
    if (text === undefined) return undefined;
    const mark = markOf(text);
    // One that can't be read was made this moment, or is of another program: it counts for as long as it may be new.
    if (!mark) return Date.now() - found.mtimeMs < 60_000 ? ownMark() : undefined;
    return isOwnPlace(mark) && !isAlive(mark.pid, mark.start) ? undefined : mark;
  });
}

function markOf(text: string): Mark | undefined {
  try {
    const parsed = v.safeParse(markSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function absentAs<T>(error: unknown, value: T): T {
  if (isAbsent(error)) return value;
  throw error;
}
