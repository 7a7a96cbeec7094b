import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished, vi } from 'vitest';
import { threadStatistician } from '../../src/predictions/statistician.ts';

/** A thread that says with a file when it begins, and computes for ever with `endless`. */
const THREAD = `
  import { writeFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  import { serveCalls } from './src/base/worker-rpc.ts';
  serveCalls(parentPort, async (name, { file }) => {
    if (file.endsWith('endless')) {
      writeFileSync(file, '');
      for (;;);
    }
    return { metrics: { auc: 0.9 } };
  });
`;

async function statisticianIn(folder: string) {
  const workerFile = join(folder, 'worker.js');
  await build({
    stdin: { contents: THREAD, resolveDir: resolve(import.meta.dirname, '../..') },
    outfile: workerFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const statistician = threadStatistician({ workerFile });
  onTestFinished(() => statistician.close());
  return statistician;
}

it('cancels one call and leaves those behind it alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-statistician-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const statistician = await statisticianIn(folder);
  const [first, second] = [new AbortController(), new AbortController()];
  const outcomes = Promise.allSettled([
    statistician.measure({ file: join(folder, 'endless') }, { signal: first.signal }),
    statistician.measure({ file: join(folder, 'other') }),
    statistician.measure({ file: join(folder, 'waiting') }, { signal: second.signal }),
    statistician.measure({ file: join(folder, 'last') }),
  ]);
  await vi.waitFor(async () => expect(await readdir(folder)).toContain('endless'), { timeout: 10_000 });
  second.abort();
  first.abort();
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ code: 'OPERATION_CANCELLED' }) },
    { status: 'fulfilled', value: { metrics: { auc: 0.9 } } },
    { status: 'rejected', reason: expect.objectContaining({ code: 'OPERATION_CANCELLED' }) },
    { status: 'fulfilled', value: { metrics: { auc: 0.9 } } },
  ]);
});
