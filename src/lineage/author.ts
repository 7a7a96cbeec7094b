import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import type { Author } from '../catalog/read-models/author.ts';
import { pipeInGit } from './git-pipes.ts';

const GIT_TIMEOUT_MS = 10_000;

/** Who works in `folder`: the identity that git would use there, else the user of this computer without an address. */
export async function authorOf(folder: string): Promise<Author> {
  const found = new Map((await identityIn(folder)).split('\0').map((entry) => splitOnce(entry)));
  return { name: found.get('user.name') || systemUser(), email: found.get('user.email') ?? '' };
}

/** Entries of git's configuration, each its key, a line feed, its value and a null character; the one in force last. Empty where git isn't installed. */
async function identityIn(folder: string): Promise<string> {
  if ((await pipeInGit(folder)) !== undefined) return '';
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const args = ['config', '--null', '--get-regexp', '^user\\.(name|email)$'];
  return new Promise((resolve) => {
    execFile('git', args, { cwd: folder, env, timeout: GIT_TIMEOUT_MS, windowsHide: true }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}

function splitOnce(entry: string): readonly [string, string] {
  const end = entry.indexOf('\n');
  return end < 0 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1).trim()];
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in some containers.
    return 'unknown';
  }
}
