import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { RegisterRequest } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { weightsFile } from './facts/weights-file.ts';
import { makePlace, type Place } from './opened.ts';

async function baseOf(registry: Registry, request: RegisterRequest) {
  const { version } = await registry.register(request);
  return (await registry.show({ ref: version.id })).lineage.baseModel;
}

/** A registry that has `bert@1`, with its weights and a configuration in `models/bert`. */
async function withBert(): Promise<{ readonly place: Place; readonly registry: Registry }> {
  const place = await makePlace();
  const registry = await place.open();
  await place.write('models/bert/model.safetensors', weightsFile({ 'layer.weight': [1, 2, 3] }));
  await place.write('models/bert/config.json', '{"model_type": "bert"}');
  await registry.register({ model: 'bert', paths: [`${place.dir}/models/bert`] });
  return { place, registry };
}

const linked = { name: 'bert@1', number: 1, versionId: expect.any(String) };

describe('the base model of a version', () => {
  it('is a version here by its reference, the digest of its artifact, or files that are its files', async () => {
    const { place, registry } = await withBert();
    const { artifact, facts } = await registry.show({ ref: 'bert@1' });
    const bytes = await readFile(`${place.dir}/models/bert/model.safetensors`);
    await place.write('copies/renamed.safetensors', bytes);
    await place.write('copies/other-metadata.safetensors', weightsFile({ 'layer.weight': [1, 2, 3] }, { note: 'x' }));
    const bases = [
      'bert@1',
      artifact.digest,
      facts?.weights ?? '',
      'models/bert',
      `${place.dir}/models/bert`,
      'copies/renamed.safetensors',
      'copies/other-metadata.safetensors',
    ];
    for (const [index, base] of bases.entries()) {
      const paths = [await place.write('out/tuned.bin', `tuned ${index}`)];
      expect(await baseOf(registry, { model: 'tuned', paths, folder: place.dir, base }), base).toEqual(linked);
    }
    const { items } = await registry.impact({ of: 'bert@1' });
    expect(items).toHaveLength(bases.length);
  });

  it('is a name where no version here is meant', async () => {
    const { place, registry } = await withBert();
    await place.write('copies/other.safetensors', weightsFile({ 'layer.weight': [9] }));
    for (const [index, base] of ['google/bert-base', 'copies/other.safetensors', 'd'.repeat(64)].entries()) {
      const paths = [await place.write('out/tuned.bin', `tuned ${index}`)];
      expect(await baseOf(registry, { model: 'tuned', paths, folder: place.dir, base })).toEqual({ name: base });
    }
  });

  it('is found by itself where the configuration of the model leads to a version’s files', async () => {
    const { place, registry } = await withBert();
    const adapter = async (base: string) => {
      await place.write('out/lora/adapter_model.safetensors', weightsFile({ lora: [base.length] }));
      await place.write(
        'out/lora/adapter_config.json',
        JSON.stringify({ peft_type: 'LORA', base_model_name_or_path: base }),
      );
      return { model: 'lora', paths: [`${place.dir}/out/lora`], folder: place.dir };
    };
    expect(await baseOf(registry, await adapter('./models/bert'))).toEqual(linked);
    expect(await baseOf(registry, await adapter('models/bert/model.safetensors'))).toEqual(linked);
    expect(await baseOf(registry, await adapter('google/bert-base'))).toEqual({ name: 'google/bert-base' });
  });

  it('is not looked for outside the folder, whatever a configuration names', async () => {
    const { place, registry } = await withBert();
    const folder = `${place.dir}/project`;
    for (const [index, base] of ['../models/bert', `${place.dir}/models/bert`, '..', '.', '/', 'a\u0000b'].entries()) {
      await place.write('project/out/config.json', JSON.stringify({ model_type: 'bert', _name_or_path: base, index }));
      const found = await baseOf(registry, { model: 'tuned', paths: [`${folder}/out`], folder });
      expect(found?.versionId, base).toBeUndefined();
    }
  });

  it('is found by itself where a version’s files were the data', async () => {
    const { place, registry } = await withBert();
    const bytes = await readFile(`${place.dir}/models/bert/model.safetensors`);
    const teacher = await place.write('data/teacher.safetensors', bytes);
    const student = [await place.write('out/student.bin', 'student')];
    const places = [{ path: 'data/teacher.safetensors', source: teacher }];
    expect(await baseOf(registry, { model: 'student', paths: student, dataPaths: places })).toEqual(linked);
    const folder = { path: 'models/bert', source: `${place.dir}/models/bert` };
    const other = [await place.write('out/student.bin', 'another')];
    expect(await baseOf(registry, { model: 'student', paths: other, dataPaths: [folder] })).toEqual(linked);
  });

  it('is never the version itself', async () => {
    const { place, registry } = await withBert();
    const paths = [`${place.dir}/models/bert`];
    const request = {
      model: 'again',
      paths,
      folder: place.dir,
      dataPaths: [{ path: 'models/bert', source: paths[0] ?? '' }],
    };
    expect(await baseOf(registry, request)).toBeUndefined();
  });
});
