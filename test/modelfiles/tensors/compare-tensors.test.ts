import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTensors } from '../../../src/modelfiles/tensors/compare-tensors.ts';
import type { TensorDifference } from '../../../src/modelfiles/tensors/tensor-difference.ts';
import { hashTensors } from '../../../src/modelfiles/tensors/weights-digest.ts';
import { float32, type SampleTensor, tensorsInMemory } from './memory-set.ts';

async function differences(
  before: readonly SampleTensor[],
  after: readonly SampleTensor[],
): Promise<readonly TensorDifference[]> {
  return (await compareTensors(tensorsInMemory(before), tensorsInMemory(after, { gap: 3 }))).tensors;
}

async function changeOf(dtype: string, before: Uint8Array, after: Uint8Array, to = dtype) {
  const shape = [2];
  const [only] = await differences(
    [{ name: 'a', dtype, shape, bytes: before }],
    [{ name: 'a', dtype: to, shape, bytes: after }],
  );
  return only?.change;
}

const bytesOf = (numbers: { readonly buffer: ArrayBufferLike }) => new Uint8Array(numbers.buffer);

describe('comparing tensors', () => {
  it('tells what became of each, most changed first', async () => {
    const compared = await differences(
      [
        { name: 'same', bytes: float32(1, 2) },
        { name: 'little', bytes: float32(3, 4) },
        { name: 'much', bytes: float32(3, 4) },
        { name: 'gone', bytes: float32(1) },
        { name: 'wider', bytes: float32(1) },
        { name: 'halved', bytes: float32(1, 2) },
      ],
      [
        { name: 'same', bytes: float32(1, 2) },
        { name: 'little', bytes: float32(3, 4.5) },
        { name: 'much', bytes: float32(-3, -4) },
        { name: 'new', bytes: float32(1) },
        { name: 'wider', bytes: float32(1, 1) },
        { name: 'halved', dtype: 'float16', shape: [2], bytes: bytesOf(Uint16Array.of(0x3c00, 0x4000)) },
      ],
    );
    expect(compared.map(({ name, kind, change }) => [name, kind, change])).toEqual([
      ['much', 'changed', 2],
      ['little', 'changed', 0.1],
      ['halved', 'retyped', 0],
      ['wider', 'reshaped', undefined],
      ['new', 'added', undefined],
      ['gone', 'removed', undefined],
      ['same', 'identical', undefined],
    ]);
    expect(compared[3]).toMatchObject({ before: { shape: [1] }, after: { shape: [2] } });
  });

  it.each([
    ['float64', Float64Array.of(3, 4), Float64Array.of(3, 4.5)],
    ['float16', Uint16Array.of(0x4200, 0x4400), Uint16Array.of(0x4200, 0x4480)],
    ['bfloat16', Uint16Array.of(0x4040, 0x4080), Uint16Array.of(0x4040, 0x4090)],
    ['float8_e4m3fn', Uint8Array.of(0x44, 0x48), Uint8Array.of(0x44, 0x49)],
    ['float8_e5m2', Uint8Array.of(0x42, 0x44), Uint8Array.of(0x42, 0x45)],
  ])('measures by how much %s changed', async (dtype, before, after) => {
    const expected = { float8_e4m3fn: 0.1, float8_e5m2: 0.2 }[dtype] ?? 0.1;
    expect(await changeOf(dtype, bytesOf(before), bytesOf(after))).toBeCloseTo(expected, 12);
  });

  it.each([
    ['int64', BigInt64Array.of(-3n, 2n ** 40n), BigInt64Array.of(-3n, 2n ** 41n)],
    ['uint64', BigUint64Array.of(3n, 2n ** 63n), BigUint64Array.of(3n, 0n)],
    ['int8', Int8Array.of(0, -128), Int8Array.of(0, 0)],
    ['uint16', Uint16Array.of(0, 65535), Uint16Array.of(0, 0)],
    ['bool', Uint8Array.of(0, 1), Uint8Array.of(0, 0)],
  ])('measures by how much %s changed, as numbers', async (dtype, before, after) => {
    expect(await changeOf(dtype, bytesOf(before), bytesOf(after))).toBeCloseTo(1, 9);
  });

  it('measures over all parts of a long tensor what it does over a short one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.float({ min: -4, max: 4, noNaN: true }),
        async (mebi, factor) => {
          const count = mebi * 2 ** 20 + 5;
          const before = Float32Array.from({ length: count }, (_, index) => Math.fround((index % 1000) / 64 - 7));
          const after = before.map((value) => value * (1 + factor));
          const [only] = await differences(
            [{ name: 'a', bytes: bytesOf(before) }],
            [{ name: 'a', bytes: bytesOf(after) }],
          );
          if (factor === 0) expect(only?.kind).toBe('identical');
          else expect(Math.abs(Number(only?.change ?? 0) - Math.abs(factor))).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 2 },
    );
  });

  it('leaves out what is no number, and counts it', async () => {
    const [only] = await differences(
      [{ name: 'a', bytes: float32(3, Number.NaN, 4, 1) }],
      [{ name: 'a', bytes: float32(3, 1, 4.5, Number.POSITIVE_INFINITY) }],
    );
    expect(only).toMatchObject({ kind: 'changed', change: 0.1, notFinite: 2 });
    const [zero] = await differences([{ name: 'a', bytes: float32(0) }], [{ name: 'a', bytes: float32(1) }]);
    expect(zero?.change).toBe('Infinity');
  });

  it('compares blocks whose numbers it does not know by their bytes', async () => {
    const block = (byte: number) => ({ name: 'a', dtype: 'q4_k', shape: [256], bytes: new Uint8Array(144).fill(byte) });
    expect((await differences([block(1)], [block(1)]))[0]).toMatchObject({ kind: 'identical' });
    const [changed] = await differences([block(1)], [block(2)]);
    expect(changed?.kind).toBe('changed');
    expect(changed?.change).toBeUndefined();
  });

  it('reads nothing of what has the same digest on both sides', async () => {
    const before = tensorsInMemory([{ name: 'a', bytes: float32(1, 2) }]);
    const { sha256 } = await hashTensors(before.set, before.tensors);
    const hashed = before.tensors.map((tensor, index) => ({ ...tensor, sha256: sha256[index] ?? '' }));
    before.reads.length = 0;
    const { counts } = await compareTensors({ ...before, tensors: hashed }, { ...before, tensors: hashed });
    expect(counts.identical).toBe(1);
    expect(before.reads).toEqual([]);
  });

  it('says what it could not read, and goes on', async () => {
    const before = tensorsInMemory([
      { name: 'a', bytes: float32(1) },
      { name: 'b', bytes: float32(1) },
    ]);
    const beyond = before.tensors.map((tensor) =>
      tensor.name === 'a' && tensor.place ? { ...tensor, place: { ...tensor.place, offset: 1_000_000 } } : tensor,
    );
    const { tensors, problems } = await compareTensors({ ...before, tensors: beyond }, before);
    expect(tensors.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'unknown'],
      ['b', 'identical'],
    ]);
    expect(problems).toEqual([expect.stringContaining("a couldn't be compared")]);
  });

  it('finds what was frozen: the largest parts of which nothing changed', async () => {
    const tensor = (name: string, value = 1) => ({ name, bytes: float32(value, 2) });
    const names = [
      'embeddings.word.weight',
      'embeddings.position.weight',
      ...[0, 1, 2, 3, 4, 10].flatMap((layer) => [`encoder.layer.${layer}.weight`, `encoder.layer.${layer}.bias`]),
      'pooler.weight',
      'pooler.bias',
      '__proto__.weight',
    ];
    const changed = new Set([
      'encoder.layer.4.weight',
      'encoder.layer.10.weight',
      'encoder.layer.10.bias',
      'pooler.weight',
    ]);
    const before = tensorsInMemory(names.map((name) => tensor(name)));
    const after = tensorsInMemory(names.map((name) => tensor(name, changed.has(name) ? 5 : 1)));
    const { frozen } = await compareTensors(before, after);
    expect(frozen).toEqual([
      { name: 'encoder.layer.{0–3}', tensors: 8, elements: 16 },
      { name: 'embeddings', tensors: 2, elements: 4 },
      { name: '__proto__', tensors: 1, elements: 2 },
    ]);
    expect((await compareTensors(before, before)).frozen).toEqual([]);
  });

  it('can be cancelled', async () => {
    const side = tensorsInMemory([{ name: 'a', bytes: new Uint8Array(2 ** 24) }]);
    const other = tensorsInMemory([{ name: 'a', bytes: new Uint8Array(2 ** 24).fill(1) }]);
    const controller = new AbortController();
    const comparing = compareTensors(side, other, {
      signal: controller.signal,
      onProgress: ({ doneBytes }) => {
        if (doneBytes > 0) controller.abort();
      },
    });
    await expect(comparing).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });
});
