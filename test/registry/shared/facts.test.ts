import { describe, expect, it } from 'vitest';
import { manyTensors, weightsFile } from '../facts/weights-file.ts';
import { BOB } from '../opened.ts';
import { type Machine, machine, sharedStorage } from './machines.ts';

async function register(on: Machine, registry: Awaited<ReturnType<Machine['open']>>, bytes: Uint8Array) {
  const path = await on.write('model.safetensors', bytes);
  return registry.register({ model: 'fraud', paths: [path], metrics: { auc: 0.9 } });
}

const course = { loss: { points: Array.from({ length: 900 }, (_, step) => ({ step, value: step / 7 })), total: 900 } };

describe('what files say, in a shared registry', () => {
  it('costs a small registration no request of its own', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach();
    const registry = await ann.open();
    await register(ann, registry, weightsFile({ a: [1] }));
    await registry.sync();
    const before = storage.stats().requests;
    const { version } = await register(ann, registry, weightsFile({ a: [2], b: [3] }));
    await registry.sync();
    expect(version.facts).toMatchObject({ format: 'safetensors', parameterCount: 2 });
    expect(storage.stats().requests - before).toBeLessThanOrEqual(5);
  });

  it('is there before the version, and fetched by whoever asks for it, once', async () => {
    const storage = sharedStorage();
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    await ann.attach();
    const [a] = [await ann.open()];
    await a.register({
      model: 'fraud',
      paths: [await ann.write('model.safetensors', manyTensors())],
      history: course,
    });
    await a.sync();
    const puts = storage.puts.map(({ key }) => key);
    const commit = puts.findLastIndex((key) => key.startsWith('log/'));
    expect(puts.slice(0, commit).filter((key) => key.startsWith('objects/'))).toHaveLength(3);

    await bob.attach();
    const b = await bob.open();
    await b.sync();
    expect((await b.show({ ref: 'fraud@1' })).facts).toMatchObject({ parameterCount: 600 });
    expect((await b.facts({ ref: 'fraud@1', withTensors: true })).tensors).toHaveLength(300);
    expect((await b.history({ ref: 'fraud@1' }))?.loss?.points).toHaveLength(900);
    const before = storage.stats().requests;
    await b.facts({ ref: 'fraud@1' });
    await b.history({ ref: 'fraud@1' });
    expect(storage.stats().requests).toBe(before);
    expect(await b.verify({ artifacts: true })).toMatchObject({ problems: [] });
    expect((await b.gc({})).objects.every(({ reasons }) => reasons.length > 0)).toBe(true);
  });

  it('is told in short where the storage does not answer, and goes up where files wait for a promotion', async () => {
    const storage = sharedStorage();
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    await ann.attach({ upload: 'on-promote' });
    const a = await ann.open();
    await register(ann, a, manyTensors());
    await a.sync();
    await bob.attach();
    const b = await bob.open();
    await b.sync();
    storage.isReachable = false;
    const offline = await b.facts({ ref: 'fraud@1' });
    expect(offline.facts).toMatchObject({ format: 'safetensors', parameterCount: 600, tensorCount: 0 });
    expect(offline.problem).toContain('can’t be reached');
    storage.isReachable = true;
    expect((await b.facts({ ref: 'fraud@1' })).facts?.tensorCount).toBe(300);
    await expect(b.compareTensors({ refs: ['fraud@1', 'fraud@1'] })).rejects.toMatchObject({
      code: 'FILES_NOT_SHARED',
    });
  });

  it('comes along when a registry is attached', async () => {
    const storage = sharedStorage();
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    const local = await ann.open();
    await local.register({
      model: 'fraud',
      paths: [await ann.write('model.safetensors', manyTensors())],
      history: course,
    });
    await local.close();
    await ann.attach();
    const a = await ann.open();
    await a.sync();
    await bob.attach();
    const b = await bob.open();
    await b.sync();
    expect((await b.facts({ ref: 'fraud@1' })).facts?.tensorCount).toBe(300);
    expect((await b.history({ ref: 'fraud@1' }))?.loss?.total).toBe(900);
  });

  it('lets others compare tensors, for which the files are fetched', async () => {
    const storage = sharedStorage();
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    await ann.attach();
    const a = await ann.open();
    await register(ann, a, manyTensors(300, 1));
    await register(ann, a, manyTensors(300, 2));
    await a.sync();
    await bob.attach();
    const b = await bob.open();
    await b.sync();
    const { counts } = await b.compareTensors({ refs: ['fraud@1', 'fraud@2'] });
    expect(counts).toMatchObject({ changed: 300, identical: 0 });
  });
});
