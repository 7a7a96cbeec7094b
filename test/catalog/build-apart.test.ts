import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRegistry } from '../../bench/make-registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { buildInto } from '../cli/harness/build.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-registry-apart-'));
  await buildInto(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is in the registry that was opened, with or without another process, and from single commits or segments. */
async function contentOf(dir: string, workerFile: string | undefined) {
  const registry = await openRegistry({
    dir,
    author: { name: 'Ann', email: '' },
    via: 'cli',
    stateDir: join(folder, 'state'),
    ...(workerFile === undefined ? {} : { workerFile }),
  });
  const versions = await registry.listVersions({ limit: 200 });
  const content = {
    built: await registry.rebuild(),
    versions,
    models: await registry.listModels(),
    found: await registry.search({ query: 'auc>0.9 calibrated' }),
    production: await registry.production(),
    log: await registry.log({ limit: 100 }),
  };
  const note = await registry.note({ ref: versions.items[0]?.id ?? '', text: 'written on what was built' });
  await registry.close();
  return { content, note };
}

it('a long log is made a catalog of by another process, the same, and nothing is left of it but the catalog', async () => {
  const [apart, here] = [join(folder, 'apart'), join(folder, 'here')];
  makeRegistry({ dir: apart, versions: 2000 });
  await cp(apart, here, { recursive: true });
  const [one, other] = [await contentOf(apart, join(folder, 'worker.js')), await contentOf(here, undefined)];
  expect(one.content).toEqual(other.content);
  expect(await readdir(join(apart, 'staging'))).toEqual([]);
  expect((await contentOf(apart, join(folder, 'worker.js'))).content.log.items[0]).toMatchObject({
    seq: one.content.built.commits + 1,
  });
});

it('a process that can make none leaves it to the one that asked', async () => {
  const dir = join(folder, 'left');
  makeRegistry({ dir, versions: 2000 });
  const { content } = await contentOf(dir, join(folder, 'no-such-worker.js'));
  expect(content.built).toEqual({ commits: content.built.commits, versions: 2000 });
});
