import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

let cli: CommandLine;
let work: Workspace;

/** Trains: writes what it read of its own code into the weights, and waits where it is told to. */
const TRAIN = `import { readFileSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
const [, , go, exitCode = '0'] = process.argv;
const weights = readFileSync('scale.txt', 'utf8') + readFileSync('data/train.csv', 'utf8');
writeFileSync('out.started', '');
while (go !== undefined && go !== '-' && !existsSync(go)) await new Promise((done) => setTimeout(done, 20));
mkdirSync('out', { recursive: true });
writeFileSync('out/model.bin', weights);
writeFileSync('metrics.json', JSON.stringify({ auc: 0.9 }));
console.log('trained');
process.exitCode = Number(exitCode);
`;
const PROJECT = `code:
  untracked: [src/**]
models:
  fraud:
    outputs: [out/**]
    metrics: [metrics.json]
    data: [data/train.csv]
`;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await plainFolder();
  await work.git('init', '-q', '-b', 'main');
  await work.git('config', 'user.name', 'Ann Lee');
  await work.git('config', 'user.email', 'ann@example.org');
  await work.write('train.mjs', TRAIN);
  await work.write('scale.txt', 'one\n');
  await work.write('data/train.csv', 'a,b\n');
  await work.write('model-registry.yaml', PROJECT);
  await work.write('.gitignore', 'out/\nout.started\ngo\nmetrics.json\ndata/\n');
  await work.git('add', '.');
  await work.git('commit', '-qm', 'First');
  await run('init');
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const json = (...args: readonly string[]) => cli.json(args, { cwd: work.dir });
const train = (...args: readonly string[]) => ['run', '--', process.execPath, 'train.mjs', ...args];

/** The files of a source tree, without what git keeps for itself. */
async function tree(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(folder.length + 1) }));
  const sources = files.filter(
    ({ entry, path }) => entry.isFile() && !/^(\.git|out|data)\/|^(metrics\.json|out\.started)$/.test(path),
  );
  const contents = sources.map(async ({ path }) => [path, await readFile(join(folder, path), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(contents));
}

describe('run', () => {
  it('registers what the command wrote, with the code as it was at the start, whatever is committed meanwhile', async () => {
    const commit = await work.git('rev-parse', 'HEAD');
    const running = cli.start(train('go'), { cwd: work.dir });
    const recordings = join((await run('where')).stdout.trim(), 'recordings');
    await expect.poll(() => existsSync(join(work.dir, 'out.started')), { timeout: 30_000 }).toBe(true);
    expect(await readdir(recordings)).toHaveLength(1);
    await work.git('commit', '-qm', 'Second', '--allow-empty');
    await work.git('commit', '-qm', 'Third', '--allow-empty');
    await work.write('go', '');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^trained\nRegistered fraud@1/);
    expect(await json('show', 'fraud@1')).toMatchObject({
      metrics: { auc: 0.9 },
      lineage: {
        code: { commit, capturedAt: 'start', isDirty: false },
        run: { exitCode: 0, command: expect.stringContaining('train.mjs go'), startedAt: expect.any(String) },
        data: [{ path: 'data/train.csv' }],
      },
    });
    expect(await readdir(recordings)).toEqual([]);
  });

  it('registers the same bytes of another run again, and nothing that a command did not write', async () => {
    expect((await run(...train())).stdout).not.toContain('the same again');
    expect((await run(...train())).stdout).toContain('Its files are those of fraud@1: the bytes are the same');
    const nothing = await run('run', '--', process.execPath, '--version');
    expect(nothing).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing was registered') });
    const versions = await json('list', 'fraud');
    expect(versions).toMatchObject([{ number: 2 }, { number: 1 }]);
    const digests = (versions as { readonly artifact: { readonly digest: string } }[]).map(
      ({ artifact }) => artifact.digest,
    );
    expect(new Set(digests).size).toBe(1);
  });

  it('leaves out metrics that were there before, and says so', async () => {
    await work.write('metrics.json', '{"auc": 0.99}');
    const write = "const fs = require('node:fs'); fs.mkdirSync('out'); fs.writeFileSync('out/model.bin', 'weights')";
    const { code, stderr } = await run('run', '--', process.execPath, '-e', write);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('METRICS_STALE: metrics.json') });
    expect(await json('show', 'fraud@1')).toMatchObject({ metrics: {} });
  });

  it('leaves out what is bad in the files beside the outputs, says so, and registers the rest', async () => {
    const bad = [
      ['{"auc": 0.9, "recall@k\\n": 0.5}', { auc: 0.9 }, 'has the name'],
      ['{', {}, 'could not be read'],
      [
        JSON.stringify(Object.fromEntries(Array.from({ length: 2100 }, (_, n) => [`m${n}`, n]))),
        { m1999: 1999 },
        'more than 2000',
      ],
    ] as const;
    for (const [place, [text, metrics, why]] of bad.entries()) {
      await work.write('next.json', text);
      const write = `const fs = require('node:fs'); fs.mkdirSync('out', { recursive: true }); fs.writeFileSync('out/model.bin', 'weights ${place}'); fs.copyFileSync('next.json', 'metrics.json')`;
      const { code, stdout, stderr } = await run('run', '--', process.execPath, '-e', write);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`Registered fraud@${place + 1}`) });
      expect(stderr).toMatch(/^note: VALUES_FILE_INVALID: .*metrics\.json/);
      expect(stderr).not.toContain('Nothing was changed');
      expect(await json('show', `fraud@${place + 1}`)).toMatchObject({
        metrics,
        lineage: {
          missing: expect.arrayContaining([{ what: 'metrics[metrics.json]', why: expect.stringContaining(why) }]),
        },
      });
    }
    const explicit = await run('register', 'fraud', 'out', '--metrics', 'metrics.json');
    expect(explicit).toMatchObject({ code: 1, stderr: expect.stringContaining('error: VALUES_FILE_INVALID') });
  });

  it.skipIf(process.platform === 'win32')('records the good data beside entries that can not be read', async () => {
    await symlink('loop.csv', join(work.dir, 'data/loop.csv'));
    await symlink('/etc/hostname', join(work.dir, 'data/outside.csv'));
    await promisify(execFile)('mkfifo', [join(work.dir, 'data/pipe.csv')]);
    const names = ['train', 'loop', 'outside', 'pipe'].map((name) => `data/${name}.csv`);
    await work.write('model-registry.yaml', PROJECT.replace('[data/train.csv]', `[${names.join(', ')}]`));
    const { code, stdout, stderr } = await run(...train());
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Registered fraud@1') });
    for (const line of stderr.trimEnd().split('\n'))
      expect(line).toMatch(/^note: .*lists it under what isn't known\.$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(await json('show', 'fraud@1')).toMatchObject({
      lineage: {
        data: [{ path: 'data/train.csv', sha256: expect.any(String) }],
        missing: expect.arrayContaining([
          { what: 'data[data/loop.csv]', why: expect.stringContaining('leads back to itself') },
          { what: 'data[data/outside.csv]', why: expect.stringContaining('leads out of the workspace') },
          { what: 'data[data/pipe.csv]', why: expect.stringContaining('no file or folder') },
        ]),
      },
    });
  });

  it('registers nothing where the command fails, and ends as it did', async () => {
    const failed = await run(...train('-', '3'));
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('The command failed (exit code 3)') });
    expect(await json('list')).toEqual([]);
    const unknown = await run('run', '--', 'no-such-program-here');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('COMMAND_NOT_STARTED') });
    const model = await run('run', '--model', 'other', '--', process.execPath, 'train.mjs');
    expect(model).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining("doesn't declare other") });
  });

  it('prints one JSON value, and the command’s own output beside it', async () => {
    const { code, stdout, stderr } = await run('--json', ...train());
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'trained\n' });
    expect(JSON.parse(stdout)).toMatchObject({ run: { exitCode: 0 }, versions: [{ model: 'fraud', number: 1 }] });
  });

  it('and a watcher register what both see once', async () => {
    const watcher = cli.start(['watch'], { cwd: work.dir });
    await watcher.sees('Watching the outputs');
    await work.write('scale.txt', 'changed\n');
    expect((await run(...train())).code).toBe(0);
    await work.git('commit', '-qam', 'After the run');
    // What the watcher would register after the run has its turn when it has seen these.
    await work.write('out/model.bin', 'another');
    await watcher.sees('fraud@2');
    watcher.child.kill('SIGINT');
    await watcher.ended;
    const first = await json('show', 'fraud@1');
    expect(first).toMatchObject({ lineage: { code: { capturedAt: 'start', isDirty: true } } });
    expect(await json('list', 'fraud')).toHaveLength(2);
  });
});

describe('reproduce', () => {
  it('writes the source tree byte for byte, changes and all, and training there gives the same weights', async () => {
    await work.write('scale.txt', 'two\n');
    await work.write('src/new ü.txt', 'untracked\n');
    const before = await tree(work.dir);
    expect((await run(...train())).code).toBe(0);
    await work.git('add', '.');
    await work.git('commit', '-qam', 'Later');
    await work.write('train.mjs', 'throw new Error("later");\n');
    await work.git('commit', '-qam', 'Later still');

    const to = join(work.dir, '..', `again-${Date.now()}`);
    const { code, stdout, stderr } = await run('reproduce', 'fraud@1', '--to', to);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('data data/train.csv: not here');
    expect(stdout).toContain('train.mjs');
    expect(stdout).toMatch(
      /compare: train there with model-registry --registry \S+ run -- COMMAND, then .* compare fraud@1 fraud\n/,
    );
    expect(await tree(to)).toEqual(before);

    const again: Workspace = { ...work, dir: to };
    await work.write(join('..', to.split('/').at(-1) ?? '', 'data/train.csv'), 'a,b\n');
    const trained = await cli.run(['run', '--', process.execPath, 'train.mjs'], { cwd: again.dir });
    expect(trained.stderr).toContain('REGISTRY_NOT_FOUND');
    const registry = (await run('where')).stdout.trim();
    const there = await cli.run(['--registry', registry, 'run', '--', process.execPath, 'train.mjs'], {
      cwd: again.dir,
    });
    expect(there).toMatchObject({ code: 0 });
    const versions = (await json('list', 'fraud')) as { readonly artifact: { readonly digest: string } }[];
    expect(versions).toHaveLength(2);
    expect(versions[0]?.artifact.digest).toBe(versions[1]?.artifact.digest);

    expect(await run('reproduce', 'fraud@1', '--to', to)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('TARGET_NOT_EMPTY'),
    });
  });

  it('says what the tree lacks, and which version cannot be reproduced', async () => {
    await work.write('notes.md', 'not wanted');
    await work.write('scale.txt', `password = "correct horse battery"\n`);
    expect((await run(...train())).code).toBe(0);
    const to = join(work.dir, '..', `lacking-${Date.now()}`);
    const { stdout } = await run('reproduce', 'fraud@1', '--to', to);
    expect(stdout).toContain(
      'missing: the changes of scale.txt, which seemed to hold a secret: it is here as it was committed',
    );
    expect(stdout).toContain('missing: 1 file that git didn’t track');
    const elsewhere = await plainFolder();
    const registry = (await run('where')).stdout.trim();
    const outside = await cli.run(['--registry', registry, 'reproduce', 'fraud@1', '--to', `${to}-2`], {
      cwd: elsewhere.dir,
    });
    expect(outside).toMatchObject({ code: 1, stderr: expect.stringContaining('REPOSITORY_NOT_FOUND') });
    await elsewhere.dispose();
  });
});
