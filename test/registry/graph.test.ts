import { describe, expect, it } from 'vitest';
import type { RegisterRequest } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace, type Place } from './opened.ts';

async function register(place: Place, registry: Registry, model: string, request: Partial<RegisterRequest> = {}) {
  const file = await place.write(`out/${model}.bin`, `${model} ${Math.random()}`);
  return (await registry.register({ model, paths: [file], ...request })).version;
}

/** What went into what, by labels. */
async function edgesOf(registry: Registry, of: string): Promise<readonly string[]> {
  const { nodes, edges } = await registry.graph({ of });
  const label = (id: string) => nodes.find((node) => node.id === id)?.label;
  return edges.map(({ from, to }) => `${label(from)} → ${label(to)}`).sort();
}

const code = { commit: 'a'.repeat(40), branch: 'main', isDirty: true, capturedAt: 'start' } as const;

describe('the graph', () => {
  it('of a version has what made it, the models before it, and what it went into, each once', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, 'base', { base: 'google/bert', code });
    const source = await place.write('data/train.csv', 'x');
    await register(place, registry, 'tuned', {
      base: 'base@1',
      code,
      dataPaths: [{ path: 'data/train.csv', source }],
      environment: { python: '3.12.4', packages: [{ name: 'numpy', version: '2.0.0' }] },
    });
    await register(place, registry, 'small', { base: 'tuned@1' });
    await register(place, registry, 'smaller', { base: 'small@1' });
    expect(await edgesOf(registry, 'tuned@1')).toEqual([
      'Python 3.12.4 → tuned@1',
      'aaaaaaaaaaaa → tuned@1',
      'base@1 → tuned@1',
      'data/train.csv → tuned@1',
      'google/bert → base@1',
      'small@1 → smaller@1',
      'tuned@1 → small@1',
    ]);
    const { nodes, subject } = await registry.graph({ of: 'tuned@1' });
    expect(nodes.find(({ id }) => id === subject)).toMatchObject({ label: 'tuned@1', stage: 'candidate' });
    expect(nodes.find(({ kind }) => kind === 'code')).toMatchObject({
      detail: 'main, with uncommitted changes',
      of: `commit:${code.commit}`,
    });
    for (const { of } of nodes)
      if (of !== undefined) expect((await registry.graph({ of })).nodes.length, of).toBeGreaterThan(1);
  });

  it('says that code had changes where only a submodule of it had', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const submodules = [{ path: 'vend', commit: 'b'.repeat(40), isDirty: true }] as const;
    await register(place, registry, 'tuned', { code: { ...code, isDirty: false, submodules } });
    const { nodes } = await registry.graph({ of: 'tuned@1' });
    expect(nodes.find(({ kind }) => kind === 'code')).toMatchObject({ detail: 'main, with uncommitted changes' });
  });

  it('of a commit, data, a package or a base model has the versions that it went into', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, 'a', {
      base: 'google/bert',
      code,
      environment: { packages: [{ name: 'numpy', version: '2.0.0' }] },
    });
    await register(place, registry, 'b', { base: 'a@1' });
    for (const of of ['aaaaaaaa', 'numpy<3', 'google/bert', `commit:${code.commit}`])
      expect(
        (await edgesOf(registry, of)).map((edge) => edge.replace(/^.* → a@1/, '… → a@1')),
        of,
      ).toEqual(expect.arrayContaining(['… → a@1', 'a@1 → b@1']));
  });

  it('leaves out what can’t be looked at any more, and says how much', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (let index = 0; index < 15; index += 1) await register(place, registry, 'a', { base: 'google/bert' });
    const { nodes } = await registry.graph({ of: 'google/bert' });
    expect(nodes.filter(({ kind }) => kind === 'version')).toHaveLength(12);
    expect(nodes.filter(({ kind }) => kind === 'more')).toMatchObject([{ label: '3 more', detail: 'versions' }]);
  });
});
