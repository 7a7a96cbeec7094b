import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../../src/base/errors.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { makePlace, type Place } from './opened.ts';

/** A registry with three versions that is open, and a copy from when it had one. */
async function restorable() {
  const place = await makePlace();
  const registry = await place.open();
  const register = async (text: string, by = registry) =>
    by.register({ model: 'churn', paths: [await place.write('model.bin', text)] });
  await register('one');
  const backup = join(place.dir, 'backup');
  await cp(place.registryDir, backup, { recursive: true });
  await register('two');
  await register('three');
  return { place, registry, register, backup };
}

async function restore({ registryDir }: Place, backup: string): Promise<void> {
  await rm(registryDir, { recursive: true });
  await cp(backup, registryDir, { recursive: true });
}

async function problemOf(asked: Promise<unknown>): Promise<RegistryError> {
  return asked.then(
    () => {
      throw new Error('Nothing was refused.');
    },
    (error: RegistryError) => error,
  );
}

/** The file that an error says to delete. */
function fileIn({ message }: RegistryError): string {
  return /delete (?:it and )?(\S+\.json)/.exec(message)?.[1] ?? '';
}

const numbers = async (registry: Registry) =>
  (await registry.listVersions({ model: 'churn' })).items.map(({ number }) => number);

describe('an older copy of a registry that is put in its place while it is open', () => {
  it('is noticed, nothing is added to it, and the newest one goes on', async () => {
    const { place, registry, register, backup } = await restorable();
    const newest = join(place.dir, 'newest');
    await cp(place.registryDir, newest, { recursive: true });
    await restore(place, backup);
    const before = await place.files();
    expect(await problemOf(registry.production())).toMatchObject({ code: 'LOG_TRUNCATED' });
    expect(await problemOf(register('four'))).toMatchObject({ code: 'LOG_TRUNCATED' });
    expect(await place.files()).toEqual(before);
    await restore(place, newest);
    await register('four');
    expect(await numbers(registry)).toEqual([4, 3, 2, 1]);
  });

  it('is read anew once a person did what the error says', async () => {
    const { place, registry, register, backup } = await restorable();
    await restore(place, backup);
    const changes: number[] = [];
    registry.onDidChange(({ head }) => changes.push(head));
    const file = fileIn(await problemOf(registry.production()));
    await rm(file);
    const other = await place.open();
    await other.rebuild();
    expect(await numbers(registry)).toEqual([1]);
    expect(changes.at(-1)).toBe((await other.head()).seq);
    expect((await register('other two')).version.number).toBe(2);
    expect(await numbers(other)).toEqual([2, 1]);
  });

  it('is noticed when it has gone on in another way since', async () => {
    const { place, registry, register, backup } = await restorable();
    await restore(place, backup);
    const file = fileIn(await problemOf(registry.production()));
    await rm(file);
    const other = await place.open();
    for (const text of ['a', 'b', 'c']) await register(text, other);
    expect(await numbers(registry)).toEqual([4, 3, 2, 1]);
    expect(await registry.head()).toEqual(await other.head());
  });

  it('is told apart from another commit of the same number', async () => {
    const { place, registry } = await restorable();
    const { seq } = await registry.head();
    const file = join(place.registryDir, commitKey(seq));
    const bytes = await readFile(file);
    await writeFile(file, bytes.toString('utf8').replace('"at":"2', '"at":"1'));
    expect(await problemOf(registry.production())).toMatchObject({ code: 'LOG_REWRITTEN' });
    await writeFile(file, bytes);
    expect(await numbers(registry)).toEqual([3, 2, 1]);
  });
});

describe('a last commit that nobody has any more', () => {
  it.each([
    ['by a program that had it open', true],
    ['by one that opens it', false],
  ])('is done without after what the error says, step by step: %s', async (_, isOpen) => {
    const { place, registry, register } = await restorable();
    const { seq } = await registry.head();
    await registry.rebuild();
    if (!isOpen) await registry.close();
    const lost = join(place.registryDir, commitKey(seq));
    await truncate(lost);
    const reader = isOpen ? registry : await place.open();
    const problem = await problemOf(reader.listModels());
    expect(problem).toMatchObject({ code: expect.stringMatching(/^LOG_(DAMAGED|REWRITTEN)$/) });
    await rm(lost);
    await rm(fileIn(problem));
    const again = isOpen ? reader : await place.open();
    await again.rebuild();
    expect(await numbers(again)).toEqual([2, 1]);
    expect((await register('three again', again)).version.number).toBe(3);
  });

  it('that was deleted first leads to the same repair', async () => {
    const { place, registry, register } = await restorable();
    const { seq } = await registry.head();
    await registry.rebuild();
    await registry.close();
    await rm(join(place.registryDir, commitKey(seq)));
    const file = fileIn(await problemOf((await place.open()).listModels()));
    await rm(file);
    const again = await place.open();
    expect(await problemOf(again.listModels())).toMatchObject({ code: 'LOG_REWRITTEN' });
    await again.rebuild();
    expect((await register('three again', again)).version.number).toBe(3);
  });
});
