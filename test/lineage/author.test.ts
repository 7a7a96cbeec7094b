import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import { authorOf } from '../../src/lineage/author.ts';
import { temporaryFolder } from './folder.ts';

it('takes the author from the git configuration of the folder', async () => {
  const folder = await temporaryFolder();
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder });
  git('init', '--quiet');
  git('config', 'user.name', 'Ada Lovelace');
  git('config', 'user.email', 'ada@example.com');
  expect(await authorOf(folder)).toEqual({ name: 'Ada Lovelace', email: 'ada@example.com' });
});

it('takes the user of the computer, without an address, where git knows nobody', async () => {
  const folder = await temporaryFolder();
  // Where git looks for the settings of a user.
  vi.stubEnv('HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await authorOf(folder)).toEqual({ name: userInfo().username, email: '' });
});
