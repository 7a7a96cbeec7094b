import { hasCode } from './system-errors.ts';

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user: it lives.
    return hasCode(error, 'EPERM');
  }
}
