import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
const opened: Workspace[] = [];

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.dispose();
});

async function open(make: () => Promise<Workspace>): Promise<Workspace> {
  const workspace = await make();
  opened.push(workspace);
  return workspace;
}

/** Makes a registry, registers `weights.bin` and returns the version. */
async function registered(cwd: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const options = { cwd, env };
  await cli.json(['init'], options);
  await cli.json(['register', 'fraud-detector', 'weights.bin'], options);
  return cli.json(['show', 'fraud-detector'], options);
}

describe('registering works', () => {
  it('without a git repository, in a registry of the folder', async () => {
    const work = await open(plainFolder);
    await work.write('weights.bin', 'x');
    expect(await registered(work.dir)).toMatchObject({ number: 1, lineage: { code: null } });
    await mkdir(join(work.dir, 'deep/below'), { recursive: true });
    expect(await cli.json(['where'], { cwd: join(work.dir, 'deep/below') })).toMatchObject({
      dir: join(work.dir, '.model-registry'),
      exists: true,
      how: 'folder',
    });
  });

  it('and says what data a version that has the files already is not given', async () => {
    const work = await open(plainFolder);
    await work.write('weights.bin', 'x');
    await work.write('a.csv', 'a\n1\n');
    await work.write('b.csv', 'b\n1\n');
    const register = (...data: readonly string[]) => {
      const named = data.flatMap((path) => ['--data', path]);
      return cli.run(['register', 'fraud-detector', 'weights.bin', ...named], { cwd: work.dir });
    };
    await cli.json(['init'], { cwd: work.dir });
    expect(await register('a.csv')).toMatchObject({ code: 0, stderr: '' });
    expect(await register('a.csv')).toMatchObject({ code: 0, stderr: '' });
    const again = await register('a.csv', 'b.csv');
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('These files are fraud-detector@1 already'),
    });
    expect(again.stderr).toMatch(/^note: DATA_NOT_RECORDED: fraud-detector@1 .* so b\.csv isn't recorded/);
    expect(again.stderr).toContain('model-registry note fraud-detector@1');
  });

  it('and adds none of the metrics where some have other values than the version’s', async () => {
    const work = await open(plainFolder);
    await work.write('weights.bin', 'x');
    const register = (...metrics: readonly string[]) =>
      cli.run(['register', 'fraud', 'weights.bin', ...metrics.flatMap((metric) => ['--metrics', metric])], {
        cwd: work.dir,
      });
    await cli.json(['init'], { cwd: work.dir });
    expect(await register('acc=0.9')).toMatchObject({ code: 0, stderr: '' });
    expect(await register('acc=0.9', 'f1=0.8')).toMatchObject({ code: 0, stderr: '' });
    const again = await register('acc=0.95', 'loss=1');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('These files are fraud@1 already') });
    expect(again.stderr).toMatch(/^note: METRICS_NOT_RECORDED: fraud@1 .* other values of acc, .* evaluate fraud@1/);
    const version = await cli.json(['show', 'fraud@1'], { cwd: work.dir });
    expect(version).toMatchObject({ metrics: { acc: 0.9, f1: 0.8 } });
    expect(version).not.toHaveProperty('metrics.loss');
  });

  it('and says which metrics and params it doesn’t read where files are named', async () => {
    const work = await open(plainFolder);
    await work.write('weights.bin', 'x');
    await work.write('metrics.json', '{"acc":0.9}');
    await work.write(
      'model-registry.yaml',
      'models:\n  fraud:\n    outputs: [weights.bin]\n    metrics: [metrics.json]\n',
    );
    await cli.json(['init'], { cwd: work.dir });
    const register = (...flags: readonly string[]) =>
      cli.run(['register', 'fraud', 'weights.bin', ...flags], { cwd: work.dir });
    expect((await register()).stderr).toMatch(/^note: VALUES_NOT_READ: .* so the metrics .* with --metrics, or .*/);
    await work.write('weights.bin', 'y');
    expect(await register('--metrics', 'metrics.json')).toMatchObject({ code: 0, stderr: '' });
  });

  it('without git installed: in the same registry, without a commit, in the name of the user of this computer', async () => {
    const work = await open(gitProject);
    await work.write('weights.bin', 'x');
    const PATH = join(work.dir, 'no-programs-here');
    const version = await registered(work.dir, { PATH });
    const missing = [{ what: 'code', why: 'git is not installed, or not on the PATH' }];
    expect(version).toMatchObject({ number: 1, lineage: { code: null }, createdBy: { email: '' } });
    expect(await cli.json(['lineage', 'fraud-detector'], { cwd: work.dir })).toMatchObject({
      model: 'fraud-detector',
      number: 1,
      machine: { cpuCount: expect.any(Number) },
      missing: expect.arrayContaining(missing),
    });
    const { stdout } = await cli.run(['lineage', 'fraud-detector'], { cwd: work.dir });
    expect(stdout).toMatch(/Not known\n {2}code +git is not installed, or not on the PATH/);
    expect(version).not.toMatchObject({ createdBy: { name: '' } });
    expect(await cli.json(['where'], { cwd: work.dir })).toMatchObject({ how: 'git', exists: true });
  });

  it('on a detached HEAD, with the commit and no branch', async () => {
    const work = await open(gitProject);
    await work.git('checkout', '-q', '--detach');
    await work.write('weights.bin', 'x');
    const commit = await work.git('rev-parse', 'HEAD');
    const version = await registered(work.dir);
    expect(version).toMatchObject({ lineage: { code: { commit, isDirty: true } } });
    expect(version).not.toHaveProperty('lineage.code.branch');
  });

  it('before the first commit of a repository', async () => {
    const work = await open(plainFolder);
    await work.git('init', '-q');
    await work.write('weights.bin', 'x');
    expect(await registered(work.dir)).toMatchObject({ number: 1, lineage: { code: null } });
  });

  it('in every worktree of a repository, into one registry', async () => {
    const work = await open(gitProject);
    await work.write('weights.bin', 'x');
    await registered(work.dir);
    await work.git('worktree', 'add', '-q', 'other', '-b', 'other');
    expect(await cli.json(['list'], { cwd: join(work.dir, 'other') })).toMatchObject([{ number: 1 }]);
  });

  it('with the packages of a Python environment', async () => {
    const work = await open(plainFolder);
    await work.write('weights.bin', 'x');
    await work.write('.venv/pyvenv.cfg', 'version = 3.13.1\n');
    await work.write(
      '.venv/lib/python3.13/site-packages/numpy-2.3.0.dist-info/METADATA',
      'Name: numpy\nVersion: 2.3.0\n\n',
    );
    expect(await registered(work.dir)).toMatchObject({
      lineage: { environment: { python: '3.13.1' }, dependencies: [{ name: 'numpy', version: '2.3.0' }] },
    });
  });

  it('without the credentials in the address of a git remote', async () => {
    const work = await open(gitProject);
    await work.git('remote', 'add', 'origin', 'https://ann:secret-token@git.example.org/fraud.git?key=hidden');
    await work.write('weights.bin', 'x');
    const version = await registered(work.dir);
    expect(version).toMatchObject({ lineage: { code: { remote: 'https://git.example.org/fraud.git' } } });
    expect(JSON.stringify(await cli.json(['log'], { cwd: work.dir }))).not.toMatch(/secret-token|hidden/);
  });
});

describe('text from other people', () => {
  it('does not act on the terminal', async () => {
    const work = await open(gitProject);
    const evil = 'Eve\u001b[2J\u009b31m\u202e';
    await work.git('config', 'user.name', evil);
    await work.write('weights.bin', 'x');
    await registered(work.dir);
    const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
    await run('note', 'fraud-detector@1', `A note\u001b]0;owned\u0007`);
    await run('tag', 'fraud-detector@1', `key=${evil}`);
    await run('promote', 'fraud-detector@1', 'production', '--reason', evil);
    const shown = [
      ['list'],
      ['list', 'fraud-detector'],
      ['show', 'fraud-detector'],
      ['log'],
      ['at', 'now'],
      ['--json', 'log'],
      ['show', evil],
    ];
    for (const args of shown) {
      const { stdout, stderr } = await run(...args);
      expect(stdout + stderr, args.join(' ')).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
    }
    expect(await cli.json(['log', '--limit', '1'], { cwd: work.dir })).toMatchObject([{ events: [{ reason: evil }] }]);
  });
});

describe('help', () => {
  it('is shown without a command, grouped and with examples', async () => {
    const work = await open(plainFolder);
    const { code, stdout, stderr } = await cli.run([], { cwd: work.dir });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /Registry:\n.*init[\s\S]*Versions:\n[\s\S]*Stages:\n[\s\S]*Examples:\n {2}model-registry init/,
    );
    const same = [['--help'], ['help'], ['help', '--help'], ['help', '-h'], ['help', 'help']];
    for (const args of same)
      expect(await cli.run(args, { cwd: work.dir }), args.join(' ')).toEqual({ code, stdout, stderr });
    expect(await cli.run(['help', 'nothing'], { cwd: work.dir })).toMatchObject({ code: 2, stdout: '' });
  });

  it('tells of each command, and names no command that is not there', async () => {
    const work = await open(plainFolder);
    const promote = await cli.run(['help', 'promote'], { cwd: work.dir });
    expect(promote).toMatchObject({ code: 0, stderr: '' });
    expect(promote.stdout).toContain('Examples:\n  model-registry promote fraud-detector@7 staging');
    expect(await cli.run(['promote', '--help'], { cwd: work.dir })).toEqual(promote);
    const { stdout } = await cli.run(['--help'], { cwd: work.dir });
    expect(stdout).not.toMatch(/^ {2}(export|serve)\b/m);
  });

  it('names just the commands that docs/cli.md tells of', async () => {
    const work = await open(plainFolder);
    const { stdout } = await cli.run(['--help'], { cwd: work.dir });
    const groups = stdout.slice(stdout.indexOf('Registry:'), stdout.indexOf('Examples:'));
    const commands = [...groups.matchAll(/^ {2}([a-z]+)\b/gm)].map((match) => match[1]);
    const docs = await readFile(resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    const told = [...docs.matchAll(/^### ([a-z]+)$|^\| `([a-z]+) /gm)].map((match) => match[1] ?? match[2]);
    expect(commands.length).toBeGreaterThan(20);
    expect([...new Set(told), 'help'].sort()).toEqual([...new Set(commands)].sort());
  });

  it('knows its version', async () => {
    const work = await open(plainFolder);
    const { code, stdout } = await cli.run(['--version'], { cwd: work.dir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
