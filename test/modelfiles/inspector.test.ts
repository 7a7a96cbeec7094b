import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { threadInspector } from '../../src/modelfiles/inspector.ts';
import { folderOf, safetensorsBytes } from './file-sets.ts';

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

function inspectorOf(options: { readonly workerFile?: string; readonly timeLimitMs?: number } = {}) {
  const inspector = threadInspector({ workerFile, ...options });
  onTestFinished(() => inspector.close());
  return inspector;
}

const MODEL = safetensorsBytes('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8);

/** A thread that does this with the first call that it gets, in place of reading. */
async function threadThat(does: string): Promise<string> {
  const folder = await folderOf({
    'worker.js': `require('node:worker_threads').parentPort.on('message', () => { ${does} });`,
  });
  return join(folder, 'worker.js');
}

describe('a thread that inspects', () => {
  it('reads files and folders, and files that lie anywhere', async () => {
    const folder = await folderOf({ 'model.safetensors': MODEL, 'notes.txt': 'n', 'objects/ab': MODEL });
    const inspector = inspectorOf();
    const one = await inspector.inspect({ path: join(folder, 'model.safetensors') });
    expect(one).toMatchObject({ facts: { format: 'safetensors', parameterCount: 2 }, problems: [] });
    expect(await inspector.inspect({ path: folder })).toMatchObject({
      formats: [{ id: 'safetensors', label: 'safetensors', paths: ['model.safetensors'] }],
    });
    const files = [{ path: 'weights.safetensors', file: join(folder, 'objects/ab') }];
    expect(await inspector.inspect({ files })).toMatchObject({ facts: { parameterCount: 2 } });
    expect(await inspector.completeness({ files })).toEqual({ kind: 'complete' });
    expect(await inspector.completeness({ path: folder })).toEqual({ kind: 'plausible' });
  });

  it('says what is not there, and nothing of files that it does not know', async () => {
    const folder = await folderOf({ 'notes.txt': 'n' });
    const inspector = inspectorOf();
    await expect(inspector.inspect({ path: join(folder, 'gone') })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    expect(await inspector.inspect({ path: folder })).toEqual({ formats: [], problems: [] });
  });

  it('that hangs is ended, which is a problem of the file, and the next call has a new one', async () => {
    const file = await threadThat('for (;;) {}');
    const hasty = inspectorOf({ workerFile: file, timeLimitMs: 50 });
    expect(await hasty.completeness({ path: '/hostile' })).toMatchObject({ kind: 'incomplete', path: '/hostile' });
    const inspector = inspectorOf({ workerFile: file, timeLimitMs: 3000 });
    expect((await inspector.inspect({ path: '/hostile' })).problems.join()).toContain('took longer than 3 seconds');
    await writeFile(
      file,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ i }) => parentPort.postMessage({ t: 's', i, r: { kind: 'value', value: { formats: [], problems: [] } } }));`,
    );
    expect(await inspector.inspect({ path: '/sound' })).toEqual({ formats: [], problems: [] });
  });

  it('that takes too much memory is ended, which is a problem of the file', async () => {
    const inspector = inspectorOf({
      workerFile: await threadThat('const all = []; for (;;) all.push(new Array(1e5).fill(0.5));'),
    });
    expect((await inspector.inspect({ path: '/hostile' })).problems.join()).toContain('more memory than it may');
  });

  it('can be cancelled, and does not take those with it that wait', async () => {
    const folder = await folderOf({ 'model.safetensors': MODEL });
    const inspector = inspectorOf({ workerFile: await threadThat('for (;;) {}'), timeLimitMs: 200 });
    const controller = new AbortController();
    const first = inspector.inspect({ path: folder }, { signal: controller.signal });
    const second = inspector.inspect({ path: folder });
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect((await second).problems).toHaveLength(1);
  });
});
