import { type ChildProcess, spawn } from 'node:child_process';
import { systemErrorCode } from './errors.ts';

/** Ends a child that was started with `detached` (except on Windows) and everything that it started, as far as that stayed in its group. */
export function endGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // There are no groups: the tree below the process is ended by its id.
    const options = { stdio: 'ignore', windowsHide: true } as const;
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], options).on('error', () => child.kill(name));
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // It has ended meanwhile.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
