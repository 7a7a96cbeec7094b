import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { hasCode, isAbsent, reading, writing } from './system-errors.ts';

const LEASES = 'intakes';
const LOCK = 'gc.lock';
/** A mark that is older was left by a process of another machine that died. */
const OLDEST_MS = 24 * 60 * 60 * 1000;
const WAIT_MS = 100;
const MAX_MARK_BYTES = 4096;

const markSchema = v.object({ pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), host: v.string() });

/** Says who keeps objects from being removed, or removes them. */
export type Mark = v.InferOutput<typeof markSchema>;

/**
 * Keeps objects from being removed while `task` stores some and records that they are needed: each side sets its own mark first and
 * looks for the other's then, so that at least one of the two sees it. Waits while another process removes objects; `onWait` is told
 * that it does.
 */
export async function whileStoring<T>(
  dir: string,
  task: () => Promise<T>,
  options: { readonly onWait?: () => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const folder = join(dir, LEASES);
  const lease = join(folder, `${randomUUID()}.json`);
  const lock = join(dir, LOCK);
  for (;;) {
    await writing(lease, async () => {
      await mkdir(folder, { recursive: true });
      await writeMark(lease);
    });
    try {
      if ((await readMark(lock)) === undefined) return await task();
    } finally {
      await rm(lease, { force: true }).catch(() => undefined);
    }
    options.onWait?.();
    await delay(WAIT_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/**
 * Runs `task` while nobody stores objects. Returns who is in the way instead where somebody stores some for longer than `patienceMs`, or
 * another process removes some.
 */
export async function whileNobodyStores<T>(
  dir: string,
  task: () => Promise<T>,
  patienceMs: number,
): Promise<{ readonly done: T } | { readonly inTheWay: Mark }> {
  const lock = join(dir, LOCK);
  const other = await takeLock(lock);
  if (other) return { inTheWay: other };
  try {
    for (const until = performance.now() + patienceMs; ; ) {
      const storing = await liveLease(join(dir, LEASES));
      if (!storing) return { done: await task() };
      if (performance.now() >= until) return { inTheWay: storing };
      await delay(WAIT_MS);
    }
  } finally {
    await rm(lock, { force: true }).catch(() => undefined);
  }
}

/** Undefined once the lock is ours, else who has it. One that a dead process left is taken away. */
async function takeLock(lock: string): Promise<Mark | undefined> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await writing(lock, () => isMarkMade(lock))) return undefined;
    const owner = await readMark(lock);
    if (owner) return owner;
    await rm(lock, { force: true });
  }
  return (await readMark(lock)) ?? { pid: process.pid, host: hostname() };
}

async function liveLease(folder: string): Promise<Mark | undefined> {
  const names = await reading(folder, () => readdir(folder).catch((error: unknown) => absentAs(error, [])));
  for (const name of names) {
    const file = join(folder, name);
    const mark = await readMark(file);
    if (mark) return mark;
    await rm(file, { force: true }).catch(() => undefined);
  }
  return undefined;
}

async function isMarkMade(file: string): Promise<boolean> {
  try {
    await writeMark(file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function writeMark(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: hostname() } satisfies Mark));
  } finally {
    await handle.close();
  }
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
    if (!mark) return Date.now() - found.mtimeMs < 60_000 ? { pid: process.pid, host: hostname() } : undefined;
    return mark.host === hostname() && !isAlive(mark.pid) ? undefined : mark;
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user: it lives.
    return hasCode(error, 'EPERM');
  }
}

function absentAs<T>(error: unknown, value: T): T {
  if (isAbsent(error)) return value;
  throw error;
}
