import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;
let dir: string;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await gitProject();
  dir = join(work.dir, '.git/model-registry');
  for (const args of [['init'], REGISTER, ['note', 'fraud-detector@1', 'Trained twice']]) {
    expect(await cli.run(args, { cwd: work.dir })).toMatchObject({ code: 0 });
  }
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const commitFile = (seq: number) => join(dir, `log/${String(seq).padStart(20, '0')}.jsonl`);

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(dir, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('a registry that was damaged', () => {
  it('is found out when one byte of a commit changed, and nothing is written to it any more', async () => {
    const bytes = await readFile(commitFile(1));
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
    await writeFile(commitFile(1), bytes);

    const verified = await run('verify');
    expect(verified.stdout).toMatch(
      /^Found 1 problem in 2 commits:\n {2}COMMIT_DAMAGED {2}log\/0{19}1\.jsonl\n.*backup/,
    );
    expect(verified.code).toBe(1);
    expect(JSON.parse((await run('--json', 'verify')).stdout)).toMatchObject({
      problems: [{ code: 'COMMIT_DAMAGED', key: `log/${'1'.padStart(20, '0')}.jsonl` }],
    });

    const promoted = await run('promote', 'fraud-detector@1', 'production', '--reason', 'First model');
    expect(promoted).toMatchObject({ code: 1, stdout: '' });
    expect(promoted.stderr).toMatch(/^error: LOG_\w+: .*model-registry verify/);
    expect(await readdir(join(dir, 'log'))).toHaveLength(2);
  });

  it('is found out when its newest commits are gone', async () => {
    await rm(commitFile(2));
    const verified = await run('verify');
    expect(verified.stdout).toMatch(/COMMIT_MISSING {2}log\/0{19}2\.jsonl/);
    expect(verified.code).toBe(1);
    expect(await run('list')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: LOG_TRUNCATED/),
    });
  });

  it('names the object that is missing and the versions that need it, and restores and promotes nothing', async () => {
    const { artifact } = v.parse(
      v.object({ artifact: v.object({ files: v.array(v.object({ path: v.string(), sha256: v.string() })) }) }),
      await cli.json(['show', 'fraud-detector@1'], { cwd: work.dir }),
    );
    const sha256 = artifact.files.find((file) => file.path === 'weights.bin')?.sha256 ?? '';
    const key = `objects/sha256/${sha256.slice(0, 2)}/${sha256}`;
    await rm(join(dir, key), { force: true });

    expect(await run('verify')).toMatchObject({ code: 0 });
    const verified = await run('verify', '--artifacts');
    expect(verified.stdout).toContain(`OBJECT_MISSING  ${key}`);
    expect(verified.stdout).toContain('Affected: fraud-detector@1');
    expect(verified.code).toBe(1);

    const pulled = await run('pull', 'fraud-detector@1', '--to', 'serving');
    expect(pulled).toMatchObject({ code: 1, stderr: expect.stringMatching(/OBJECT_MISSING: .*weights\.bin/) });
    expect(await readdir(work.dir)).not.toContain('serving');
    const promoted = await run('promote', 'fraud-detector@1', 'production', '--reason', 'First model');
    expect(promoted).toMatchObject({ code: 1, stderr: expect.stringMatching(/ARTIFACT_ABSENT: .*verify --artifacts/) });
  });

  it('names the object whose bytes changed', async () => {
    const [object = ''] = await filesBelow('objects');
    const bytes = await readFile(object);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    await rm(object);
    await writeFile(object, bytes);
    const verified = await run('verify', '--artifacts');
    expect(verified.stdout).toMatch(/OBJECT_DAMAGED {2}objects\/sha256\//);
    expect(verified.code).toBe(1);
  });
});

describe('a catalog', () => {
  it('that was deleted is built again, the same', async () => {
    const before = await run('--json', 'show', 'fraud-detector@1');
    await run('rebuild');
    const catalogs = (await readdir(dir)).filter((name) => name.startsWith('catalog-'));
    expect(catalogs).not.toEqual([]);
    for (const name of catalogs) await rm(join(dir, name));
    expect(await run('--json', 'show', 'fraud-detector@1')).toEqual(before);
  });

  it('that holds garbage is built again, the same', async () => {
    const before = await run('--json', 'list');
    await run('rebuild');
    for (const name of await readdir(dir)) if (name.startsWith('catalog-')) await writeFile(join(dir, name), 'garbage');
    expect(await run('--json', 'list')).toEqual(before);
    expect(await run('verify')).toMatchObject({ code: 0 });
  });

  it('is built anew on request', async () => {
    expect((await run('rebuild')).stdout).toBe('Rebuilt the catalog from 2 commits: 1 version.\n');
  });
});

describe('a registry of a newer version', () => {
  it('is left alone, with the advice to update', async () => {
    const file = join(dir, 'format.json');
    const format = v.parse(v.looseObject({ format: v.number() }), JSON.parse(await readFile(file, 'utf8')));
    await rm(file);
    await writeFile(file, JSON.stringify({ ...format, format: 2 }));
    const before = await filesBelow('.');
    for (const args of [['list'], REGISTER, ['init'], ['verify']]) {
      const { code, stderr } = await run(...args);
      expect(stderr).toMatch(/^error: FORMAT_NEWER: .*[Uu]pdate/);
      expect(code).toBe(1);
    }
    expect(await filesBelow('.')).toEqual(before);
  });
});
