import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import { runThread } from '../../src/runs/run-thread.ts';

let workerFile = '';

beforeAll(async () => {
  const out = await mkdtemp(join(tmpdir(), 'model-registry-worker-'));
  workerFile = join(out, 'worker.js');
  await build({
    absWorkingDir: resolve(import.meta.dirname, '../..'),
    entryPoints: ['src/workers/main.ts'],
    outfile: workerFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    define: {
      'import.meta.url': '__moduleUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  return () => rm(out, { recursive: true, force: true });
});

async function workspace(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'model-registry-tracked-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'out'));
  await writeFile(join(root, 'out/model.bin'), 'weights');
  await writeFile(join(root, 'out/metrics.json'), '{"auc": 0.9, "loss": NaN}');
  await writeFile(join(root, 'out/params.yaml'), 'lr: 0.5\n');
  await writeFile(join(root, 'broken.json'), '{');
  return root;
}

function reader(file = workerFile) {
  const thread = runThread({ workerFile: file });
  onTestFinished(() => thread.close());
  return thread;
}

describe('a thread that reads what trackers and training left', () => {
  it('finds what the calling thread would find, and reads metrics and params', async () => {
    const root = await workspace();
    const thread = reader();
    const near = [join(root, 'out/model.bin')];
    const found = await thread.findRuns(root, { near });
    expect(found.runs.length).toBeGreaterThan(0);
    expect(found).toEqual(await findRuns(root, { near }));
    expect(await thread.metrics(join(root, 'out/metrics.json'))).toEqual({ auc: 0.9, loss: 'NaN' });
    expect(await thread.params(join(root, 'out/params.yaml'))).toEqual({ lr: '0.5' });
  });

  it('says what is wrong with a file as the calling thread would', async () => {
    const root = await workspace();
    await expect(reader().metrics(join(root, 'broken.json'))).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
    await expect(reader().params(join(root, 'missing.json'))).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  });

  it('takes nobody with it when it stops: there are no runs then, and that is said', async () => {
    const root = await workspace();
    const stopping = join(root, 'worker.js');
    await writeFile(stopping, `require('node:worker_threads').parentPort.on('message', () => process.exit(1));`);
    const found = await reader(stopping).findRuns(root, { near: [join(root, 'out/model.bin')] });
    expect(found).toMatchObject({ runs: [], problems: [expect.stringContaining('stopped unexpectedly')] });
  });
});
