import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/base/hash.ts';
import { objectKey } from '../../../src/storage/layout.ts';
import { makePlace, type Place } from '../opened.ts';
import { manyTensors, weightsFile } from './weights-file.ts';

const small = { 'encoder.weight': [1, 2], 'encoder.bias': [3] };

async function objectNamed(place: Place): Promise<string> {
  const [line] = (await readFile(join(place.registryDir, 'log/00000000000000000001.jsonl'), 'utf8')).matchAll(
    /"object":"([0-9a-f]{64})"/g,
  );
  return join(place.registryDir, objectKey(line?.[1] ?? ''));
}

describe('registering a model', () => {
  it('records what its file says: in short for lists, whole for who asks', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const path = await place.write('model.safetensors', weightsFile(small, { 'modelspec.license': 'MIT' }));
    const { version } = await registry.register({ model: 'fraud', paths: [path] });
    expect(version.facts).toEqual({
      format: 'safetensors',
      parameterCount: 3,
      dtypes: ['float32'],
      license: 'MIT',
      weights: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { facts, tensors, readFrom } = await registry.facts({ ref: 'fraud@1', withTensors: true });
    expect(readFrom).toBe('registration');
    expect(facts).toMatchObject({ formatLabel: 'safetensors', tensorCount: 2, weights: version.facts?.weights });
    const bytes = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
    expect(tensors).toEqual([
      { name: 'encoder.weight', dtype: 'float32', shape: [2], sha256: sha256Hex(bytes([1, 2])) },
      { name: 'encoder.bias', dtype: 'float32', shape: [1], sha256: sha256Hex(bytes([3])) },
    ]);
  });

  it('keeps long facts as an object that stays, and is missed where it is gone', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.register({ model: 'fraud', paths: [await place.write('model.safetensors', manyTensors())] });
    const object = await objectNamed(place);
    expect((await registry.facts({ ref: 'fraud' })).facts?.tensorCount).toBe(300);
    const page = await registry.tensorRows({
      ref: 'fraud@1',
      query: { offset: 10, limit: 2, sort: 'name', isDescending: false, filter: 'layer' },
    });
    expect(page).toMatchObject({ matching: 300, rows: [{ name: 'layer.10.weight' }, { name: 'layer.11.weight' }] });

    const gc = await registry.gc({});
    expect(gc.objects.find(({ reasons }) => reasons.includes('facts'))).toBeDefined();
    expect(await registry.verify({ artifacts: true })).toMatchObject({ problems: [], objects: 2 });
    await rm(object);
    const { problems, restorable } = await registry.verify({ artifacts: true });
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'OBJECT_MISSING',
        key: object.slice(place.registryDir.length + 1),
        versions: ['fraud@1'],
      }),
    ]);
    expect(restorable).toEqual({ whole: 1, total: 1 });
    const rest = await registry.facts({ ref: 'fraud@1' });
    expect(rest.facts).toMatchObject({ format: 'safetensors', parameterCount: 600, tensorCount: 0 });
    expect(rest.problem).toContain('missing');
  });

  it('lets the object go with its version', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.register({ model: 'fraud', paths: [await place.write('model.safetensors', manyTensors())] });
    await registry.deleteVersion({ ref: 'fraud@1', reason: 'wrong' });
    expect((await registry.gc({})).freed.objects).toBe(2);
  });

  it('tells the same weights in another file', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const write = (name: string, bytes: Uint8Array) => place.write(name, bytes);
    await registry.register({ model: 'fraud', paths: [await write('a.safetensors', weightsFile(small))] });
    const turned = Object.fromEntries(Object.entries(small).reverse());
    await registry.register({
      model: 'fraud',
      paths: [await write('b.safetensors', weightsFile(turned, { saved: '2026-11-25' }))],
    });
    await registry.register({
      model: 'churn',
      paths: [await write('c.safetensors', weightsFile({ ...small, 'encoder.bias': [4] }))],
    });
    expect((await registry.show({ ref: 'fraud@2' })).sameWeights).toEqual([{ model: 'fraud', number: 1 }]);
    expect((await registry.show({ ref: 'churn@1' })).sameWeights).toEqual([]);
    const { weights = '' } = (await registry.show({ ref: 'fraud@1' })).facts ?? {};
    const found = await registry.search({ query: `weights:${weights.slice(0, 12)}` });
    expect(found.items.map(({ number }) => number)).toEqual([2, 1]);
  });

  it('takes the facts of a version with the same bytes, also under another model', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const path = await place.write('model.safetensors', manyTensors());
    const first = await registry.register({ model: 'fraud', paths: [path] });
    const second = await registry.register({ model: 'churn', paths: [path] });
    expect(second.version.facts).toEqual(first.version.facts);
  });

  it('never fails for what a file says', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const hostile = weightsFile(small, {
      constructor: 'x',
      'modelspec.license': `two\nlines ${'very '.repeat(100)}long`,
      'modelspec.architecture': '\u0000\u2028',
    });
    const { version } = await registry.register({ model: 'a', paths: [await place.write('a.safetensors', hostile)] });
    expect(version.facts?.license).toMatch(/^two lines very/);
    expect(version.facts?.license?.length).toBeLessThanOrEqual(256);
    expect((await registry.facts({ ref: 'a' })).facts?.metadata).not.toHaveProperty('constructor', 'x');
    const torn = await registry.register({
      model: 'b',
      paths: [await place.write('b.safetensors', hostile.subarray(0, hostile.length - 4))],
    });
    expect(torn.version.facts?.weights).toBeUndefined();
    const unknown = await registry.register({ model: 'c', paths: [await place.write('c.bin', 'anything')] });
    expect(unknown.version.facts).toBeUndefined();
  });

  it('keeps the course of metrics, short ones and long ones', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const course = (count: number) => ({
      loss: {
        points: Array.from({ length: count }, (_, step) => ({ step, value: 1 / (step + 1), atMs: step * 1000 })),
        total: count,
      },
      worst: { points: [{ step: 1, value: 'NaN' as const }], total: 1 },
    });
    for (const count of [3, 900]) {
      const path = await place.write('model.bin', `weights ${count}`);
      const { version } = await registry.register({ model: 'fraud', paths: [path], history: course(count) });
      const courses = await registry.history({ ref: version.id });
      expect(courses?.loss?.points).toHaveLength(count);
      expect(courses?.loss?.points[1]).toEqual([1, 0.5, 1000]);
      expect(courses?.worst).toEqual({ points: [[1, 'NaN']], total: 1 });
      expect((await registry.show({ ref: version.id })).hasHistory).toBe(true);
    }
    await registry.register({ model: 'churn', paths: [await place.write('model.bin', 'none')] });
    expect(await registry.history({ ref: 'churn' })).toBeUndefined();
    expect(await registry.verify({ artifacts: true })).toMatchObject({ problems: [] });
  });
});

describe('a version that was registered without facts', () => {
  it('is read when somebody asks, and only once', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const path = await place.write('model.safetensors', weightsFile(small));
    await registry.register({ model: 'fraud', paths: [path] });
    const log = join(place.registryDir, 'log/00000000000000000001.jsonl');
    const commit = await readFile(log, 'utf8');
    // As a program wrote it that knew nothing of facts.
    await rm(log);
    await writeFile(log, commit.replace(/,"facts":\{.*?\}\}(?=\}|,"history")/, ''));
    const old = await makePlace();
    await rm(join(old.registryDir, 'format.json'));
    for (const [key, content] of await place.files())
      await old.write(join('registry', key), Buffer.from(content, 'base64'));
    const opened = await old.open();
    expect((await opened.show({ ref: 'fraud' })).facts).toBeUndefined();
    expect(await opened.facts({ ref: 'fraud' })).toMatchObject({ readFrom: 'files', facts: { parameterCount: 3 } });
    const cached = [...(await old.files()).keys()].filter((key) => key.startsWith('facts/'));
    expect(cached).toHaveLength(1);
    await appendFile(join(old.registryDir, cached[0] ?? ''), ' no facts');
    expect(await opened.facts({ ref: 'fraud' })).toMatchObject({ readFrom: 'files', facts: { parameterCount: 3 } });
  });

  it('says why there is nothing to read', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.register({ model: 'fraud', paths: [await place.write('model.bin', 'anything')] });
    const { facts, problem } = await registry.facts({ ref: 'fraud' });
    expect(facts).toBeUndefined();
    expect(problem).toContain('no format that is known');
  });
});
