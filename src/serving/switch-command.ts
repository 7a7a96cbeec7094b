import { type ChildProcess, spawn } from 'node:child_process';
import { endGroup } from '../base/process-group.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';

export interface SwitchCommand {
  /** For the shell; without it there is nothing to run. */
  readonly exec: string | undefined;
  readonly version: VersionSummary;
  /** What programs read. */
  readonly path: string;
  /** The version before serves again, because the command of `version` failed. */
  readonly isBack: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs the command that follows a switch. Returns why it refuses the version; undefined where it doesn't. */
export async function runSwitchCommand(command: SwitchCommand): Promise<string | undefined> {
  const { exec, version, path, isBack, timeoutMs, signal } = command;
  if (exec === undefined) return undefined;
  const child: ChildProcess = spawn(exec, {
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that what the shell started ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: {
      ...process.env,
      MODEL_REGISTRY_MODEL: version.model,
      MODEL_REGISTRY_VERSION: String(version.number),
      MODEL_REGISTRY_DIGEST: version.artifact.digest,
      MODEL_REGISTRY_PATH: path,
      MODEL_REGISTRY_WENT_BACK: isBack ? '1' : '',
    },
  });
  let isTooLong = false;
  const end = () => endGroup(child, 'SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(() => {
    isTooLong = true;
    endGroup(child, 'SIGKILL');
  }, timeoutMs);
  try {
    return await new Promise<string | undefined>((done) => {
      child.once('error', (error) => done(`its command couldn't be started: ${error.message}`));
      child.once('exit', (code, name) => {
        if (isTooLong) done(`its command took longer than ${Math.round(timeoutMs / 1000)} seconds`);
        else if (code === 0) done(undefined);
        else done(code === null ? `its command was ended by ${name}` : `its command ended with ${code}`);
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
