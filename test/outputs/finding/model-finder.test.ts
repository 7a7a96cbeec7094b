import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ModelFinder } from '../../../src/outputs/finding/model-finder.ts';
import { parseProject } from '../../../src/project/parse-project.ts';
import { safetensors } from '../safetensors.ts';

async function workspace(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'model-registry-finder-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

const find = (root: string, options: { readonly sinceMs?: number; readonly project?: string } = {}) =>
  new ModelFinder(root).find({
    sinceMs: options.sinceMs ?? 0,
    project: options.project === undefined ? undefined : parseProject(options.project, 'model-registry.yaml'),
  });

describe('a model that nothing declares', () => {
  it('is found with the metrics and params beside it', async () => {
    const root = await workspace({
      'models/fraud/model.safetensors': safetensors([1]),
      'reports/metrics.json': '{"auc": 0.9}',
      'params.yaml': 'lr: 0.1\n',
      'train.py': '',
    });
    expect(await find(root)).toEqual({
      name: 'fraud',
      outputs: ['models/fraud/**'],
      metrics: ['reports/metrics.json'],
      params: ['params.yaml'],
      example: 'models/fraud/model.safetensors',
    });
  });

  it('is not offered with metrics that may be those of a declared model', async () => {
    const root = await workspace({
      'a/fraud/model.safetensors': safetensors([1]),
      'b/churn/model.safetensors': safetensors([2]),
      'b/metrics.json': '{"auc": 0.8}',
      'metrics.json': '{"auc": 0.99}',
      'reports/metrics.json': '{"auc": 0.98}',
      'params.yaml': 'lr: 0.1\n',
    });
    const project = 'models: {a: {outputs: [a/fraud/**], metrics: [reports/metrics.json]}}';
    expect(await find(root, { project })).toMatchObject({
      outputs: ['b/churn/**'],
      metrics: ['b/metrics.json'],
      params: ['params.yaml'],
    });
  });

  it('is none that a project file declares', async () => {
    const root = await workspace({ 'models/a.safetensors': safetensors([1]) });
    expect(await find(root, { project: 'models: {a: {outputs: [models/**]}}' })).toBeUndefined();
  });

  it('is none that was there before', async () => {
    const root = await workspace({ 'models/a.safetensors': safetensors([1]) });
    expect(await find(root, { sinceMs: Date.now() + 1000 })).toBeUndefined();
    expect(await find(root, { sinceMs: Date.now() - 60_000 })).toMatchObject({ name: 'a' });
  });

  it('is none that is being written', async () => {
    const root = await workspace({ 'models/a.safetensors': safetensors([1, 2, 3]).subarray(0, -4) });
    expect(await find(root)).toBeUndefined();
  });

  it('is none whose name could be anything, and whose content is no model', async () => {
    const root = await workspace({ 'data/rows.bin': 'rows', 'out/model_info.json': '{"a": 1}', 'cache.h5': 'x' });
    expect(await find(root)).toBeUndefined();
  });

  it('is the newest of several', async () => {
    const root = await workspace({ 'a.safetensors': safetensors([1]), 'b.safetensors': safetensors([2]) });
    await utimes(join(root, 'a.safetensors'), new Date(), new Date(Date.now() + 60_000));
    expect(await find(root)).toMatchObject({ name: 'a' });
  });

  /** As Python's pickle writes `{'w': [1]}`, and what pandas writes of a table. */
  const DICTIONARY = Uint8Array.from([0x80, 4, 0x7d, 0x94, 0x8c, 1, 0x77, 0x94, 0x5d, 0x94, 0x4b, 1, 0x61, 0x73, 0x2e]);
  const TABLE = 'cpandas.core.frame\nDataFrame\n)\u0081}b.';
  const ARRAY = 'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0tR.';
  const OWN = 'c__main__\nNet\n)\u0081}b.';

  it.each([
    ['models/churn.pkl', 'churn'],
    ['model/churn/v1.pickle', 'churn'],
    ['saved_models/ranker.pkl', 'ranker'],
    ['outputs/churn.pkl', 'churn'],
    ['data/artifacts/churn.pkl', 'churn'],
    ['checkpoints/trained.pkl', expect.any(String)],
  ])('is one that a file doesn’t say of itself where models are kept: %s', async (path, name) => {
    const root = await workspace({ [path]: DICTIONARY, 'metrics.json': '{"auc": 0.9}' });
    expect(await find(root)).toMatchObject({ name, example: path });
  });

  it('is an array where models are kept, and an object of a class of one’s own', async () => {
    expect(await find(await workspace({ 'models/churn.pkl': bytes(ARRAY) }))).toMatchObject({ name: 'churn' });
    expect(await find(await workspace({ 'models/churn.pkl': bytes(OWN) }))).toMatchObject({ name: 'churn' });
  });

  it('is an object of the script’s own class beside the metrics of its run', async () => {
    const root = await workspace({ 'churn/a.pkl': bytes(OWN), 'churn/metrics.json': '{"auc": 0.9}' });
    expect(await find(root)).toMatchObject({ example: 'churn/a.pkl' });
  });

  it('is one that a file doesn’t say of itself where the same run wrote metrics beside it', async () => {
    const root = await workspace({ 'churn/a.pkl': DICTIONARY, 'churn/metrics.json': '{"auc": 0.9}' });
    expect(await find(root)).toMatchObject({ example: 'churn/a.pkl', metrics: ['churn/metrics.json'] });
    await utimes(join(root, 'churn/metrics.json'), new Date(), new Date(Date.now() - 3_600_000));
    expect(await find(root)).toBeUndefined();
  });

  it.each([
    ['without metrics beside it', 'churn.pkl', DICTIONARY],
    ['with data', 'data/metrics.json|data/churn.pkl', DICTIONARY],
    ['with data below outputs', 'outputs/features/churn.pkl', DICTIONARY],
    ['in a cache', 'output/cache/churn.pkl', DICTIONARY],
    ['called as data are', 'models/X_train.pkl', DICTIONARY],
    ['called as features are', 'outputs/features.pkl', DICTIONARY],
    ['called as a cache is', 'metrics.json|cache.pkl', DICTIONARY],
    ['called as what was predicted', 'outputs/predictions-2024.pkl', DICTIONARY],
    ['called as what a model needs', 'models/label_encoder.pkl', DICTIONARY],
    ['with a table', 'models/churn.pkl', bytes(TABLE)],
    ['with an array', 'data/churn.pkl', bytes(ARRAY)],
    ['with an object of the script’s own class', 'churn.pkl', bytes(OWN)],
    ['with an object of the script’s own class, called as settings are', 'models/config.pkl', bytes(OWN)],
    ['that can’t be read', 'models/churn.pkl', 'rows'],
    ['of a kind that isn’t known', 'models/churn.bin', DICTIONARY],
  ])('is no file %s that doesn’t say of itself that it is one', async (_, paths, content) => {
    const root = await workspace(Object.fromEntries(paths.split('|').map((path) => [path, content])));
    expect(await find(root)).toBeUndefined();
  });

  it('is none beside which a surer one was written, or is declared', async () => {
    const root = await workspace({ 'models/words.pkl': DICTIONARY });
    await writeFile(join(root, 'models/churn.safetensors'), safetensors([1]));
    await utimes(join(root, 'models/words.pkl'), new Date(), new Date(Date.now() + 60_000));
    expect(await find(root)).toMatchObject({ example: 'models/churn.safetensors' });
    const project = 'models: {churn: {outputs: [models/churn.*]}}';
    expect(await find(root, { project })).toBeUndefined();
  });
});
