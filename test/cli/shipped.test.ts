import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { commandLineOf } from './harness/command-line.ts';
import { gitProject, REGISTER } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const dist = resolve(import.meta.dirname, '../../dist/cli.js');

it('dist/cli.js registers, promotes and restores, with the files beside it', async () => {
  expect(existsSync(dist), 'run `npm run build` first').toBe(true);
  const [cli, work] = await Promise.all([commandLineOf(dist), gitProject()]);
  try {
    for (const args of [
      ['init'],
      REGISTER,
      ['promote', 'fraud-detector@1', 'production', '--reason', 'First model'],
      ['pull', 'fraud-detector@production', '--to', 'serving'],
    ]) {
      expect(await cli.run(args, { cwd: work.dir })).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await readFile(join(work.dir, 'serving/weights.bin'), 'utf8')).toBe('first');
  } finally {
    await Promise.all([cli.dispose(), work.dispose()]);
  }
});
