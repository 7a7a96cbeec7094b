import callbacks from 'node:fs';
import fs from 'node:fs/promises';
import type { KillPoint } from './lines.ts';

/** What changes files. Reading can be interrupted anywhere without a trace. */
const CALLS = ['open', 'link', 'rename', 'unlink', 'mkdir', 'rm', 'rmdir', 'writeFile', 'chmod'];
const HANDLE_CALLS = ['write', 'writeFile', 'sync'];

/**
 * Makes this process kill itself at one of its calls to the file system: before it, while a thread of the system is in it, or once it is
 * done and before anybody hears of it. Returns the function to call when an operation begins.
 */
export async function armKillPoint(point: KillPoint): Promise<(operation: number) => void> {
  let calls = Number.NEGATIVE_INFINITY;
  const wrap = (owner: object, name: string) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== 'function') throw new Error(`There is no ${name} to interrupt.`);
    Reflect.set(owner, name, function interrupted(this: unknown, ...args: readonly unknown[]): unknown {
      calls += 1;
      if (calls !== point.call) return Reflect.apply(original, this, args);
      if (point.moment === 'before') die();
      const result: unknown = Reflect.apply(original, this, args);
      if (point.moment === 'during') die();
      return Promise.resolve(result).finally(die);
    });
  };
  const handle = await fs.open(process.execPath);
  const prototype: unknown = Object.getPrototypeOf(handle);
  await handle.close();
  if (typeof prototype !== 'object' || prototype === null) throw new Error('File handles have no prototype.');
  for (const name of CALLS) wrap(fs, name);
  for (const name of HANDLE_CALLS) wrap(prototype, name);
  // Folders that are open for reading are flushed in this way.
  const { fsync } = callbacks;
  Reflect.set(callbacks, 'fsync', (descriptor: number, done: (error: Error | null) => void) => {
    calls += 1;
    const moment = calls === point.call ? point.moment : undefined;
    if (moment === 'before') die();
    fsync(descriptor, (error) => {
      if (moment !== undefined) die();
      done(error);
    });
    if (moment === 'during') die();
  });
  return (operation) => {
    if (operation === point.operation) calls = 0;
  };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
