import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { shellEnvironment } from '../../src/lineage/shell-environment.ts';

it.runIf(process.platform === 'linux')(
  'what was activated in a shell is known of the program that it runs, and nothing else of its environment',
  async () => {
    const shell = spawn('bash', ['--norc'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH ?? '' },
    });
    onTestFinished(async () => {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'close');
    });
    const { pid = 0 } = shell;
    expect(await shellEnvironment(pid, { looksAfterMs: [0] })).toBe('hidden');
    shell.stdin.write(
      'export VIRTUAL_ENV=/w/.venv TOKEN=secret; PATH=/w/.venv/bin:$PATH; bash -c "echo on; read line"\n',
    );
    await once(shell.stdout, 'data');
    const found = await shellEnvironment(pid);
    expect(found).toMatchObject({ VIRTUAL_ENV: '/w/.venv', PATH: expect.stringMatching(/^\/w\/\.venv\/bin:/) });
    expect(found).not.toHaveProperty('TOKEN');
    shell.stdin.write('go on\n');
    expect(await shellEnvironment(2 ** 30, { looksAfterMs: [0] })).toBe('hidden');
  },
);
