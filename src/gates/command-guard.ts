import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { makeOwnFolder } from '../storage/own-folder.ts';

/** Reads which group to end, an empty line for none. When nobody can write any more, this process was killed. */
const SCRIPT = [
  'group=',
  'while read -r next; do group=$next; done',
  '[ -z "$group" ] || kill -s KILL -- "-$group"',
  '[ -z "$1" ] || rm -rf -- "$1"',
].join('; ');

/** Ends a command, and removes the folder that was made for it, where this process is killed before it could. */
export interface CommandGuard {
  /** From now on this child and its group end with this process. */
  guard(child: ChildProcess): void;
  /** The child has ended. */
  release(): void;
}

/**
 * Gives `use` a folder that is there for as long as it takes, where `kind` says for what, and a guard: a shell of its own group that waits
 * for the end of a pipe from this process. Windows has none; what is left there is removed before the next command (`makeOwnFolder`).
 */
export async function withGuard<T>(
  kind: 'gate' | 'after' | undefined,
  use: (guard: CommandGuard, folder: string) => Promise<T>,
): Promise<T> {
  const folder = kind === undefined ? '' : await makeOwnFolder(kind);
  const shell = process.platform === 'win32' ? undefined : guardingShell(folder);
  const tell = (line: string) => {
    if (shell?.stdin.writable) shell.stdin.write(`${line}\n`);
  };
  try {
    return await use({ guard: ({ pid = '' }) => tell(String(pid)), release: () => tell('') }, folder);
  } finally {
    shell?.kill('SIGKILL');
    shell?.stdin.destroy();
    if (folder !== '') await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function guardingShell(folder: string) {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Commands run without a guard, too.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return shell;
}
