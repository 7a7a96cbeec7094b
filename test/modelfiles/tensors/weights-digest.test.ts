import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/base/hash.ts';
import { hashTensors, hasWeights } from '../../../src/modelfiles/tensors/weights-digest.ts';
import { float32, tensorsInMemory } from './memory-set.ts';

const some = [
  { name: 'b', bytes: float32(1, 2, 3) },
  { name: 'a', bytes: float32(4), shape: [1, 1] },
  { name: 'ü "quoted"', dtype: 'uint8', shape: [0], bytes: new Uint8Array() },
];

async function weightsOf(...[samples, options]: Parameters<typeof tensorsInMemory>): Promise<string | undefined> {
  const { set, tensors } = tensorsInMemory(samples, options);
  return (await hashTensors(set, tensors)).weights;
}

describe('the digest of weights', () => {
  it('is that of a line for each tensor, sorted by name', async () => {
    const lines = [
      `["a","float32",[1,1],"${sha256Hex(float32(4))}"]\n`,
      `["b","float32",[3],"${sha256Hex(float32(1, 2, 3))}"]\n`,
      `["ü \\"quoted\\"","uint8",[0],"${sha256Hex('')}"]\n`,
    ];
    expect(await weightsOf(some)).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  });

  it('is the same wherever the tensors lie in their file', async () => {
    expect(await weightsOf([...some].reverse(), { gap: 77, path: 'other.bin' })).toBe(await weightsOf(some));
  });

  it('is another one for another value, name, dtype or shape', async () => {
    const [b, ...rest] = some;
    const others = [
      { name: 'b', bytes: float32(1, 2, 4) },
      { name: 'c', bytes: float32(1, 2, 3) },
      { name: 'b', dtype: 'int32', bytes: float32(1, 2, 3) },
      { name: 'b', shape: [3, 1], bytes: float32(1, 2, 3) },
    ];
    const digests = await Promise.all([b, ...others].map((one) => weightsOf(one ? [one, ...rest] : rest)));
    expect(new Set(digests).size).toBe(5);
  });

  it('reads many small tensors by the window, and long ones in parts', async () => {
    const small = Array.from({ length: 1000 }, (_, index) => ({ name: `t${index}`, bytes: float32(index) }));
    const { set, tensors, reads } = tensorsInMemory([...small, { name: 'long', bytes: new Uint8Array(9 * 2 ** 20) }]);
    const { sha256 } = await hashTensors(set, tensors);
    expect(sha256[7]).toBe(sha256Hex(float32(7)));
    expect(sha256[1000]).toBe(sha256Hex(new Uint8Array(9 * 2 ** 20)));
    expect(reads.length).toBeLessThan(12);
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 20);
  });

  it('is not made where tensors lie over each other, or beyond the end of the file', async () => {
    const { set, tensors } = tensorsInMemory([{ name: 'a', bytes: float32(1, 2, 3, 4) }]);
    const [only] = tensors;
    const shifted = (offset: number, name: string) => ({
      name,
      dtype: 'float32',
      shape: [3],
      place: { path: 'model.bin', offset, sizeBytes: 12 },
    });
    const overlapping = [...(only ? [only] : []), shifted(0, 'b'), shifted(1, 'c'), shifted(2, 'd')];
    expect(await hashTensors(set, overlapping)).toEqual({ sha256: [], problem: expect.stringContaining('overlap') });
    expect(await hashTensors(set, [shifted(8, 'late')])).toEqual({
      sha256: [],
      problem: expect.stringContaining('end'),
    });
  });

  it('counts tied tensors once for reading and twice for the digest', async () => {
    const { set, tensors } = tensorsInMemory([{ name: 'embedding', bytes: float32(1, 2) }]);
    const tied = tensors.flatMap((tensor) => [tensor, { ...tensor, name: 'head' }]);
    const untied = tensorsInMemory([
      { name: 'embedding', bytes: float32(1, 2) },
      { name: 'head', bytes: float32(1, 2) },
    ]);
    expect((await hashTensors(set, tied)).weights).toBe((await hashTensors(untied.set, untied.tensors)).weights);
  });

  it('is offered only where all tensors are listed and lie somewhere', () => {
    const { tensors } = tensorsInMemory(some);
    const facts = { format: 'x', parameterCount: 4, tensors };
    expect(hasWeights(facts)).toBe(true);
    expect(hasWeights({ ...facts, parameterCount: 5 })).toBe(false);
    expect(hasWeights({ ...facts, tensors: [{ name: 'a', dtype: 'float32', shape: [4] }] })).toBe(false);
    expect(hasWeights({ format: 'x', parameterCount: 0, tensors: [] })).toBe(false);
  });
});
