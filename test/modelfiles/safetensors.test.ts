import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isSafetensorsComplete } from '../../src/modelfiles/safetensors.ts';

async function fileOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-safetensors-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'model.safetensors');
  await writeFile(file, bytes);
  return file;
}

function bytesOf(header: string, data: number, headerLength = BigInt(Buffer.byteLength(header))): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength);
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]);
}

const HEADER = JSON.stringify({
  __metadata__: { format: 'pt', data_offsets: 'no tensor' },
  b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
  a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
});

it('knows a complete file, padded or without tensors too', async () => {
  expect(await isSafetensorsComplete(await fileOf(bytesOf(HEADER, 12)))).toBe(true);
  expect(await isSafetensorsComplete(await fileOf(bytesOf(`${HEADER}    `, 12)))).toBe(true);
  expect(await isSafetensorsComplete(await fileOf(bytesOf('{}', 0)))).toBe(true);
});

it('knows an incomplete one at every length', async () => {
  const whole = bytesOf(HEADER, 12);
  const file = await fileOf(whole);
  for (let length = whole.length - 1; length >= 0; length--) {
    await truncate(file, length);
    expect(await isSafetensorsComplete(file), `${length} bytes`).toBe(false);
  }
});

it.each([
  ['longer than it says', bytesOf(HEADER, 13)],
  ['given its size before its content', Buffer.alloc(100)],
  ['with a header longer than the format allows', bytesOf(HEADER, 12, 2n ** 63n)],
  ['with a header that is no JSON', bytesOf('{"a": ', 0)],
  ['with a header that is no object', bytesOf('[1]', 0)],
  ['with an empty list for a header', bytesOf('[]', 0)],
  ['with a tensor that ends before the file begins', bytesOf('{"t": {"data_offsets": [0, -5]}}', 0)],
  ['with a tensor that ends before it begins', bytesOf('{"t": {"data_offsets": [4, 0]}}', 0)],
  ['with a tensor that has no place', bytesOf('{"a": {"dtype": "F32", "shape": [1]}}', 4)],
  ['with a header that is no text', Buffer.concat([bytesOf('', 0, 2n), Buffer.from([0xff, 0xfe])])],
])('does not take for complete a file %s', async (_what, bytes) => {
  expect(await isSafetensorsComplete(await fileOf(bytes))).toBe(false);
});
