import { readFileSync } from 'node:fs';
import { hasCode } from './system-errors.ts';

/** Where the system doesn't tell when a process was started: only Linux does. */
export const UNKNOWN_START = '0';

/** Whether a process of this machine runs, and not another one to which its number was given since. `start` is what `startOf` said of it. */
export function isAlive(pid: number, start: string = UNKNOWN_START): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Of another user: it lives.
    if (!hasCode(error, 'EPERM')) return false;
  }
  if (start === UNKNOWN_START) return true;
  const now = startOf(pid);
  return now === UNKNOWN_START || now === start;
}

/** When a process was started, in what the system counts, which nobody looks into. */
export function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, which may be anything, stands in brackets before the rest.
    const start = text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return /^\d{1,20}$/.test(start) ? start : UNKNOWN_START;
  } catch {
    return UNKNOWN_START;
  }
}
