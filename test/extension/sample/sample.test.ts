import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSampleProject } from '../../../src/extension/sample/sample-project.ts';
import { registerSampleVersions } from '../../../src/extension/sample/sample-versions.ts';
import { declaredIn } from '../../../src/gates/declared.ts';
import { evaluateGates } from '../../../src/gates/evaluate-gates.ts';
import { codeBetweenVersions } from '../../../src/lineage/version-code.ts';
import { readProject } from '../../../src/project/project-file.ts';
import { locateRegistry } from '../../../src/registry/location.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';
import { readMetricsFile, readParamsFile } from '../../../src/runs/values-file.ts';

const examples = resolve(import.meta.dirname, '../../../examples');
let dir: string;
let source: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-sample-test-'));
  source = join(dir, 'source');
  await mkdir(source);
  const isSource = (path: string) => !/(data|models|reports|params\.yaml|__pycache__)$/.test(path);
  await cp(join(examples, 'fraud-detector'), join(source, 'project'), { recursive: true, filter: isSource });
  await cp(join(examples, 'sample-runs.json'), join(source, 'runs.json'));
  await cp(join(examples, 'sample-readme.md'), join(source, 'README.md'));
});
afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

async function makeSample() {
  const folder = join(dir, 'fraud-detector');
  const project = await writeSampleProject(source, folder);
  const located = await locateRegistry({ cwd: folder });
  await initRegistry({ dir: located.dir });
  const author = { name: 'Ann', email: 'ann@example.org' };
  const registry = await openRegistry({ dir: located.dir, author, via: 'editor', stateDir: join(dir, 'state') });
  const readValues = async (files: { readonly metrics: readonly string[]; readonly params: readonly string[] }) => ({
    metrics: Object.assign({}, ...(await Promise.all(files.metrics.map((file) => readMetricsFile(file))))),
    params: Object.assign({}, ...(await Promise.all(files.params.map((file) => readParamsFile(file))))),
  });
  await registerSampleVersions({ registry, readValues }, folder, project);
  return { folder, registry, how: located.how };
}

it('has three versions, one in production, one to go back to, and one that a gate holds', async () => {
  const { folder, registry, how } = await makeSample();
  expect(how).toBe('git');
  expect((await registry.listVersions({ model: 'fraud-detector' })).items).toMatchObject([
    { number: 3, stage: 'candidate', metrics: { auc: expect.any(Number), calibration_error: expect.any(Number) } },
    { number: 2, stage: 'production', params: { fraud_weight: '1' } },
    { number: 1 },
  ]);
  expect(await registry.rollbackTarget({ model: 'fraud-detector' })).toMatchObject({ target: { number: 1 } });
  const project = await readProject(folder);
  const request = { ref: 'fraud-detector@3', stage: 'production' };
  const { results } = await evaluateGates(registry, request, (model) =>
    declaredIn({ project, root: undefined }, model),
  );
  expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed']);
  const { before, after } = await registry.changes({ model: 'fraud-detector' });
  const ids = { folders: [folder], beforeId: before.id, afterId: after.id };
  expect(await codeBetweenVersions(registry, ids)).toMatchObject({ added: { count: 1 }, fileCount: 2 });
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })).toBe('');
  await registry.close();
});

it('has the versions that its training script makes', async () => {
  const folder = join(dir, 'fraud-detector');
  const { runs } = await writeSampleProject(source, folder);
  for (const { name, model, metrics, params } of runs) {
    execFileSync('python3', ['train.py', '--config', `configs/${name}.json`], { cwd: folder, stdio: 'ignore' });
    expect((await readFile(join(folder, 'models/fraud/model.safetensors'))).toString('base64')).toBe(model);
    expect(await readFile(join(folder, 'reports/metrics.json'), 'utf8')).toBe(metrics);
    expect(await readFile(join(folder, 'params.yaml'), 'utf8')).toBe(params);
  }
});
