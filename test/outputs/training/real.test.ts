import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { VersionDetails } from '../../../src/catalog/read-models/versions.ts';
import { buildCommandLine, type CommandLine } from '../../cli/harness/command-line.ts';
import { record } from './recording.ts';
import { expectAsTold, type Told, type Training, toldSchema, trainings } from './trainings.ts';

// Not part of the suite (vitest.config.mts): the frameworks take gigabytes. docs/testing.md says how, and what ran where.
const pythons = { torch: process.env.TRAINING_PYTHON, keras: process.env.TRAINING_PYTHON_KERAS };
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
/** After its version, to see that there comes no other. Longer than anything that is waited for with formats that tell their end. */
const AFTERWARDS_MS = 15_000;

const shownSchema = v.object({
  metrics: v.custom<VersionDetails['metrics']>((value) => typeof value === 'object'),
  params: v.record(v.string(), v.string()),
  lineage: v.object({ run: v.custom<VersionDetails['lineage']['run']>((value) => typeof value === 'object') }),
  artifact: v.object({ files: v.array(v.object({ path: v.string() })) }),
});
let cli: CommandLine | undefined;

beforeAll(async () => {
  if (pythons.torch ?? pythons.keras) cli = await buildCommandLine();
});
afterAll(() => cli?.dispose());

describe('a training that runs under `watch`', () => {
  for (const training of trainings) {
    const python = pythons[training.environment];
    it.skipIf(!python)(`of ${training.name} gives one version, with what its framework says of the run`, async () => {
      const root = await workspaceFor(training);
      if (!cli || !python) throw new Error('There is nothing to run it with.');
      await cli.run(['init'], { cwd: root });
      const watching = cli.start(['watch'], { cwd: root });
      await watching.sees('Watching');
      const told = await train(python, root);
      await watching.sees('Registered');
      await new Promise((resolve) => setTimeout(resolve, AFTERWARDS_MS));
      watching.child.kill('SIGINT');
      expect((await watching.ended).stderr).toBe('');
      expect(await cli.json(['list', 'fraud'], { cwd: root })).toHaveLength(1);
      const shown = v.parse(shownSchema, await cli.json(['show', 'fraud@1'], { cwd: root }));
      if (process.env.TRAINING_RECORD) await record(root, training.script, told);
      const { metrics, params, lineage, artifact } = shown;
      expectAsTold({ metrics, params, run: lineage.run, paths: artifact.files.map(({ path }) => path) }, told);
    });
  }
});

async function workspaceFor({ script, outputs }: Training): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'training-')));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  await copyFile(join(import.meta.dirname, 'scripts', script), join(root, 'train.py'));
  await writeFile(join(root, 'model-registry.yaml'), `models:\n  fraud:\n    outputs: ["${outputs}"]\n`);
  return root;
}

/** Runs `python train.py` as in a terminal, and returns what its last line says. */
async function train(python: string, root: string): Promise<Told> {
  const child = spawn(python, ['train.py'], {
    cwd: root,
    env: { ...process.env, HOME: join(root, 'home'), USER: 'ada', LOGNAME: 'ada', CUDA_VISIBLE_DEVICES: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: string[][] = [[], []];
  child.stdout.on('data', (data) => stdout?.push(String(data)));
  child.stderr.on('data', (data) => stderr?.push(String(data)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code, stderr?.join('')).toBe(0);
  return v.parse(toldSchema, JSON.parse(stdout?.join('').trim().split('\n').at(-1) ?? ''));
}
