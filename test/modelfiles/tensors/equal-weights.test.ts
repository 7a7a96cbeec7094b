import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { tensorReader } from '../../../src/modelfiles/tensors/tensor-reader.ts';
import { hashTensors, hasWeights } from '../../../src/modelfiles/tensors/weights-digest.ts';
import { folderOf, safetensorsBytes } from '../file-sets.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

async function weightsOf(path: string): Promise<string | undefined> {
  const set = await localFileSet(path);
  const { facts } = await inspectModel(set);
  return facts && hasWeights(facts) ? (await hashTensors(set, facts.tensors ?? [])).weights : undefined;
}

const fixture = (name: string) => weightsOf(join(FIXTURES, name, 'model'));

/** The tensors of a model once more, as safetensors has them. */
async function asSafetensors(path: string): Promise<string> {
  const set = await localFileSet(path);
  const { facts } = await inspectModel(set);
  const reader = tensorReader(set);
  const names: Readonly<Record<string, string>> = { float32: 'F32', int64: 'I64' };
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, dtype, shape, place } of facts?.tensors ?? []) {
    if (!place) throw new Error(`${name} lies nowhere`);
    for await (const chunk of reader.chunks(place)) parts.push(Uint8Array.from(chunk));
    header[name] = { dtype: names[dtype], shape, data_offsets: [offset, offset + place.sizeBytes] };
    offset += place.sizeBytes;
  }
  await reader.close();
  const head = safetensorsBytes(JSON.stringify(header), 0);
  return folderOf({ 'model.safetensors': Buffer.concat([head, ...parts]) });
}

describe('the digest of weights', () => {
  it('is the same for the same weights in every way in which PyTorch stores them, and in safetensors', async () => {
    const ways = ['state-dict', 'module', 'torchscript', 'checkpoint', 'legacy', 'sharded'];
    const digests = await Promise.all(ways.map((way) => fixture(`pytorch/${way}`)));
    const again = await weightsOf(await asSafetensors(join(FIXTURES, 'pytorch/state-dict/model')));
    expect(new Set([...digests, again])).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{64}$/)]));
    expect(await fixture('pytorch/lightning')).not.toBe(digests[0]);
  });

  it('is the same for weights inside an ONNX file and beside it, and for a Keras archive and its weights', async () => {
    const [inside, beside] = [await fixture('onnx/torch'), await fixture('onnx/external')];
    expect(inside).toMatch(/^[0-9a-f]{64}$/);
    expect(beside).toBe(inside);
    const [archive, weights] = [await fixture('keras/functional'), await fixture('hdf5/keras-weights')];
    expect(archive).toMatch(/^[0-9a-f]{64}$/);
    expect(weights).toBe(archive);
  });

  it('is none where some of the weights can not be told apart from how they are stored', async () => {
    for (const name of ['pytorch/dtypes', 'numpy/npz-compressed', 'pickle/sklearn-pipeline', 'xgboost/json'])
      expect(await fixture(name), name).toBeUndefined();
  });
});
