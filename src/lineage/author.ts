import { userInfo } from 'node:os';
import type { Author } from '../registry/api.ts';
import { gitIn } from './git.ts';

/** Who works in `folder`: the identity that git would use there, else the user of this computer without an address. */
export async function authorOf(folder: string): Promise<Author> {
  const git = await gitIn(folder);
  const [name, email] = git ? await Promise.all([configValue(git, 'user.name'), configValue(git, 'user.email')]) : [];
  return { name: name || systemUser(), email: email ?? '' };
}

async function configValue(
  git: NonNullable<Awaited<ReturnType<typeof gitIn>>>,
  key: string,
): Promise<string | undefined> {
  try {
    return (await git.getConfig(key)).value?.trim();
  } catch {
    // git isn't installed, or its configuration can't be read.
    return undefined;
  }
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in some containers.
    return 'unknown';
  }
}
