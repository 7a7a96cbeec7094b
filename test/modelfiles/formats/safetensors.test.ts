import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completenessOf, inspectModel } from '../../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { folderOf, safetensorsBytes } from '../file-sets.ts';

const HEADER = JSON.stringify({
  __metadata__: { format: 'pt', data_offsets: 'no tensor', 'modelspec.license': 'MIT' },
  b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
  a: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
});

async function fileOf(bytes: Uint8Array): Promise<string> {
  return join(await folderOf({ 'model.safetensors': bytes }), 'model.safetensors');
}

async function kindOf(path: string): Promise<string> {
  return (await completenessOf(await localFileSet(path))).kind;
}

async function factsOf(path: string) {
  return (await inspectModel(await localFileSet(path))).facts;
}

describe('completeness', () => {
  it('is known of a complete file, padded or without tensors too', async () => {
    expect(await kindOf(await fileOf(safetensorsBytes(HEADER, 12)))).toBe('complete');
    expect(await kindOf(await fileOf(safetensorsBytes(`${HEADER}    `, 12)))).toBe('complete');
    expect(await kindOf(await fileOf(safetensorsBytes('{}', 0)))).toBe('complete');
  });

  it('is known of an incomplete file at every length', async () => {
    const whole = safetensorsBytes(HEADER, 12);
    const file = await fileOf(whole);
    for (let length = whole.length - 1; length >= 0; length--) {
      await truncate(file, length);
      expect(await kindOf(file), `${length} bytes`).toBe('incomplete');
    }
  });

  it.each([
    ['longer than it says', safetensorsBytes(HEADER, 13)],
    ['given its size before its content', Buffer.alloc(100)],
    ['with a header longer than the format allows', safetensorsBytes(HEADER, 12, 2n ** 63n)],
    ['with a header that is no JSON', safetensorsBytes('{"a": ', 0)],
    ['with a header that is no object', safetensorsBytes('[1]', 0)],
    ['with an empty list for a header', safetensorsBytes('[]', 0)],
    [
      'with a tensor that ends before the file begins',
      safetensorsBytes('{"t": {"dtype": "F32", "shape": [1], "data_offsets": [0, -5]}}', 0),
    ],
    [
      'with a tensor that ends before it begins',
      safetensorsBytes('{"t": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}', 0),
    ],
    ['with a tensor that has no place', safetensorsBytes('{"a": {"dtype": "F32", "shape": [1]}}', 4)],
    ['with a header that is no text', Buffer.concat([safetensorsBytes('', 0, 2n), Buffer.from([0xff, 0xfe])])],
  ])('is denied to a file %s', async (_what, bytes) => {
    expect(await kindOf(await fileOf(bytes))).toBe('incomplete');
  });

  it('of a sharded model needs every shard that its index names, and nothing outside the folder', async () => {
    const shard = safetensorsBytes('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
    const index = (second: string) => JSON.stringify({ weight_map: { a: 'model-1.safetensors', b: second } });
    const folder = await folderOf({
      'model.safetensors.index.json': index('model-2.safetensors'),
      'model-1.safetensors': shard,
    });
    expect(await completenessOf(await localFileSet(folder))).toMatchObject({
      kind: 'incomplete',
      path: 'model-2.safetensors',
    });
    await writeFile(join(folder, 'model-2.safetensors'), shard);
    expect(await kindOf(folder)).toBe('complete');
    await writeFile(join(folder, 'model.safetensors.index.json'), index('../../etc/passwd'));
    expect(await kindOf(folder)).toBe('incomplete');
    expect((await factsOf(folder))?.problems).toEqual([
      "../../etc/passwd isn't there, and model.safetensors.index.json names it",
    ]);
  });
});

describe('facts', () => {
  it('are read from the header', async () => {
    const file = await fileOf(safetensorsBytes(HEADER, 12));
    expect(await factsOf(file)).toEqual({
      format: 'safetensors',
      framework: { name: 'PyTorch' },
      license: 'MIT',
      parameterCount: 3,
      tensors: [
        {
          name: 'b',
          dtype: 'float32',
          shape: [2],
          place: { path: 'model.safetensors', offset: 8 + HEADER.length + 4, sizeBytes: 8 },
        },
        {
          name: 'a',
          dtype: 'float32',
          shape: [],
          place: { path: 'model.safetensors', offset: 8 + HEADER.length, sizeBytes: 4 },
        },
      ],
      metadata: { format: 'pt', data_offsets: 'no tensor', 'modelspec.license': 'MIT' },
    });
  });

  it('take names that mean something to JavaScript as names', async () => {
    const header =
      '{"__metadata__":{"__proto__":"x","constructor":"y"},"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    const facts = await factsOf(await fileOf(safetensorsBytes(header, 1)));
    expect(facts?.tensors?.map(({ name }) => name)).toEqual(['__proto__']);
    expect(Object.keys(facts?.metadata ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(facts?.metadata)).toBe(Object.prototype);
    expect(JSON.stringify(facts?.metadata)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it.each([
    ['"a" twice', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{}}', 1],
    [
      'overlaps',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      2,
    ],
    ['belong to none', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2],
    ['its end is missing', '{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}', 2],
    ["isn't what its type and shape take", '{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,1]}}', 1],
    ['no sound type, shape and place', '{"a":{"dtype":"U8","shape":[1e300],"data_offsets":[0,1]}}', 1],
    ['no sound type, shape and place', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1e400]}}', 1],
    ['unknown type', '{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,1]}}', 1],
    ['levels deep', `{"a":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 0],
    ['more than 1024 numbers', `{"a":{"dtype":"U8","shape":[${'1,'.repeat(1_000_000)}1],"data_offsets":[0,1]}}`, 1],
    ['levels deep', `{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 0],
  ])('tell what is wrong: %s', async (problem, header, dataBytes) => {
    const facts = await factsOf(await fileOf(safetensorsBytes(header, dataBytes)));
    expect(facts?.problems?.join('\n')).toContain(problem);
  });

  it('of a file of 10 GB come from its header alone', async () => {
    const size = 10_000_000_000;
    const header = JSON.stringify({ w: { dtype: 'F16', shape: [size / 2], data_offsets: [0, size] } });
    const file = await fileOf(safetensorsBytes(header, 0));
    const handle = await open(file, 'r+');
    await handle.truncate(8 + header.length + size);
    await handle.close();
    expect(await factsOf(file)).toMatchObject({ parameterCount: size / 2 });
    expect(await kindOf(file)).toBe('complete');
  });

  it('list 100,000 tensors, and count those beyond what a table holds', async () => {
    const entries = (count: number) =>
      Array.from({ length: count }, (_, i) => `"layer.${i}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`);
    const facts = await factsOf(await fileOf(safetensorsBytes(`{${entries(100_000).join()}}`, 100_000)));
    expect(facts).toMatchObject({ parameterCount: 100_000 });
    expect(facts?.problems).toBeUndefined();
    const more = await factsOf(await fileOf(safetensorsBytes(`{${entries(250_001).join()}}`, 250_001)));
    expect(more).toMatchObject({ parameterCount: 250_001 });
    expect(more?.tensors).toHaveLength(250_000);
    expect(more?.problems).toEqual(['Of 250,001 tensors the first 250,000 are listed']);
  });
});
