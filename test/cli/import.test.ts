import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FIXTURE = resolve(import.meta.dirname, '../importing/fixtures/mlflow-files');

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await plainFolder();
  await cp(FIXTURE, work.dir, { recursive: true });
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });

const told = v.object({
  models: v.array(
    v.object({
      name: v.string(),
      isPicked: v.boolean(),
      versions: v.array(v.object({ label: v.string(), state: v.string(), number: v.nullable(v.number()) })),
    }),
  ),
  stages: v.array(v.object({ to: v.string(), outcome: v.string() })),
});

describe('model-registry import', () => {
  it('shows what it would do, does it, says what it could not, and has nothing to do afterwards', async () => {
    const shown = await run('import', '--dry-run');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('churn (MLflow, mlruns)');
    expect(shown.stdout).toMatch(/^2 .* production, @champion +new$/m);
    expect(shown.stdout).toMatch(
      /^4 .*can't be imported: its files are at s3:\/\/models\/churn, and a version needs them/m,
    );
    expect(shown.stdout).toContain('churn-challenger: 1 version that MLflow logged and nobody registered');
    expect(shown.stdout).toMatch(/Would import 3 versions of 1 model, 30 kB\. Nothing was changed\.$/m);
    expect((await run('where')).code).toBe(1);

    const done = await run('import', '--stages');
    expect(done.code).toBe(1);
    expect(done.stdout).toContain(`Made a registry in ${work.dir}/.model-registry`);
    expect(done.stdout).toContain('Imported 3 versions of churn: 1 to 3\n');
    expect(done.stdout).toContain('churn@2 is in production now\n');
    expect(done.stdout).toContain('Not imported: churn 4: its files are at s3://models/churn');

    await rm(join(work.dir, 'mlruns/models/churn/version-4'), { recursive: true });
    const again = v.parse(told, await cli.json(['import', '--stages'], { cwd: work.dir }));
    expect(again.models[0]?.versions).toEqual(
      ['1', '2', '3'].map((label) => ({ label, state: 'known', number: Number(label) })),
    );
    expect(again.stages.map(({ to, outcome }) => `${to} ${outcome}`)).toEqual([
      'archived there',
      'staging there',
      'production there',
      '@champion there',
    ]);
  });

  it('takes a store by its path, a model by its name, and refuses what is not there before anything is made', async () => {
    await mkdir(join(work.dir, 'empty'));
    expect(await run('import', 'empty')).toMatchObject({ code: 1, stderr: expect.stringContaining('IMPORT_NOTHING') });
    expect(await run('import', 'nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('PATH_NOT_FOUND'),
    });
    expect(await run('import', '--model', 'fraud')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('IMPORT_UNKNOWN: Nothing here is called fraud, but churn, churn-challenger.'),
    });
    expect((await run('import', '--from', 'elsewhere')).code).toBe(2);
    expect((await run('where')).code).toBe(1);
    const named = await run('import', 'mlruns', '--model', 'churn-challenger', '--from', 'mlflow');
    expect(named).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Imported 1 version of churn-challenger: 1'),
    });
    expect(await readFile(join(work.dir, '.model-registry/format.json'), 'utf8')).toContain('registryId');
  });
});
