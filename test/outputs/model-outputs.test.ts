import { appendFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const MODEL = 'models/fraud/model.safetensors';
const OUTPUTS = 'outputs: [models/fraud/**]';
const WITH_METRICS = `${OUTPUTS}, metrics: [reports/metrics.json]`;

describe('outputs that training writes', () => {
  it('become a version in less than three seconds, with all that belongs to it', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(
      workspace,
      `${WITH_METRICS}, params: [params.yaml], data: [data/train.csv], tags: {team: risk}, description: Fraud`,
      { settleMs: 400, commit: () => 'c0ffee' },
    );
    await watching.rescan();
    await workspace.write('data/train.csv', 'a,b\n');
    await workspace.write('params.yaml', 'lr: 0.5\n');
    await workspace.write('reports/metrics.json', '{"auc": 0.9, "slices": {"DE": {"auc": 0.8}}}');
    await workspace.write(MODEL, safetensors([1]));
    const completeAt = performance.now();
    const version = await workspace.newest(1);
    expect(performance.now() - completeAt).toBeLessThan(3000);
    expect(version).toMatchObject({
      number: 1,
      via: 'auto',
      metrics: { auc: 0.9, 'slices.DE.auc': 0.8 },
      params: { lr: '0.5' },
      tags: { team: 'risk' },
    });
    const details = await workspace.registry.show({ ref: 'fraud@1' });
    expect(details.files).toEqual([expect.objectContaining({ path: 'model.safetensors' })]);
    expect(details.lineage).toMatchObject({
      code: { commit: 'c0ffee' },
      data: [{ path: 'data/train.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), sizeBytes: 4 }],
    });
    await vi.waitFor(() => expect(watching.registered).toHaveLength(1));
    expect(watching.problems).toEqual([]);
  });

  it('are not registered before a slowly written file is complete', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    const bytes = safetensors(Array.from({ length: 1000 }, (_, n) => n));
    for (const [from, to] of [
      [0, 5],
      [5, 60],
      [60, 2000],
      [2000, bytes.length - 1],
    ] as const) {
      if (from === 0) await workspace.write(MODEL, bytes.subarray(from, to));
      else await appendFile(join(workspace.root, MODEL), bytes.subarray(from, to));
      await watching.quiet();
      expect(await workspace.versions()).toEqual([]);
    }
    await appendFile(join(workspace.root, MODEL), bytes.subarray(bytes.length - 1));
    expect((await workspace.newest(1)).artifact.sizeBytes).toBe(bytes.length);
  });

  it('may be renamed into place, and overwritten, by rename or in place', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    await workspace.writeAtomically(MODEL, safetensors([1]));
    await workspace.newest(1);
    await workspace.writeAtomically(MODEL, safetensors([2]));
    await workspace.newest(2);
    await workspace.write(MODEL, safetensors([3]));
    await workspace.newest(3);
    await workspace.write(`${MODEL}.part`, 'x');
    await workspace.write('models/fraud/.hidden', 'x');
    await watching.quiet();
    expect(await workspace.versions()).toHaveLength(3);
    expect((await workspace.registry.show({ ref: 'fraud@3' })).files).toHaveLength(1);
  });

  it.each([
    ['a file', 'outputs: [out/model.bin]', ['out/model.bin']],
    ['a file at the root', 'outputs: [model.bin]', ['model.bin']],
    ['a folder', 'outputs: [out]', ['out/model.bin', 'out/deep/er/vocabulary.txt']],
    ['a glob', 'outputs: ["out/*.bin"]', ['out/model.bin']],
    ['several entries', 'outputs: [out/model.bin, "more/**/*.txt"]', ['out/model.bin', 'more/a/b.txt']],
  ])('may be %s', async (_what, declared, files) => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, declared);
    await watching.rescan();
    for (const file of files) await workspace.write(file, file);
    await workspace.newest(1);
    const details = await workspace.registry.show({ ref: 'fraud@1' });
    expect(details.files).toHaveLength(files.length);
    for (const file of files) await workspace.write(file, `${file} again`);
    await workspace.newest(2);
    expect(watching.problems).toEqual([]);
  });

  it('make no second version where the bytes are the same', async () => {
    const workspace = await makeWorkspace();
    const commit = { value: 'aaaaaaa' };
    const watching = watchWorkspace(workspace, OUTPUTS, { commit: () => commit.value });
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    commit.value = 'bbbbbbb';
    await workspace.write(MODEL, safetensors([1]));
    await watching.quiet();
    expect(await workspace.versions()).toHaveLength(1);
    expect(watching.registered).toHaveLength(1);
  });

  it('of two runs in quick succession make two versions', async () => {
    const workspace = await makeWorkspace();
    watchWorkspace(workspace, WITH_METRICS);
    for (const run of [1, 2]) {
      await workspace.write('reports/metrics.json', `{"auc": 0.${run}}`);
      await workspace.write(MODEL, safetensors([run]));
      expect((await workspace.newest(run)).metrics).toEqual({ auc: run / 10 });
    }
    expect((await workspace.versions()).map((version) => version.metrics)).toEqual([{ auc: 0.1 }, { auc: 0.2 }]);
  });

  it('that stay incomplete are told of once', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS, { settleMs: 10 });
    await workspace.write(MODEL, safetensors([1, 2, 3]).subarray(0, -4));
    await vi.waitFor(() => expect(watching.problems).toHaveLength(1), { timeout: 10_000 });
    expect(watching.problems[0]).toMatchObject({ code: 'OUTPUT_INCOMPLETE', message: expect.stringContaining(MODEL) });
    await watching.quiet();
    expect(watching.problems).toHaveLength(1);
    await workspace.write(MODEL, safetensors([1, 2, 3]));
    await workspace.newest(1);
  });

  it('are left alone after the watcher was disposed of', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    await watching.rescan();
    await watching.dispose();
    await workspace.write(MODEL, safetensors([1]));
    await watching.quiet();
    expect(await workspace.versions()).toEqual([]);
  });

  it('are tried again where they change while they are read, and not where that would end in the same way', async () => {
    const workspace = await makeWorkspace();
    const failures = [new RegistryError('FILE_CHANGED', 'It changed.'), new RegistryError('DISK_FULL', 'No room.')];
    const asked: number[] = [];
    const registry: Registry = new Proxy(workspace.registry, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'register') return value.bind(target);
        return async (request: Parameters<Registry['register']>[0]) => {
          asked.push(performance.now());
          const failure = failures.shift();
          if (failure) throw failure;
          return target.register(request);
        };
      },
    });
    const watching = watchWorkspace({ root: workspace.root, registry }, OUTPUTS);
    await workspace.write(MODEL, safetensors([1]));
    await vi.waitFor(() => expect(watching.problems).toEqual([expect.objectContaining({ code: 'DISK_FULL' })]));
    expect(asked).toHaveLength(2);
    // A person comes back to the window.
    await watching.rescan();
    await workspace.newest(1);
    expect(asked).toHaveLength(3);
  });
});

it('takes a file with an old time, as an unpacked archive has it, for what it is: new', async () => {
  const workspace = await makeWorkspace();
  watchWorkspace(workspace, OUTPUTS);
  await workspace.write(MODEL, safetensors([1]));
  await workspace.newest(1);
  const file = await workspace.write('unpacked.tmp', safetensors([2]));
  await utimes(file, new Date(0), new Date(0));
  await workspace.writeAtomically(MODEL, safetensors([2]));
  await workspace.newest(2);
});
