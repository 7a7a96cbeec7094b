import { existsSync } from 'node:fs';
import { appendFile, mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, PROJECT, until, type Watched, watchWorkspace, writeIn } from './watched.ts';

const MODEL = 'models/fraud/model.safetensors';

describe('watching declared outputs', () => {
  it('registers what is there at the start, with metrics, params, data and tags', async () => {
    const root = await makeWorkspace();
    await writeIn(root, 'reports/metrics.json', '{"auc": 0.9, "slices": {"DE": {"auc": 0.8}}, "note": "x"}');
    await writeIn(root, 'params.yaml', 'rate: 0.1\nfeatures: [a, b]\n');
    await writeIn(root, 'data/train.csv', 'a,b\n1,2\n');
    await writeIn(root, MODEL, safetensors([1, 2]));
    const watched = await watchWorkspace(root);
    await watched.watcher.rescan();
    await watched.untilRegistered(1);
    const version = await watched.registry.show({ ref: 'fraud@1' });
    expect(version.metrics).toEqual({ auc: 0.9, 'slices.DE.auc': 0.8 });
    expect(version.params).toEqual({ rate: '0.1', features: '["a","b"]' });
    expect(version.tags).toEqual({ team: 'risk' });
    expect(version.via).toBe('auto');
    expect(version.files?.map((file) => file.path)).toEqual(['model.safetensors']);
    expect(version.lineage.data).toEqual([
      { path: 'data/train.csv', sha256: expect.any(String), sizeBytes: 8, rows: 1 },
    ]);
  });

  it('goes on for the other models where the section of one has a mistake, or declares no outputs', async () => {
    const root = await makeWorkspace();
    await writeIn(root, MODEL, safetensors([1]));
    await writeIn(root, 'broken/model.safetensors', safetensors([2]));
    const more = '  broken: {outputs: [broken/**], gate: {}}\n  by-hand: {higher-is-better: [gain]}\n';
    const watched = await watchWorkspace(root, PROJECT + more);
    await watched.watcher.rescan();
    await watched.untilRegistered(1);
    expect(watched.registered.map(({ version }) => version.model)).toEqual(['fraud']);
    expect(watched.problems).toEqual([
      expect.objectContaining({ code: 'PROJECT_FILE_INVALID', message: expect.stringContaining('says of broken') }),
    ]);
  });

  it('registers what was trained while the registry was away, once it is there again', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    const { dir } = watched.registry.location;
    await rename(dir, `${dir}-aside`);
    await watched.write(MODEL, safetensors([1]));
    await until(
      () => watched.problems.length > 0,
      () => 'no problem',
    );
    expect(watched.problems).toEqual([expect.objectContaining({ code: 'REGISTRY_GONE' })]);
    expect(existsSync(dir)).toBe(false);
    await rename(`${dir}-aside`, dir);
    await watched.untilRegistered(1);
    expect(watched.problems).toHaveLength(1);
  });

  it('finds a folder that is made later', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    expect(watched.registered[0]?.version.number).toBe(1);
  });

  it('leaves files alone whose registration was cancelled, until they change', async () => {
    const root = await makeWorkspace();
    let cancelled = 0;
    const watched = await watchWorkspace(root, undefined, (watcher) => {
      cancelled += 1;
      if (cancelled === 1) watcher.cancel();
    });
    await watched.write(MODEL, safetensors(Array.from({ length: 1_000_000 }, (_, index) => index)));
    await until(
      () => cancelled > 0,
      () => 'no progress',
    );
    await watched.watcher.rescan();
    await watched.watcher.rescan();
    expect(cancelled).toBe(1);
    expect(watched.problems).toEqual([]);
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    expect(watched.registered[0]?.version).toMatchObject({ number: 1, artifact: { fileCount: 1 } });
  });

  it('never registers a file that is half written, however slowly it grows', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    const bytes = safetensors([1, 2, 3, 4]);
    await watched.write(MODEL, bytes.subarray(0, 10));
    const file = join(watched.root, MODEL);
    for (let offset = 10; offset < bytes.length; offset += 16) {
      // Longer than the outputs must rest to count as written.
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(watched.registered).toEqual([]);
      await appendFile(file, bytes.subarray(offset, offset + 16));
    }
    await watched.untilRegistered(1);
    expect(watched.registered[0]?.version.artifact.sizeBytes).toBe(bytes.length);
  });

  it('never registers a file that was given its size before its content', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    const bytes = safetensors([1, 2, 3, 4]);
    await watched.write(MODEL, '');
    await truncate(join(watched.root, MODEL), bytes.length);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(watched.registered).toEqual([]);
    await writeFile(join(watched.root, MODEL), bytes);
    await watched.untilRegistered(1);
  });

  it('takes a file that is renamed into place, and not its temporary name', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write(`${MODEL}.tmp`, safetensors([1]));
    await rename(join(watched.root, `${MODEL}.tmp`), join(watched.root, MODEL));
    await watched.untilRegistered(1);
    const { files } = await watched.registry.show({ ref: 'fraud@1' });
    expect(files?.map((file) => file.path)).toEqual(['model.safetensors']);
  });

  it('makes a version for each new content, and none for the same bytes again', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    await watched.write(MODEL, safetensors([1]));
    await watched.watcher.rescan();
    await watched.write(MODEL, safetensors([2]));
    await watched.untilRegistered(2);
    const { items } = await watched.registry.listVersions({ model: 'fraud' });
    expect(items.map((version) => version.number)).toEqual([2, 1]);
    expect(watched.problems).toEqual([]);
  });

  it('attaches metrics that are written after the model to that version', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    await watched.write('reports/metrics.json', '{"auc": 0.7}');
    await until(
      async () => (await watched.registry.show({ ref: 'fraud@1' })).metrics.auc === 0.7,
      () => 'the metrics are missing',
    );
  });

  it('leaves the metrics of the run before to the version before', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write('reports/metrics.json', '{"auc": 0.7}');
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    await watched.write(MODEL, safetensors([2]));
    await watched.untilRegistered(2);
    expect((await watched.registry.show({ ref: 'fraud@2' })).metrics).toEqual({});
    await watched.write('reports/metrics.json', '{"auc": 0.8}');
    await until(
      async () => (await watched.registry.show({ ref: 'fraud@2' })).metrics.auc === 0.8,
      () => 'the metrics are missing',
    );
    expect((await watched.registry.show({ ref: 'fraud@1' })).metrics).toEqual({ auc: 0.7 });
  });

  it('registers an output once where two windows watch it', async () => {
    const root = await makeWorkspace();
    const first = await watchWorkspace(root);
    const second = await watchWorkspace(root);
    await first.write(MODEL, safetensors([5]));
    const told = ({ registered, elsewhere }: Watched) => [...registered, ...elsewhere].map(({ version }) => version.id);
    await until(
      async () => first.registered.length + second.registered.length > 0,
      () => 'nobody registered it',
    );
    await Promise.all([first.watcher.rescan(), second.watcher.rescan()]);
    expect(first.registered.length + second.registered.length).toBe(1);
    // Whoever came so late that the version was there already has nothing to tell.
    expect(new Set([...told(first), ...told(second)]).size).toBe(1);
    expect((await first.registry.listVersions({ model: 'fraud' })).items).toHaveLength(1);
  });

  it('registers an output once where two that know different things of its run come at the same moment', async () => {
    const root = await makeWorkspace();
    const window = await watchWorkspace(root);
    const terminal = await watchWorkspace(root);
    const file = join(root, 'trained/model.safetensors');
    const seen = { commit: 'a'.repeat(40), isDirty: true, capturedAt: 'start' } as const;
    for (let round = 1; round <= 6; round += 1) {
      await writeIn(root, 'trained/model.safetensors', safetensors([round]));
      const asked = { model: 'other', paths: [file], via: 'auto' } as const;
      const since = new Date(Date.now() - 1).toISOString();
      const results = await Promise.all([
        window.registry.register({ ...asked, onlyNewBytes: { since }, code: seen, metrics: { auc: 0.9 } }),
        terminal.registry.register({ ...asked, onlyNewBytes: true, params: { depth: '3' } }),
      ]);
      expect(results.map(({ version }) => version.number)).toEqual([round, round]);
      expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
      const { items } = await terminal.registry.listVersions({ model: 'other' });
      expect(items).toHaveLength(round);
      expect(items[0]?.metrics).toEqual({ auc: 0.9 });
    }
  });

  it('says what is wrong with a metrics file, and adds its metrics to the version when that was put right', async () => {
    const watched = await watchWorkspace(await makeWorkspace());
    await watched.write('reports/metrics.json', '{"auc": ');
    await watched.write(MODEL, safetensors([1]));
    await watched.untilRegistered(1);
    expect(String(watched.problems[0])).toContain('metrics.json');
    expect(watched.registered[0]?.version.metrics).toEqual({});
    await watched.write('reports/metrics.json', '{"auc": 0.9}');
    await until(
      async () => (await watched.registry.show({ ref: 'fraud@1' })).metrics.auc === 0.9,
      () => 'the metrics were not added',
    );
    expect(watched.registered).toHaveLength(1);
  });

  it('leaves folders of tools alone', async () => {
    const root = await makeWorkspace();
    await mkdir(join(root, 'node_modules/x'), { recursive: true });
    await writeIn(root, 'node_modules/x/a.safetensors', safetensors([1]));
    await writeIn(root, '.venv/lib/b.safetensors', safetensors([2]));
    const watched = await watchWorkspace(root, 'models:\n  fraud:\n    outputs: ["**/*.safetensors"]\n');
    await watched.write('runs/model.safetensors', safetensors([3]));
    await watched.untilRegistered(1);
    const { files } = await watched.registry.show({ ref: 'fraud@1' });
    expect(files?.map((file) => file.path)).toEqual(['model.safetensors']);
  });
});
