import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesReadTogether } from '../../src/modelfiles/files-read-together.ts';
import { folderOf } from './file-sets.ts';

describe('what is read where a person opens one file', () => {
  it('is the folder for a file that describes its folder, such as the index of shards', async () => {
    for (const name of ['model.safetensors.index.json', 'MLmodel', 'config.json', 'saved_model.pb']) {
      expect(await filesReadTogether(join('/models/bert', name))).toEqual({ path: '/models/bert' });
    }
  });

  it('is an ONNX file with the weights beside it that begin with its name, and nothing else of the folder', async () => {
    const folder = await folderOf({
      'net.onnx': '',
      'net.onnx.data': '',
      'net.onnx_data/x': '',
      'other.onnx.data': '',
    });
    expect(await filesReadTogether(join(folder, 'net.onnx'))).toEqual({
      files: ['net.onnx', 'net.onnx.data'].map((path) => ({ path, file: join(folder, path) })),
    });
  });

  it('is the file alone otherwise', async () => {
    expect(await filesReadTogether('/models/fraud.safetensors')).toEqual({ path: '/models/fraud.safetensors' });
  });
});
