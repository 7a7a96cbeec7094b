import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { importPlace, surveyFolder } from '../../src/importing/survey.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { onWindows } from '../on-windows.ts';
import { safetensors } from '../outputs/safetensors.ts';
import { makePlace } from '../registry/opened.ts';
import { fixture as runFixture } from '../runs/fixtures.ts';
import { importFrom, project } from './importing.ts';

async function opened() {
  return (await makePlace()).open();
}

/** The project that DVC and GTO left, cloned from its bundle, with DVC's cache. */
async function dvcProject(): Promise<{ readonly root: string; readonly commits: readonly string[] }> {
  const kept = await project('dvc');
  const root = join(kept, 'clone');
  execFileSync('git', ['clone', '-q', '-b', 'main', join(kept, 'project.bundle'), root], { stdio: 'ignore' });
  await rename(join(kept, 'cache/cache'), join(root, '.dvc/cache'));
  const told: unknown = JSON.parse(await readFile(join(kept, 'expected.json'), 'utf8'));
  return { root, ...v.parse(v.object({ commits: v.array(v.string()) }), told) };
}

describe('looking through a folder', () => {
  it.each([
    [
      'pointers of DVC',
      (index: number) => `model-${index}.pt.dvc`,
      'outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: m.pt\n',
    ],
    ['model files', (index: number) => `model-${index}.bin.pt`, 'weights'],
    ['runs of W&B', (index: number) => `wandb/run-20260101_0000${10 + index}-abc${index}/files/model.pt`, 'weights'],
  ])('ends when it is cancelled, also in the middle of %s', async (_, pathOf, text) => {
    const root = await temporaryFolder();
    for (let index = 0; index < 40; index += 1) await write(root, pathOf(index), text);
    await expect(surveyFolder({ root })).resolves.toHaveProperty('problems');
    const { signal, looks } = cancelledAfter(30);
    await expect(surveyFolder({ root, signal })).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    // What it was in the middle of, and no more.
    expect(looks()).toBeLessThan(60);
  });
});

/** A signal that is given once it was looked at so many times. */
function cancelledAfter(count: number): { readonly signal: AbortSignal; readonly looks: () => number } {
  const controller = new AbortController();
  let looks = 0;
  const signal = new Proxy(controller.signal, {
    get(target, name) {
      if (name === 'aborted' || name === 'throwIfAborted') looks += 1;
      if (looks > count) controller.abort();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { signal, looks: () => looks };
}

describe('a project of DVC', () => {
  it('gives each version that GTO registered with its files from the cache, its commit and its stage', async () => {
    const { root, commits } = await dvcProject();
    const registry = await opened();
    const { report } = await importFrom(root, registry, { withStages: true });
    expect(report.versions.map(({ model, label, outcome }) => `${model} ${label} ${outcome}`)).toEqual([
      'churn v1.0.0 added',
      'churn v1.9.0 added',
      'churn v1.10.0 added',
      expect.stringMatching(/^tree [0-9a-f]{8} added$/),
    ]);
    const contents: string[] = [];
    for (const number of [1, 2, 3]) {
      const { files = [] } = await registry.show({ ref: `churn@${number}` });
      expect(files.map(({ path }) => path)).toEqual(['churn.pkl']);
      const bytes = await registry.fileBytes({ ref: `churn@${number}`, path: 'churn.pkl' });
      contents.push(Buffer.from(bytes).toString());
    }
    expect(contents).toEqual(['weights 1', 'weights 3', 'weights 2']);
    const { lineage, description, tags } = await registry.show({ ref: 'churn@2' });
    expect(lineage.code).toMatchObject({ commit: commits[2], isDirty: false });
    expect([description, tags['imported-from'], tags['imported-author']]).toEqual([
      'Who leaves',
      'dvc:models/churn.pkl@v1.9.0',
      'Ada',
    ]);
    expect(report.stages.map(({ number, to, outcome }) => `${number} ${to} ${outcome}`)).toEqual([
      '2 staging set',
      '3 production set',
    ]);
  });

  it('gives what a stage wrote with the metrics and params of the pipeline', async () => {
    const { root } = await dvcProject();
    const registry = await opened();
    await importFrom(root, registry, { names: ['tree'] });
    expect(await registry.show({ ref: 'tree@1' })).toMatchObject({
      metrics: { auc: 0.9 },
      params: { depth: '3' },
      lineage: { run: { tracker: 'dvc', name: 'train', command: 'python train.py' } },
    });
    expect(
      (await importFrom(root, registry)).report.versions.filter(
        ({ model, outcome }) => model === 'tree' && outcome === 'added',
      ),
    ).toEqual([]);
  });

  it('says what to fetch of versions whose files are not in the cache', async () => {
    const { root } = await dvcProject();
    await rm(join(root, '.dvc/cache'), { recursive: true });
    const { models } = await surveyFolder(await importPlace(root));
    const problems = models.flatMap(({ versions }) => versions.map(({ problem }) => problem));
    expect(problems).toEqual([
      ...Array(3).fill(expect.stringContaining('dvc fetch --all-tags')),
      expect.stringContaining('dvc pull out/tree.joblib'),
    ]);
  });

  it('that names files outside of the workspace gives nothing of them', async () => {
    const root = join(await temporaryFolder(), 'project');
    await write(root, '../outside.pkl', 'secret');
    await write(
      root,
      'dvc.yaml',
      'artifacts:\n  a: {path: ../outside.pkl, type: model}\n  b: {path: /etc/passwd, type: model}\n  __proto__: {path: x.pkl}\n',
    );
    await write(
      root,
      'models/x.pkl.dvc',
      'outs:\n- {md5: 0123456789abcdef0123456789abcdef, path: ../../outside.pkl}\n',
    );
    const object = '.dvc/cache/files/md5/01/23456789abcdef0123456789abcdef.dir';
    await write(root, object, JSON.stringify([{ md5: 'ab23456789abcdef0123456789abcdef', relpath: '../../escaped' }]));
    await write(root, '.dvc/cache/files/md5/ab/23456789abcdef0123456789abcdef', 'x');
    await write(
      root,
      'm.safetensors.dvc',
      'outs:\n- {md5: 0123456789abcdef0123456789abcdef.dir, path: m.safetensors}\n',
    );
    const { models } = await surveyFolder(await importPlace(root));
    expect(models.flatMap(({ versions }) => versions.flatMap(({ paths }) => paths))).toEqual([]);
  });
});

describe('a folder of Hugging Face', () => {
  it('gives the model that a training ended with, with its metrics, and without what only training needs', async () => {
    const root = await runFixture('huggingface');
    await write(root, 'out/optimizer.pt', 'moments');
    const registry = await opened();
    await importFrom(root, registry);
    const { items } = await registry.listModels({});
    expect(items).toHaveLength(1);
    const version = await registry.show({ ref: items[0]?.name ?? '' });
    const paths = version.files?.map(({ path }) => path) ?? [];
    expect(paths).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'trainer_state.json']));
    expect(paths.filter((path) => /optimizer|checkpoint|^runs/.test(path))).toEqual([]);
    expect(version.lineage.run).toMatchObject({ tracker: 'huggingface' });
    expect(Object.keys(version.metrics).length).toBeGreaterThan(0);
    expect((await importFrom(root, registry)).report.versions.map(({ outcome }) => outcome)).toEqual(['known']);
  });

  it('that is the project itself gives what the hub names so, and nothing of the project', async () => {
    const root = join(await temporaryFolder(), 'tiny-bert');
    await write(root, 'config.json', '{"model_type": "bert"}');
    await write(root, 'model.safetensors', safetensors([1]));
    await write(root, 'tokenizer.json', '{}');
    for (const other of ['requirements.txt', 'train.py', 'package.json', 'data/train.bin'])
      await write(root, other, '{}');
    const registry = await opened();
    await importFrom(root, registry);
    const version = await registry.show({ ref: 'tiny-bert@1' });
    expect(version.files?.map(({ path }) => path)).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  });

  it.skipIf(onWindows('links need a right there'))(
    'gives the revisions in a cache of the hub under their own names, without links',
    async () => {
      const root = await temporaryFolder();
      const place = 'cache/hub/models--acme--tiny-bert';
      const revision = '0123456789abcdef0123456789abcdef01234567';
      await write(root, `${place}/blobs/aaaa`, safetensors([1]));
      await write(root, `${place}/blobs/bbbb`, '{"model_type": "bert"}');
      await mkdir(join(root, place, `snapshots/${revision}`), { recursive: true });
      await symlink('../../blobs/aaaa', join(root, place, `snapshots/${revision}/model.safetensors`));
      await symlink('../../blobs/bbbb', join(root, place, `snapshots/${revision}/config.json`));
      await symlink('/etc/hostname', join(root, place, `snapshots/${revision}/hostname`));
      const registry = await opened();
      await importFrom(root, registry);
      const { files, tags } = await registry.show({ ref: 'tiny-bert@1' });
      expect(files?.map(({ path }) => path)).toEqual(['config.json', 'model.safetensors']);
      expect(tags['imported-from']).toBe(`huggingface:acme/tiny-bert@${revision}`);
    },
  );
});

describe('runs of W&B', () => {
  it('give the models that they saved, and artifacts that were fetched, each once', async () => {
    const root = await runFixture('wandb-offline');
    const [run = ''] = await readdir(join(root, 'wandb'));
    await write(root, `wandb/${run}/files/model.safetensors`, safetensors([1]));
    await write(root, 'artifacts/scores-v2/model.onnx', 'onnx 2');
    await write(root, 'artifacts/scores-v10/model.onnx', 'onnx 10');
    const registry = await opened();
    const { report } = await importFrom(root, registry);
    expect(report.versions.filter(({ model }) => model === 'scores').map(({ label }) => label)).toEqual(['v2', 'v10']);
    const saved = report.versions.find(({ model }) => model !== 'scores');
    const version = await registry.show({ ref: saved?.id ?? '' });
    expect(version.lineage.run).toMatchObject({ tracker: 'wandb', id: saved?.label });
    expect(Object.keys(version.metrics).length).toBeGreaterThan(0);
    const again = await importFrom(root, registry);
    expect(new Set(again.report.versions.map(({ outcome }) => outcome))).toEqual(new Set(['known']));
  });
});

describe('model files that nothing tells of', () => {
  it('are found where nothing else is, each with the metrics beside it, and known by their bytes', async () => {
    const root = await temporaryFolder();
    await write(root, 'models/churn.safetensors', safetensors([1]));
    await write(root, 'models/metrics.json', '{"auc": 0.9}');
    const registry = await opened();
    await importFrom(root, registry);
    expect(await registry.show({ ref: 'churn@1' })).toMatchObject({ metrics: { auc: 0.9 } });
    await write(root, 'models/churn.safetensors', safetensors([2]));
    await importFrom(root, registry);
    await write(root, 'models/churn.safetensors', safetensors([1]));
    const { report } = await importFrom(root, registry);
    expect(report.versions).toMatchObject([{ outcome: 'known', number: 1 }]);
    expect((await registry.showModel({ model: 'churn' })).versions).toBe(2);
  });
});

describe('a hostile folder', () => {
  it.skipIf(onWindows('links need a right there'))(
    'is told before anything is registered what registering would refuse, for the same reason',
    async () => {
      const root = join(await temporaryFolder(), 'project');
      await cp(join(import.meta.dirname, 'fixtures/mlflow-files'), root, { recursive: true });
      const before = await surveyFolder(await importPlace(root));
      const [place = ''] = before.models[0]?.versions[0]?.paths ?? [];
      await symlink('/etc/hostname', join(root, place, 'tokenizer.json'));
      const { plan, report } = await importFrom(root, await opened());
      const planned = plan.models[0]?.versions.map(({ problem }) => problem) ?? [];
      expect(planned[0]).toMatch(/tokenizer\.json leads to \/etc\/hostname, outside of /);
      expect(planned.slice(1)).toEqual(before.models[0]?.versions.slice(1).map(({ problem }) => problem));
      const why = report.versions.filter(({ outcome }) => outcome === 'failed').map((version) => version.why);
      expect(why).toEqual(plan.models.flatMap(({ versions }) => versions.flatMap(({ problem }) => problem ?? [])));
    },
  );

  it.skipIf(onWindows('it has no such pipes'))(
    'keeps nobody waiting and breaks nothing: pipes, links in circles, damaged stores',
    async () => {
      const root = join(await temporaryFolder(), 'project');
      await cp(join(import.meta.dirname, 'fixtures/mlflow-files'), root, { recursive: true });
      execFileSync('mkfifo', [
        join(root, 'mlflow.db'),
        join(root, 'pipe.safetensors'),
        join(root, 'mlruns/models/pipe'),
      ]);
      await symlink('.', join(root, 'circle'));
      await symlink('..', join(root, 'mlruns/up'));
      await write(root, 'broken/mlflow.db', 'SQLite format 3\0 and then nothing');
      await write(root, 'mlruns/models/bad/meta.yaml', 'a: &a [*a, *a]\n');
      await write(root, 'mlruns/models/churn/tags/__proto__', 'x');
      await writeFile(join(root, 'dvc.lock'), '{'.repeat(100_000));
      const { models, problems } = await surveyFolder(await importPlace(root));
      expect(models.map(({ name }) => name)).toEqual(['churn', 'churn-challenger']);
      expect(problems.join('\n')).toContain('broken/mlflow.db');
      expect(Object.keys(models[0]?.tags ?? {})).toEqual(['team']);
    },
  );
});
