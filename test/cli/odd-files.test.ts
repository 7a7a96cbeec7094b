import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace } from './harness/workspace.ts';

const shownSchema = v.object({ lineage: v.object({ data: v.array(v.object({ path: v.string() })) }) });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await gitProject();
  await run('init');
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const pipe = async (path: string) => {
  await rm(path, { force: true });
  await promisify(execFile)('mkfifo', [path]);
};

describe.skipIf(process.platform === 'win32')('files that are no files', () => {
  it('are errors that a person can read: links to themselves, and a folder that takes nothing', async () => {
    await run(...REGISTER);
    await symlink('loop', join(work.dir, 'loop'));
    await symlink('model-registry.yaml', join(work.dir, 'model-registry.yaml'));
    const ends = {
      project: await run('register', 'm'),
      folder: await run('-C', 'loop', 'list'),
      policy: await run('policy', 'apply', 'fraud-detector', 'loop'),
      tree: await run('reproduce', 'fraud-detector@1', '--to', '/proc/not-here'),
    };
    for (const { code, stderr } of Object.values(ends)) {
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^error: (?!INTERNAL)\w+: /)]);
    }
    expect(ends.project.stderr).toContain('leads back to itself');
    expect(ends.folder.stderr).toContain('leads back to itself');
    expect(ends.policy.stderr).toContain('leads back to itself');
    expect(ends.tree.stderr).toContain("can't be written to /proc/not-here");
  });

  it('as pipes keep nobody waiting', async () => {
    const dir = (await run('where')).stdout.trim();
    await pipe(join(dir, 'read-files.json'));
    expect(await run(...REGISTER)).toMatchObject({ code: 0 });

    await work.write('model-registry.yaml', 'models:\n  fraud:\n    outputs: [out.bin]\n');
    await pipe(join(work.dir, '.git/index'));
    const write = "require('node:fs').writeFileSync('out.bin', 'weights')";
    expect(await run('run', '--', process.execPath, '-e', write)).toMatchObject({ code: 0, stderr: '' });
    expect(await cli.json(['show', 'fraud@1'], { cwd: work.dir })).toMatchObject({
      lineage: {
        missing: expect.arrayContaining([{ what: 'code', why: expect.stringContaining('index in the folder of git') }]),
      },
    });

    await pipe(join(dir, 'remote.json'));
    expect(await run('list')).toMatchObject({ code: 1, stderr: expect.stringContaining("remote.json isn't a file") });
  });

  it('do not hold up a second Ctrl-C', async () => {
    const stuck =
      'process.on("SIGTERM", () => {}); process.on("SIGINT", () => {}); console.log("up"); setInterval(() => {}, 1000)';
    await work.write('model-registry.yaml', 'models:\n  fraud:\n    outputs: [out.bin]\n');
    const running = cli.start(['run', '--', process.execPath, '-e', stuck], { cwd: work.dir });
    await running.sees('up');
    const children = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(running.child.pid)]);
    const exited = new Promise((resolve) => running.child.once('exit', resolve));
    running.child.kill('SIGINT');
    running.child.kill('SIGTERM');
    await exited;
    expect(running.child.signalCode).toMatch(/^SIG(INT|TERM)$/);
    process.kill(Number(children.stdout.trim()), 'SIGKILL');
    await running.ended;
  });
});

describe('files that are named', () => {
  it('bring the data that the project declares for their model, unless other data is named', async () => {
    await work.write('model-registry.yaml', 'models:\n  fraud:\n    outputs: [out]\n    data: [data/*.csv]\n');
    await work.write('data/train.csv', 'a,b\n1,2\n');
    await work.write('other.csv', 'a\n1\n');
    await work.write('weights.bin', 'first');
    expect(await run('register', 'fraud', 'weights.bin')).toMatchObject({ code: 0, stderr: '' });
    await work.write('weights.bin', 'second');
    expect(await run('register', 'fraud', 'weights.bin', '--data', 'other.csv')).toMatchObject({ code: 0 });
    const dataOf = async (ref: string) => {
      const { lineage } = v.parse(shownSchema, await cli.json(['show', ref], { cwd: work.dir }));
      return lineage.data.map(({ path }) => path);
    };
    expect(await dataOf('fraud@1')).toEqual(['data/train.csv']);
    expect(await dataOf('fraud@2')).toEqual(['other.csv']);
  });

  it('aren’t written into the registry itself', async () => {
    await run(...REGISTER);
    const dir = (await run('where')).stdout.trim();
    const pulled = await run('pull', 'fraud-detector@1', '--to', join(dir, 'objects/x'));
    expect(pulled).toMatchObject({ code: 1, stderr: expect.stringContaining('TARGET_UNWRITABLE') });
    expect(existsSync(join(dir, 'objects/x'))).toBe(false);
  });
});
