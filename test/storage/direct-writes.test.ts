import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineByteService } from '../../src/artifacts/byte-service.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { directWrites, PAGE_BYTES } from '../../src/storage/direct-writes.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { objectKey } from '../../src/storage/layout.ts';
import { threadFileSystem } from '../../src/storage/quick-file-system.ts';
import { tempFolder } from './temp-folder.ts';

const MIB = 1024 * 1024;

/** Bytes that differ from block to block, in memory that begins with a page or 16 bytes behind one. */
function content(length: number, isPaged: boolean): Uint8Array {
  const bytes = isPaged
    ? new Uint8Array(new ArrayBuffer(length, { maxByteLength: length }))
    : new Uint8Array(new ArrayBuffer(length));
  for (let at = 0; at < length; at += 512) bytes[at] = (at >> 9) % 251;
  return bytes;
}

describe('what goes past the cache of the system', () => {
  it('is stored as it was given, mixed with what doesn’t, from memory of any kind', async () => {
    const store = filesystemStore(await tempFolder(), threadFileSystem);
    const chunk = fc.record({
      length: fc.oneof(
        fc.constantFrom(0, 1, PAGE_BYTES, MIB - 1, MIB, MIB + 1, MIB + PAGE_BYTES, 2 * MIB),
        fc.nat(100_000),
      ),
      isPaged: fc.boolean(),
    });
    let key = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 5 }), async (chunks) => {
        const parts = chunks.map(({ length, isPaged }) => content(length, isPaged));
        const staged = await store.stage();
        for (const part of parts) await staged.write(part);
        key += 1;
        await staged.commit(`objects/${key}`);
        const stored = await store.get(`objects/${key}`);
        expect(stored && sha256Hex(stored)).toBe(sha256Hex(Buffer.concat(parts)));
      }),
      { numRuns: 40 },
    );
  });

  it.each([MIB + 1, 3 * MIB, 3 * MIB + PAGE_BYTES, 5 * MIB - 1])('keeps a model of %i bytes whole', async (length) => {
    const dir = await tempFolder();
    const file = join(dir, 'model.bin');
    const bytes = content(length, false);
    await writeFile(file, bytes);
    const { files } = await inlineByteService(join(dir, 'store'), threadFileSystem).intake({ paths: [file] });
    const sha256 = sha256Hex(bytes);
    expect(files).toEqual([{ path: 'model.bin', size: length, sha256 }]);
    const stored = await filesystemStore(join(dir, 'store')).get(objectKey(sha256));
    expect(stored && sha256Hex(stored)).toBe(sha256);
  });

  it.runIf(process.platform === 'linux')('is left to the caller where memory or place are no whole pages', async () => {
    const path = join(await tempFolder(), 'file');
    const handle = await open(path, 'wx');
    const direct = directWrites(path, handle.fd);
    try {
      expect(await direct.write(content(MIB, true), 100)).toBe(false);
      expect(await direct.write(content(MIB + 100, true), 0)).toBe(false);
      expect(await direct.write(content(MIB, false), 0)).toBe(false);
      expect((await readFile(path)).length).toBe(0);
    } finally {
      direct.close();
      await handle.close();
    }
  });
});
