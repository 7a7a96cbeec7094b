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
});
