import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { completenessOf, inspectModel } from '../../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { bytesSource } from '../../../src/modelfiles/read/window.ts';
import { folderOf } from '../file-sets.ts';
import { op, wholePickle } from '../pickle/written.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

function setOf(path: string, bytes: Uint8Array) {
  return { files: [{ path, sizeBytes: bytes.length }], problems: [], open: async () => bytesSource(bytes) };
}

describe('a file that is still being written is incomplete at every length', () => {
  it.each([
    ['pytorch/state-dict/model/model.pt'],
    ['pytorch/legacy/model/model.pth'],
    ['pickle/sklearn-pipeline/model/model.pkl'],
    ['pickle/joblib/model/model.joblib'],
    ['pickle/joblib-zlib/model/model.joblib'],
    ['pickle/joblib-gzip/model/model.joblib'],
    ['xgboost/json/model/model.json'],
    ['xgboost/ubjson/model/model.ubj'],
    ['catboost/categories/model/model.cbm'],
    ['numpy/npy/model/embedding.npy'],
    ['numpy/npz/model/weights.npz'],
    ['archive/zip/model/model.zip'],
  ])('%s', async (fixture) => {
    const bytes = await readFile(join(FIXTURES, fixture));
    const name = fixture.slice(fixture.lastIndexOf('/') + 1);
    expect((await completenessOf(setOf(name, bytes))).kind).not.toBe('incomplete');
    // Every length of a short file, some of a longer one, and those just before the end.
    const step = Math.max(1, Math.floor(bytes.length / 100));
    for (let length = 300; length < bytes.length; length += length > bytes.length - 40 ? 1 : step)
      expect((await completenessOf(setOf(name, bytes.subarray(0, length)))).kind, `${length} bytes`).not.toBe(
        'complete',
      );
  });

  it('a LightGBM model, of which other languages leave out the last line', async () => {
    const bytes = await readFile(join(FIXTURES, 'lightgbm/multiclass/model/model.txt'));
    const kindAt = async (length: number) => (await completenessOf(setOf('model.txt', bytes.subarray(0, length)))).kind;
    for (let length = 100; length < bytes.length; length += 7)
      expect(await kindAt(length), `${length} bytes`).not.toBe('complete');
    expect(await kindAt(bytes.indexOf('Tree=2'))).toBe('incomplete');
    expect(await kindAt(bytes.indexOf('end of parameters'))).toBe('incomplete');
    expect(await kindAt(bytes.indexOf('end of parameters') + 'end of parameters\n'.length)).toBe('plausible');
    expect(await kindAt(bytes.length)).toBe('complete');
  });
});

describe('a folder is incomplete', () => {
  it('where MLmodel names a file that isn’t there', async () => {
    const MLmodel = 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.9.1\n';
    const folder = await folderOf({ MLmodel });
    expect(await completenessOf(await localFileSet(folder))).toMatchObject({ kind: 'incomplete', path: 'model.pkl' });
    const whole = await folderOf({ MLmodel, 'model.pkl': wholePickle(op('NONE')) });
    expect((await completenessOf(await localFileSet(whole))).kind).toBe('complete');
  });

  it('where a configuration of Hugging Face has no weights yet', async () => {
    const folder = await folderOf({ 'config.json': '{"model_type": "bert"}' });
    expect(await completenessOf(await localFileSet(folder))).toMatchObject({
      kind: 'incomplete',
      path: 'model.safetensors',
    });
  });

  it('where an adapter has no weights yet', async () => {
    const folder = await folderOf({ 'adapter_config.json': '{"peft_type": "LORA"}' });
    expect(await completenessOf(await localFileSet(folder))).toMatchObject({
      kind: 'incomplete',
      path: 'adapter_model.safetensors',
    });
  });

  it('where an index of PyTorch names a shard that isn’t there', async () => {
    const folder = await folderOf({
      'pytorch_model.bin.index.json':
        '{"weight_map": {"a": "pytorch_model-00001-of-00002.bin", "b": "pytorch_model-00002-of-00002.bin"}}',
    });
    expect(await completenessOf(await localFileSet(folder))).toMatchObject({
      kind: 'incomplete',
      path: 'pytorch_model-00001-of-00002.bin',
    });
  });
});

describe('what is compressed', () => {
  const bomb = Buffer.concat([wholePickle(op('GLOBAL', Buffer.from('os\nsystem\n'))), Buffer.alloc(70 * 1024 * 1024)]);

  it.each([
    ['zlib', deflateSync(bomb)],
    ['gzip', gzipSync(bomb)],
  ])('by %s is unpacked up to a limit, and what is found up to there counts', async (_kind, bytes) => {
    const { facts } = await inspectModel(setOf('model.joblib', bytes));
    expect(facts?.danger?.verdict).toBe('dangerous');
    expect(facts?.danger?.findings.map(({ what }) => what)).toContain('os.system');
  });
});
