import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { objectKey } from '../../src/storage/layout.ts';
import { makePlace } from './opened.ts';

async function withModel() {
  const place = await makePlace();
  const registry = await place.open();
  const register = async (files: Readonly<Record<string, string>>) => {
    const folder = `out-${Math.random().toString(36).slice(2)}`;
    for (const [path, content] of Object.entries(files)) await place.write(`${folder}/${path}`, content);
    return (await registry.register({ model: 'fraud', paths: [join(place.dir, folder)] })).version;
  };
  const objectOf = (content: string) => join(place.registryDir, ...objectKey(sha256Hex(content)).split('/'));
  return { place, registry, register, objectOf };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('the files of a version', () => {
  it('are listed folder by folder, and read by their paths', async () => {
    const { registry, register } = await withModel();
    await register({ 'config.json': '{}', 'weights/a.bin': 'aa', 'weights/b.bin': 'bbb', 'weights/deep/c.bin': 'c' });
    const top = await registry.files({ ref: 'fraud@1' });
    expect(top).toMatchObject({
      kind: 'folder',
      leftOut: 0,
      entries: [
        { name: 'config.json', kind: 'file', sizeBytes: 2 },
        { name: 'weights', kind: 'folder' },
      ],
    });
    const inside = await registry.files({ ref: 'fraud@1', path: 'weights' });
    expect(inside.kind === 'folder' && inside.entries.map(({ name }) => name)).toEqual(['a.bin', 'b.bin', 'deep']);
    expect(await registry.files({ ref: 'fraud@1', path: 'weights/b.bin' })).toMatchObject({
      kind: 'file',
      sizeBytes: 3,
      sha256: sha256Hex('bbb'),
    });
    expect(text(await registry.fileBytes({ ref: 'fraud@1', path: 'weights/deep/c.bin' }))).toBe('c');
  });

  it.each(['nothing.txt', 'weights', '../format.json', '', '__proto__'])('%j names no file to read', async (path) => {
    const { registry, register } = await withModel();
    await register({ 'config.json': '{}', 'weights/a.bin': 'aa' });
    await expect(registry.fileBytes({ ref: 'fraud@1', path })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('are never shown where they aren’t what was registered', async () => {
    const { registry, register, objectOf } = await withModel();
    await register({ 'a.txt': 'first', 'b.txt': 'second' });
    await rm(objectOf('first'));
    await writeFile(objectOf('second'), 'sec0nd');
    await expect(registry.fileBytes({ ref: 'fraud@1', path: 'a.txt' })).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
    await expect(registry.fileBytes({ ref: 'fraud@1', path: 'b.txt' })).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
    });
  });

  it('are found where they lie, a model’s with those that are read with it', async () => {
    const { registry, register } = await withModel();
    await register({
      'net.onnx': 'graph',
      'net.onnx.data': 'weights',
      'notes.txt': 'x',
      'deep/net.onnx.data': 'other',
    });
    const { files } = await registry.filePlaces({ ref: 'fraud@1', path: 'net.onnx' });
    expect(files.map(({ path }) => path)).toEqual(['net.onnx', 'net.onnx.data']);
    expect(await Promise.all(files.map(({ file }) => readFile(file, 'utf8')))).toEqual(['graph', 'weights']);
  });

  it('are compared between two versions', async () => {
    const { registry, register } = await withModel();
    const before = await register({ 'same.txt': 'same', 'config.json': '{}', 'old.txt': 'old' });
    const after = await register({ 'same.txt': 'same', 'config.json': '{"a":1}', 'new.txt': 'new' });
    const { changes, total } = await registry.compareFiles({ refs: [before.id, after.id] });
    expect(changes.map(({ path, kind }) => [path, kind])).toEqual([
      ['config.json', 'changed'],
      ['new.txt', 'added'],
      ['old.txt', 'removed'],
    ]);
    expect(total).toBe(3);
    expect((await registry.compareFiles({ refs: [after.id, after.id] })).changes).toEqual([]);
  });
});

describe('the words of a model', () => {
  it('are those of its versions and evaluations', async () => {
    const { registry, place } = await withModel();
    const file = await place.write('m.bin', 'x');
    await registry.register({ model: 'fraud', paths: [file], metrics: { auc: 0.9, 'val.loss': 0.1 } });
    await registry.evaluate({
      ref: 'fraud@1',
      metrics: { f1: 0.5 },
      dataset: { name: 'holdout' },
      slice: 'country=DE',
    });
    expect(await registry.vocabulary({ model: 'fraud' })).toEqual({
      metrics: ['auc', 'f1', 'val.loss'],
      datasets: ['holdout'],
      slices: ['country=DE'],
      versions: 1,
      isAll: true,
    });
  });
});
