import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

const TRAIN = `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const seed = process.argv[2];
mkdirSync('out', { recursive: true });
writeFileSync('out/model.bin', seed);
writeFileSync('metrics.json', JSON.stringify({ auc: Number(seed) / 10 }));
`;
const PROJECT = `models:
  fraud:
    outputs: [out/**]
    metrics: [metrics.json]
    params: [params.yaml]
    gates:
      staging: [{lineage: [clean]}]
`;

let cli: CommandLine;
let work: Workspace;
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
  await work.write('params.yaml', 'depth: 3\n');
  await work.write('metrics.json', '{"auc": 0}');
  await work.write('model-registry.yaml', PROJECT);
  await work.git('add', '.');
  await work.git('commit', '-qm', 'First');
  await cli.run(['init'], { cwd: work.dir });
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const train = (seed: number) => run('run', '--', process.execPath, 'train.mjs', String(seed));

it('every run of a training passes a gate that wants a clean tree, and a changed input fails it', async () => {
  expect(await train(1)).toMatchObject({ code: 0, stderr: '' });
  expect(await train(2)).toMatchObject({ code: 0, stderr: '' });
  expect(await cli.json(['show', 'fraud@2'], { cwd: work.dir })).toMatchObject({
    lineage: {
      code: { isDirty: true, written: { paths: ['metrics.json', 'out/model.bin'], count: 2, otherCount: 0 } },
    },
  });
  expect(await cli.json(['gates', 'fraud@2', 'staging'], { cwd: work.dir })).toMatchObject({
    gates: [
      {
        outcome: 'passed',
        why: 'only what the project file declares as outputs or metrics was changed: metrics.json, out/model.bin',
      },
    ],
  });
  expect((await run('show', 'fraud@2')).stdout.replace(/\s+/g, ' ')).toContain(
    'changed only in declared outputs and metrics (metrics.json, out/model.bin)',
  );
  expect(await run('promote', 'fraud@2', 'staging', '--reason', 'good')).toMatchObject({ code: 0 });

  // By name of files, from what the training left.
  await work.write('out/model.bin', 'by hand');
  expect(await run('register', 'fraud', 'out/model.bin')).toMatchObject({ code: 0 });
  expect(await run('promote', 'fraud@3', 'staging', '--reason', 'good')).toMatchObject({ code: 0 });

  await work.write('params.yaml', 'depth: 4\n');
  expect(await train(4)).toMatchObject({ code: 0, stderr: '' });
  expect(await cli.json(['show', 'fraud@4'], { cwd: work.dir })).toMatchObject({
    params: { depth: '4' },
    lineage: { code: { written: { count: 2, otherCount: 1 } } },
  });
  const refused = await run('promote', 'fraud@4', 'staging', '--reason', 'good');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the working tree had changes') });
});

it('a submodule with changes fails the gate by its name, whatever git’s configuration leaves out of its status', async () => {
  const library = join(work.dir, '.git', 'library');
  await work.git('init', '-q', '-b', 'main', library);
  await work.write('.git/library/y.py', 'Y = 1\n');
  await work.git('-C', library, 'add', '.');
  await work.git('-C', library, '-c', 'user.name=Bo', '-c', 'user.email=bo@example.org', 'commit', '-qm', 'First');
  await work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vend');
  await work.git('commit', '-qm', 'With a library');
  expect(await train(1)).toMatchObject({ code: 0, stderr: '' });
  expect(await run('promote', 'fraud@1', 'staging', '--reason', 'good')).toMatchObject({ code: 0 });

  await work.write('vend/y.py', 'Y = 2\n');
  await work.git('config', 'submodule.vend.ignore', 'all');
  await work.git('config', 'diff.ignoreSubmodules', 'all');
  expect(await train(2)).toMatchObject({ code: 0, stderr: '' });
  const why = 'the submodule vend had changes that its commit hasn’t';
  expect(JSON.parse((await run('--json', 'gates', 'fraud@2', 'staging')).stdout)).toMatchObject({
    gates: [{ outcome: 'failed', why }],
  });
  expect(await run('promote', 'fraud@2', 'staging', '--reason', 'good')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining(why) },
  });
  const shown = (await run('show', 'fraud@2')).stdout.replace(/\s+/g, ' ');
  expect(shown).toMatch(/with submodule vend at [0-9a-f]{12} and uncommitted changes/);
  expect(shown).toContain('code.submodules[vend] the changes that were not committed in it were not recorded');
});
