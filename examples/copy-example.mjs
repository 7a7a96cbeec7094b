import { execFileSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';

const source = resolve(import.meta.dirname, 'fraud-detector');

/** Copies the example into `workspace` and commits it there, as whoever git says this person is. */
export async function copyExample(workspace) {
  const isSource = (path) =>
    !/[\\/](__pycache__|\.venv|\.git|\.model-registry)([\\/]|$)/.test(path.slice(source.length));
  await cp(source, workspace, { recursive: true, filter: isSource });
  const git = (...args) =>
    execFileSync('git', args, { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  for (const [name, value] of [
    ['user.name', 'Ada Lovelace'],
    ['user.email', 'ada@example.com'],
  ]) {
    if (!hasSetting(git, name)) git('config', name, value);
  }
  git('add', '--all');
  git('commit', '--quiet', '--no-gpg-sign', '--no-verify', '--message', 'Fraud detector');
}

function hasSetting(git, name) {
  try {
    return git('config', name) !== '';
  } catch {
    // git says with its exit code that there is none.
    return false;
  }
}
