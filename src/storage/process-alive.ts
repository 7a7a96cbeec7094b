import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from './system-errors.ts';

/** Where the system doesn't tell when a process was started: only Linux does. */
export const UNKNOWN_START = '0';

/** Where a number of a process means something: on one machine, and in one of its containers, which may have the machine's name. */
export interface ProcessPlace {
  readonly host: string;
  /** The machine's name for the container, where the system tells: Linux alone does. */
  readonly space?: string;
}

/** Where this process runs. */
export function ownPlace(): ProcessPlace {
  try {
    return { host: hostname(), space: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return { host: hostname() };
  }
}

/** Whether numbers of processes in `place` mean the same here. What tells no container, as programs before this one did, is known by its host. */
export function isOwnPlace(place: ProcessPlace): boolean {
  const own = ownPlace();
  return place.host === own.host && (place.space ?? own.space) === own.space;
}

/** This place in eight characters, for names of files. */
export function placeTag(): string {
  const { host, space = '' } = ownPlace();
  return createHash('sha256').update(`${host} ${space}`).digest('hex').slice(0, 8);
}

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
