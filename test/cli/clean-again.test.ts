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
