import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { onWindows } from '../on-windows.ts';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await gitProject();
  await done('init');
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const json = (...args: readonly string[]) => cli.json(args, { cwd: work.dir });

async function done(...args: readonly string[]): Promise<void> {
  expect(await run(...args)).toMatchObject({ code: 0 });
}

describe('two people at once', () => {
  it('promote in the sight of the same production: one wins, the other learns who did what', async () => {
    await done(...REGISTER);
    await done('promote', 'fraud-detector@1', 'production', '--reason', 'First model');
    for (const weights of ['second', 'third']) {
      await writeTraining(work, { weights, auc: 0.93 });
      await done(...REGISTER);
    }
    const ended = await Promise.all(
      [2, 3].map((number) =>
        run('promote', `fraud-detector@${number}`, 'production', '--expect', '1', '--reason', `Promote ${number}`),
      ),
    );
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
    const winner = ended[0]?.code === 0 ? 2 : 3;
    const loser = ended.find(({ code }) => code === 1);
    expect(loser?.stderr).toMatch(/^error: CONFLICT: /);
    expect(loser?.stderr).toContain(`Ann Lee moved version ${winner} to production`);
    expect(loser?.stderr).toContain(`"Promote ${winner}"`);
    expect(await json('list', '--stage', 'production')).toMatchObject([{ number: winner }]);

    // Also long after: what was seen isn't there any more.
    const again = ['promote', `fraud-detector@${winner === 2 ? 3 : 2}`, 'production', '--reason', 'Again'];
    const late = await run(...again, '--json', '--expect', '1');
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(late.stderr)).toMatchObject({
      error: { code: 'CONFLICT', details: { theirs: { version: winner, by: { name: 'Ann Lee' }, to: 'production' } } },
    });
    await done(...again, '--expect', String(winner));
    expect(await json('verify')).toMatchObject({ problems: [] });
  });

  it('register at the same time, and each gets a number', async () => {
    const files = ['one', 'two', 'three', 'four'];
    for (const name of files) await work.write(`${name}.bin`, name);
    const ended = await Promise.all(files.map((name) => run('register', 'fraud-detector', `${name}.bin`)));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(files.map(() => ({ code: 0, stderr: '' })));
    const versions = v.parse(v.array(v.object({ number: v.number() })), await json('list', 'fraud-detector'));
    expect(versions.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect(await json('verify', '--artifacts')).toMatchObject({ problems: [] });
  });
});

describe('Ctrl-C', () => {
  it.skipIf(onWindows('a signal from outside ends a process there without asking it')).each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('(%s) cancels a registration, ends with %i and leaves everything as it was', async (signal, code) => {
    // As large as needed to still be read when the signal comes, and without a byte on the disk.
    await writeFile(join(work.dir, 'huge.csv'), '');
    await truncate(join(work.dir, 'huge.csv'), 64 * 2 ** 30);
    const registering = cli.start(['register', 'fraud-detector', 'models/fraud', '--data', 'huge.csv'], {
      cwd: work.dir,
    });
    // The model's own files are taken in before the data are read.
    const objects = join(work.dir, '.git/model-registry/manifests/sha256');
    await vi.waitUntil(async () => (await readdir(objects).catch(() => [])).length > 0, { timeout: 20_000 });
    registering.child.kill(signal);
    const ended = await registering.ended;
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^error: OPERATION_CANCELLED: .*Nothing was changed\.\n$/);
    expect(await json('list')).toEqual([]);
    expect(await json('log')).toEqual([]);
    expect(await json('verify', '--artifacts')).toMatchObject({ problems: [] });
  });
});

describe('watch', () => {
  const project = 'models:\n  fraud-detector:\n    outputs: [models/fraud/**]\n    metrics: [reports/metrics.json]\n';

  it('registers what training writes, a line for each version, until Ctrl-C', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: a signal from outside ends a process there without asking it');
    await work.write('model-registry.yaml', project);
    const watching = cli.start(['watch'], { cwd: work.dir });
    await watching.sees('Registered fraud-detector@1: 2 files, 19 bytes, auc 0.912');
    await writeTraining(work, { weights: 'second', auc: 0.93 });
    await watching.sees('Registered fraud-detector@2: 2 files, 20 bytes, auc 0.93');
    watching.child.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(await json('log')).toMatchObject([{ via: 'auto' }, { via: 'auto' }]);
  });

  it('prints one JSON value at its end', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: a signal from outside ends a process there without asking it');
    await work.write('model-registry.yaml', project);
    const watching = cli.start(['watch', '--json'], { cwd: work.dir });
    const log = join(work.dir, '.git/model-registry/log');
    await vi.waitUntil(async () => (await readdir(log).catch(() => [])).some((name) => name.endsWith('.jsonl')), {
      timeout: 20_000,
    });
    watching.child.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject([{ model: 'fraud-detector', number: 1 }]);
  });
});

describe('a reader that goes away', () => {
  it('ends the command quietly', async () => {
    await done(...REGISTER);
    const listing = cli.start(['--json', 'log'], { cwd: work.dir });
    listing.child.stdout?.destroy();
    expect(await listing.ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
