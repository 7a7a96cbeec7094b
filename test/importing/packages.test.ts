import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedPackages } from '../../src/importing/recorded-packages.ts';
import { parseRequirements } from '../../src/importing/requirements.ts';
import { RunFiles } from '../../src/runs/run-files.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { makePlace } from '../registry/opened.ts';
import { importFrom, project } from './importing.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/packages');
const MODELS = 'mlruns/856218734637370494/models';

async function packagesIn(name: string, ...without: readonly string[]) {
  const root = await temporaryFolder();
  await cp(join(FIXTURES, name), join(root, 'model'), { recursive: true });
  for (const file of without) await rm(join(root, 'model', file));
  return recordedPackages('mlflow', { label: '1', paths: ['model'], sizeBytes: 1 }, await RunFiles.of(root));
}

describe('packages that MLflow recorded', () => {
  it('are those that it found, with Python, from either of its files', async () => {
    const found = await packagesIn('mlflow');
    expect(found?.environment.python).toBe('3.11.7');
    expect(found?.environment.packages).toHaveLength(13);
    expect(found?.environment.packages).toContainEqual({ name: 'scikit-learn', version: '1.9.1' });
    expect(found?.why).toContain('that loading the model needs, and no others');
    expect(await packagesIn('mlflow', 'requirements.txt', 'python_env.yaml')).toEqual(found);
  });

  it('are only those with a version where a person wrote them, and never an address', async () => {
    const found = await packagesIn('mlflow-given');
    expect(found?.environment.packages).toEqual([
      { name: 'mlflow', version: '3.17.2' },
      { name: 'pandas', version: '2.3.3' },
    ]);
    expect(found?.why).toContain('3 of them without a version');
  });

  it('become the dependencies of an imported version, that it can be found by', async () => {
    const root = await project('mlflow-files');
    for (const id of await readdir(join(root, MODELS)))
      await cp(join(FIXTURES, 'mlflow'), join(root, MODELS, id, 'artifacts'), { recursive: true });
    const registry = await (await makePlace()).open();
    await importFrom(root, registry);
    const { items } = await registry.impact({ of: 'scikit-learn==1.9.1' });
    expect(items).toHaveLength(3);
    const { lineage } = await registry.show({ ref: items[0]?.version.id ?? '' });
    expect(lineage.dependencies.map(({ name }) => name)).toContain('torch');
    expect(lineage.environment?.python).toBe('3.11.7');
    expect(lineage.missing.filter(({ what }) => what === 'dependencies')).toMatchObject([
      { why: expect.stringContaining('MLflow recorded the packages') },
    ]);
  });
});

it('takes all packages of the environment that W&B saw', async () => {
  const root = await temporaryFolder();
  await cp(join(FIXTURES, 'wandb-files'), join(root, 'run/files'), { recursive: true });
  const run = { tracker: 'wandb', place: 'run' } as const;
  const version = { label: '1', paths: ['run/files/model.pt'], sizeBytes: 1, run };
  const found = await recordedPackages('wandb', version, await RunFiles.of(root));
  const lines = (await readFile(join(FIXTURES, 'wandb-files/requirements.txt'), 'utf8')).trim().split('\n');
  expect(found?.environment.packages).toHaveLength(lines.length);
  expect(found?.why).toBeUndefined();
});

it('tells of a file that is none, and takes nothing of it', async () => {
  const root = await temporaryFolder();
  await write(root, 'model/conda.yaml', 'a: [\n');
  await write(root, 'model/requirements.txt', 'numpy==2.0\n');
  const files = await RunFiles.of(root);
  await expect(recordedPackages('mlflow', { label: '1', paths: ['model'], sizeBytes: 1 }, files)).rejects.toThrow(
    'conda.yaml',
  );
});

it('reads any requirements in time, each name once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('a==1', 'A==2', 'b_c==1!2.0+cu', '-r x', '# no'))),
      (lines) => {
        const { packages } = parseRequirements(lines);
        const names = packages.map(({ name }) => name.toLowerCase().replace(/[-_.]+/g, '-'));
        expect(new Set(names).size).toBe(names.length);
        expect([...names].sort()).toEqual(names);
      },
    ),
  );
  expect(parseRequirements([`a==${'1'.repeat(100_000)}`, `${'a '.repeat(100_000)}==1`])).toEqual({
    packages: [],
    others: 2,
  });
});
