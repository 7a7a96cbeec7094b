import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

/** Three versions of 1000 bytes: 1 in production, 2 a candidate, 3 the newest. */
beforeAll(async () => {
  [cli, work] = await Promise.all([buildCommandLine(), plainFolder()]);
  const done = async (...args: readonly string[]) =>
    expect(await cli.run(args, { cwd: work.dir })).toMatchObject({ code: 0 });
  await done('init');
  for (const letter of 'abc') {
    await work.write('model.bin', letter.repeat(1000));
    await done('register', 'fraud', 'model.bin');
  }
  await done('promote', 'fraud@1', 'production', '--reason', 'first');
});
afterAll(async () => {
  await Promise.all([cli.dispose(), work.dispose()]);
});

describe('freeing space on the command line', () => {
  it('shows what would go and why the rest stays, then does it, and remembers the budget', async () => {
    const dry = await cli.run(['gc', '--dry-run', '--candidate-budget', '0.5kB'], { cwd: work.dir });
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toMatch(/stays +fraud@3 .* the newest of its model/);
    expect(dry.stdout).toMatch(/would go +fraud@2 .* an old candidate beyond the budget/);
    expect(dry.stdout).toMatch(/stays +fraud@1 .* its stage/);
    expect(dry.stdout).toContain('Would free 1.0 kB in 1 object; 2.0 kB in 2 objects stay.');
    expect(await cli.json(['disk'], { cwd: work.dir })).toMatchObject({ retention: { isChosen: false } });

    const freed = await cli.json(['gc', '--candidate-budget', '0.5kB'], { cwd: work.dir });
    expect(freed).toMatchObject({ isDryRun: false, freed: { objects: 1, bytes: 1000 } });
    expect(await cli.json(['disk'], { cwd: work.dir })).toMatchObject({ retention: { candidateBudgetBytes: 500 } });
    expect((await cli.run(['show', 'fraud@2'], { cwd: work.dir })).stdout).toMatch(
      /Removed \d{4}-\d\d-\d\d .* to free space/,
    );
    const pulled = await cli.run(['pull', 'fraud@2', '--to', 'out'], { cwd: work.dir });
    expect(pulled).toMatchObject({ code: 1, stdout: '' });
    expect(pulled.stderr).toMatch(/^error: ARTIFACT_WITHDRAWN: .*Register the same files again/);
    expect((await cli.run(['verify', '--artifacts'], { cwd: work.dir })).code).toBe(0);
  });

  it('says for each object why it stays', async () => {
    const report = await cli.json(['gc', '--dry-run'], { cwd: work.dir });
    expect(report).toMatchObject({ objects: [{ reasons: [expect.any(String)] }, { reasons: [expect.any(String)] }] });
  });

  it('says who is in the way', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const lease = join(work.dir, '.model-registry', 'intakes', 'other.json');
    await mkdir(join(lease, '..'), { recursive: true });
    await writeFile(lease, JSON.stringify({ pid: other.pid, host: hostname() }));
    const dry = await cli.run(['gc', '--dry-run'], { cwd: work.dir });
    expect(dry.stdout).toContain(`Process ${other.pid} on ${hostname()} is storing files.`);
    expect((await cli.run(['delete', 'fraud@2', '--reason', 'x'], { cwd: work.dir })).code).toBe(0);
    await work.write('model.bin', 'd'.repeat(1000));
    for (const args of [
      ['register', 'other', 'model.bin'],
      ['delete', 'other@1', '--reason', 'x'],
    ])
      expect((await cli.run(args, { cwd: work.dir })).code).toBe(0);
    const refused = await cli.run(['gc'], { cwd: work.dir });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(new RegExp(`^error: SPACE_BUSY: Process ${other.pid} `));
    other.kill();
    await once(other, 'exit');
    expect(await cli.json(['gc'], { cwd: work.dir })).toMatchObject({ freed: { objects: 1 } });
    await rm(lease, { force: true });
  });

  it.each([
    [['--candidate-budget', 'much'], /Write a size such as 500MB/],
    [['--candidate-budget', '-1'], /./],
    [['--rollback-window', 'long'], /Write a number of days/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await cli.run(['gc', ...args], { cwd: work.dir });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
