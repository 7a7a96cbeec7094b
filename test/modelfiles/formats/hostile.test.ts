import { execFileSync } from 'node:child_process';
import { cp, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completenessOf, inspectModel } from '../../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { folderOf, safetensorsBytes } from '../file-sets.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

async function copyOf(fixture: string): Promise<string> {
  const folder = await folderOf({});
  await cp(join(FIXTURES, fixture, 'model'), folder, { recursive: true });
  return folder;
}

const inspect = async (path: string) => inspectModel(await localFileSet(path));
const completeness = async (path: string) => completenessOf(await localFileSet(path));

describe('ONNX with weights beside it', () => {
  it('is incomplete while they are missing or short, and says which', async () => {
    const folder = await copyOf('onnx/external');
    expect(await completeness(folder)).toEqual({ kind: 'complete' });
    await truncate(join(folder, 'net.onnx.data'), 20);
    expect(await completeness(folder)).toMatchObject({ kind: 'incomplete', path: 'net.onnx.data' });
    await rename(join(folder, 'net.onnx.data'), join(folder, 'other.onnx.data'));
    expect(await completeness(folder)).toMatchObject({ kind: 'incomplete', path: 'net.onnx.data' });
    const { facts } = await inspect(folder);
    expect(facts?.problems?.join()).toContain(
      "net.onnx.data: weights of net.onnx should be in it, and it isn't beside it",
    );
    expect(facts?.tensors?.every(({ place }) => place === undefined)).toBe(true);
  });

  it('reaches no file outside of its folder, whatever it names', async () => {
    const folder = await copyOf('onnx/external');
    const file = join(folder, 'net.onnx');
    const bytes = (await readFile(file)).toString('latin1').replaceAll('net.onnx.data', '../etc/passwd');
    await writeFile(file, bytes, 'latin1');
    await symlink('/etc/passwd', join(folder, 'linked.onnx.data'));
    const { facts, problems } = await inspect(folder);
    expect(facts?.problems?.join()).toContain(
      "../etc/passwd: weights of net.onnx should be in it, and it isn't beside it",
    );
    expect(problems.join()).toContain('linked.onnx.data is a link that leads out of the folder');
    expect(JSON.stringify(facts?.tensors)).not.toContain('passwd');
  });
});

describe('a model in parts', () => {
  it('is incomplete while a part of a GGUF is missing', async () => {
    const folder = await copyOf('gguf/llama');
    await rename(join(folder, 'tiny.gguf'), join(folder, 'tiny-00001-of-00002.gguf'));
    expect(await completeness(folder)).toMatchObject({ kind: 'incomplete', path: 'tiny-00002-of-00002.gguf' });
  });

  it('is incomplete while variables of a SavedModel or weights of a Core ML package are missing', async () => {
    const saved = await copyOf('savedmodel/module');
    await truncate(join(saved, 'variables/variables.data-00000-of-00001'), 1);
    expect(await completeness(saved)).toMatchObject({ kind: 'incomplete' });
    const apple = await copyOf('coreml/program');
    await truncate(join(apple, 'net.mlpackage/Data/com.apple.CoreML/weights/weight.bin'), 100);
    expect(await completeness(apple)).toMatchObject({ kind: 'incomplete' });
    expect((await inspect(apple)).facts?.problems?.join()).toMatch(/Weights of \d tensors of .* aren't there/);
  });

  it('is led by the format that tells most, and the others fill in', async () => {
    const folder = await copyOf('onnx/torch');
    const header = '{"__metadata__":{"modelspec.license":"MIT"},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    await writeFile(join(folder, 'model.safetensors'), safetensorsBytes(header, 1));
    const { facts, formats } = await inspect(folder);
    expect(formats.map(({ id }) => id)).toEqual(['onnx', 'safetensors']);
    expect(facts).toMatchObject({ format: 'onnx', parameterCount: 67, license: 'MIT' });
    expect(facts?.tensors).toHaveLength(4);
  });
});

describe('Keras', () => {
  it('calls a configuration that imports and calls dangerous, and says what', async () => {
    const layers = [
      { module: 'builtins', class_name: 'exec', config: {} },
      { module: 'my_package.layers', class_name: 'Mine', config: {} },
      { module: 'keras.layers', class_name: 'Dense', config: { name: 'd' } },
      { class_name: 'Lambda', config: { name: 'old', function: ['4wEAAA==', null, null], function_type: 'lambda' } },
    ];
    const config = JSON.stringify({ module: 'keras', class_name: 'Sequential', config: { name: 'net', layers } });
    const folder = await folderOf({ 'config.json': config });
    execFileSync(
      'python3',
      ['-c', 'import zipfile; zipfile.ZipFile("m.keras", "w", zipfile.ZIP_DEFLATED).write("config.json")'],
      { cwd: folder },
    );
    const { facts } = await inspect(join(folder, 'm.keras'));
    expect(facts?.danger?.verdict).toBe('dangerous');
    expect(Object.fromEntries(facts?.danger?.findings.map(({ what, verdict }) => [what, verdict]) ?? [])).toEqual({
      'builtins.exec': 'dangerous',
      'my_package.layers.Mine': 'unknown',
      'Lambda layer old': 'dangerous',
    });
  });
});

describe('HDF5', () => {
  it('leaves links by name alone, and tells a file that is cut off from one that is whole', async () => {
    const folder = await copyOf('hdf5/h5py-earliest');
    const file = join(folder, 'data.h5');
    expect((await inspect(file)).facts?.tensors?.map(({ name }) => name)).not.toContain('linked');
    expect(await completeness(file)).toEqual({ kind: 'complete' });
    await truncate(file, 20_000);
    expect(await completeness(file)).toMatchObject({ kind: 'incomplete', path: 'data.h5' });
    expect((await inspect(file)).facts?.problems?.join()).toContain('its end is missing');
  });
});
