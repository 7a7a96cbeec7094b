import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ByteService, inlineByteService, workerByteService } from '../../src/artifacts/byte-service.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import type { Progress } from '../../src/base/progress.ts';
import { inspectModel } from '../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../src/modelfiles/local-files.ts';
import { objectKey } from '../../src/storage/layout.ts';
import { manyTensors } from '../registry/facts/weights-file.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { readTree, writeTree } from './files.ts';

const MIB = 1024 * 1024;
const FILES = { 'model.bin': 'weights', 'config.json': '{}' };

let workerFile = '';
let storeDir = '';
let source = '';

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

beforeEach(async () => {
  storeDir = await tempFolder();
  source = await tempFolder();
  await writeTree(source, FILES);
});

function inThread(options: { readonly workerFile?: string; readonly idleMs?: number } = {}): ByteService {
  const service = workerByteService({ storeDir, workerFile, ...options });
  onTestFinished(() => service.close());
  return service;
}

/** The threads that were started so far by the service, as far as `Worker` knows; each entry tells when it has ended. */
function watchThreads(): readonly Promise<unknown>[] {
  const ended: Promise<unknown>[] = [];
  const listener = (worker: Worker) => ended.push(once(worker, 'exit'));
  process.on('worker', listener);
  onTestFinished(() => void process.off('worker', listener));
  return ended;
}

const kinds: readonly (readonly [string, () => ByteService])[] = [
  ['on the calling thread', () => inlineByteService(storeDir)],
  ['in a thread of its own', () => inThread()],
];

describe.each(kinds)('bytes, %s', (_, make) => {
  it('are taken in, restored, copied and verified', async () => {
    const service = make();
    const artifact = await service.intake({ paths: [source] });
    expect(await service.digest({ paths: [source] })).toEqual(artifact);
    expect(artifact.sizeBytes).toBe(9);
    const to = join(await tempFolder(), 'out');
    expect(await service.materialise({ digest: artifact.digest, to })).toEqual({ fileCount: 2, sizeBytes: 9 });
    expect(await readTree(to)).toMatchObject(FILES);
    const checkoutsDir = join(storeDir, 'checkouts');
    const { path } = await service.checkout({ digest: artifact.digest, checkoutsDir });
    expect(await readTree(path)).toEqual(FILES);
    expect(await service.verify({ digests: [artifact.digest] })).toEqual({
      manifests: 1,
      objects: 2,
      bytes: 9,
      problems: [],
    });
    await rm(join(storeDir, objectKey(sha256Hex('weights'))));
    const { problems } = await service.verify({ digests: [artifact.digest] });
    expect(problems).toMatchObject([{ kind: 'OBJECT_MISSING', digest: artifact.digest }]);
    await service.close();
  });

  it('come with progress and can be cancelled', async () => {
    await writeFile(join(source, 'large.bin'), new Uint8Array(64 * MIB));
    const service = make();
    const seen: Progress[] = [];
    await service.digest({ paths: [source] }, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ step: 'Hashing', doneBytes: 64 * MIB + 9, totalBytes: 64 * MIB + 9 });
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(service.intake({ paths: [source] }, options)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await readdir(join(storeDir, 'staging'))).toEqual([]);
  });

  it('can be cancelled while they are only read', async () => {
    const sha256 = 'ab'.repeat(32);
    const object = join(storeDir, objectKey(sha256));
    await mkdir(dirname(object), { recursive: true });
    await writeFile(object, '');
    // Nothing of it is on the disk: it takes long to read, and no time to make.
    await truncate(object, 2048 * MIB);
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    const reading = make().verify({ digests: [], objects: [sha256] }, options);
    await expect(reading).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });

  it('throw errors of the registry', async () => {
    const service = make();
    const error = await service.intake({ paths: [join(source, 'absent')] }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RegistryError);
    expect(error).toMatchObject({ code: 'PATH_NOT_FOUND', message: expect.stringContaining('absent') });
    const to = await tempFolder();
    await writeTree(to, { 'mine.txt': 'mine' });
    const { digest } = await service.intake({ paths: [source] });
    await expect(service.materialise({ digest, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  });

  it('clear away what a killed process left half written', async () => {
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await writeTree(storeDir, { 'staging/.tmp-old': 'half', 'staging/.tmp-new': 'half' });
    await utimes(join(storeDir, 'staging/.tmp-old'), old, old);
    await make().intake({ paths: [source] });
    expect(await readdir(join(storeDir, 'staging'))).toEqual(['.tmp-new']);
  });

  it('leave the registry out of what is registered around it', async () => {
    const { files } = await make().intake({ paths: [source] });
    await writeTree(storeDir, { 'model.bin': 'weights', 'config.json': '{}', 'inner/format.json': '{}' });
    const inner = inlineByteService(join(storeDir, 'inner'));
    const around = await inner.digest({ paths: [storeDir] });
    expect(around.files.filter(({ path }) => path.startsWith('inner/'))).toEqual([]);
    expect(around.files).toEqual(expect.arrayContaining([...files]));
  });
});

describe('the thread for bytes', () => {
  it('starts with the first call, and ends when nothing is asked of it', async () => {
    const threads = watchThreads();
    const service = inThread({ idleMs: 20 });
    expect(threads).toHaveLength(0);
    await service.digest({ paths: [source] });
    expect(threads).toHaveLength(1);
    await threads[0];
    expect((await service.digest({ paths: [source] })).sizeBytes).toBe(9);
    expect(threads).toHaveLength(2);
  });

  it('serves calls that are made at once', async () => {
    const threads = watchThreads();
    const service = inThread();
    const results = await Promise.all(Array.from({ length: 5 }, () => service.intake({ paths: [source] })));
    expect(new Set(results.map(({ digest }) => digest)).size).toBe(1);
    expect(threads).toHaveLength(1);
  });

  it('may die: calls under way fail, and the next one starts another', async () => {
    await writeFile(join(source, 'large.bin'), new Uint8Array(64 * MIB));
    const started: Worker[] = [];
    const listener = (worker: Worker) => started.push(worker);
    process.on('worker', listener);
    onTestFinished(() => void process.off('worker', listener));
    const service = inThread();
    const call = service.intake({ paths: [source] }, { onProgress: () => void started[0]?.terminate() });
    await expect(call).rejects.toMatchObject({ code: 'WORKER_STOPPED' });
    expect((await service.digest({ paths: [source] })).files).toHaveLength(3);
    expect(started).toHaveLength(2);
  });

  it('says when its file is missing or no worker', async () => {
    const broken = join(await tempFolder(), 'broken.js');
    await writeFile(broken, 'throw new Error("broken on purpose");');
    for (const file of [join(storeDir, 'absent.js'), broken]) {
      await expect(inThread({ workerFile: file }).digest({ paths: [source] })).rejects.toMatchObject({
        code: 'WORKER_STOPPED',
      });
    }
    await expect(inThread({ workerFile: broken }).digest({ paths: [source] })).rejects.toThrow('broken on purpose');
  });

  it('keeps no process alive that has nothing else to do', async () => {
    const script = join(await tempFolder(), 'caller.ts');
    const module = resolve(import.meta.dirname, '../../src/artifacts/byte-service.ts');
    await writeFile(
      script,
      `import { workerByteService } from ${JSON.stringify(module)};
       const service = workerByteService(${JSON.stringify({ storeDir, workerFile })});
       const { digest } = await service.intake({ paths: [${JSON.stringify(source)}] });
       console.log(digest);`,
    );
    const before = performance.now();
    const child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(String(printed[0]).trim()).toMatch(/^[0-9a-f]{64}$/);
    expect(child.exitCode).toBe(0);
    // Well below the half minute after which an idle thread is ended.
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});

it('hashes and compares tensors in a thread of their own, as it does without one', async () => {
  const folder = await tempFolder();
  const sides = await Promise.all(
    [1, 2].map(async (value) => {
      const file = join(folder, `${value}.safetensors`);
      await writeFile(file, manyTensors(50, value));
      const { facts } = await inspectModel(await localFileSet(file));
      return { files: [{ path: `${value}.safetensors`, file }], tensors: facts?.tensors ?? [] };
    }),
  );
  const [before, after] = sides;
  if (!before || !after) throw new Error('Two models are compared');
  const [thread, inline] = [inThread(), inlineByteService(storeDir)];
  expect(await thread.hashTensors(before)).toEqual(await inline.hashTensors(before));
  const compared = await thread.compareTensors({ before, after });
  expect(compared.counts.changed).toBe(50);
  expect(compared).toEqual(await inline.compareTensors({ before, after }));
});
