import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { localFileSet } from '../../../src/modelfiles/local-files.ts';
import { bytesSource } from '../../../src/modelfiles/read/window.ts';
import { isZip, readZip } from '../../../src/modelfiles/read/zip.ts';
import { folderOf } from '../file-sets.ts';

/** An archive as Python's zipfile writes it. */
async function archiveOf(lines: readonly string[]): Promise<Uint8Array> {
  const file = await archiveFile(lines);
  const set = await localFileSet(file);
  const source = await set.open('a.zip');
  const bytes = await source.read(0, source.sizeBytes);
  await source.close();
  return bytes;
}

async function archiveFile(lines: readonly string[]): Promise<string> {
  const file = join(await folderOf({}), 'a.zip');
  const script = [
    'import sys, zipfile, warnings',
    'warnings.simplefilter("ignore")',
    'z = zipfile.ZipFile(sys.argv[1], "w")',
  ];
  execFileSync('python3', ['-c', [...script, ...lines, 'z.close()'].join('\n'), file]);
  return file;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

it('lists an archive, and reads what is stored and what is packed', async () => {
  const bytes = await archiveOf([
    'z.writestr("data.pkl", b"stored")',
    'z.writestr("folder/big.txt", "x" * 5000, zipfile.ZIP_DEFLATED)',
    'z.comment = b"PK\\x05\\x06 in a comment"',
  ]);
  expect(isZip(bytes)).toBe(true);
  const zip = await readZip(bytesSource(bytes), 'a.zip');
  expect(zip.entries.map(({ name, sizeBytes, isStored }) => [name, sizeBytes, isStored])).toEqual([
    ['data.pkl', 6, true],
    ['folder/big.txt', 5000, false],
  ]);
  const [stored, packed] = zip.entries;
  if (!stored || !packed) throw new Error('two entries');
  const { source, offset } = await zip.openStored(stored);
  expect(text(await source.read(2, 100))).toBe('ored');
  expect(text(bytes.subarray(offset, offset + 6))).toBe('stored');
  expect(text(await zip.readEntry(packed, 5000))).toBe('x'.repeat(5000));
  await expect(zip.openStored(packed)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
  await expect(zip.readEntry(packed, 4999)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

it('reads an archive of more than 4 GiB, of which only headers are on the disk', async () => {
  const file = await archiveFile([
    'z._allowZip64 = True',
    'z.writestr("first", b"1")',
    'z.fp.seek(5 * 2**30)',
    'z.start_dir = z.fp.tell()',
    'z.writestr("second", b"22")',
  ]);
  const handle = await open(file);
  expect((await handle.stat()).size).toBeGreaterThan(5 * 2 ** 30);
  await handle.close();
  const source = await (await localFileSet(file)).open('a.zip');
  const zip = await readZip(source, 'a.zip');
  const second = zip.find('second');
  if (!second) throw new Error('not found');
  expect(text(await zip.readEntry(second, 10))).toBe('22');
  await source.close();
});

it('says where a name stands twice', async () => {
  const bytes = await archiveOf(['z.writestr("data.pkl", b"first")', 'z.writestr("data.pkl", b"last")']);
  const zip = await readZip(bytesSource(bytes), 'a.zip');
  expect(zip.problems).toEqual(['a.zip has "data.pkl" twice: programs may read one or the other']);
  const entry = zip.find('data.pkl');
  expect(entry && text(await zip.readEntry(entry, 10))).toBe('last');
});

it('does not unpack more than an archive promises', async () => {
  const bytes = await archiveOf(['z.writestr("bomb", b"0" * 30_000_000, zipfile.ZIP_DEFLATED, 9)']);
  const directory = Buffer.from(bytes).indexOf('PK\x01\x02', 0, 'latin1');
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, 10, true);
  const zip = await readZip(bytesSource(bytes), 'a.zip');
  const [bomb] = zip.entries;
  if (!bomb) throw new Error('one entry');
  await expect(zip.readEntry(bomb, 1000)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

it('refuses an archive that is cut off anywhere', async () => {
  const bytes = await archiveOf(['z.writestr("a", b"content")', 'z.writestr("b", b"more")']);
  for (let length = 0; length < bytes.length; length += 1)
    await expect(readZip(bytesSource(bytes.subarray(0, length)), 'a.zip'), `${length} bytes`).rejects.toMatchObject({
      code: 'MODEL_FILE_INVALID',
    });
});

it('reads or refuses whatever is changed in an archive, with no other error', async () => {
  const bytes = await archiveOf(['z.writestr("a", b"content")', 'z.writestr("b", b"more" * 20, zipfile.ZIP_DEFLATED)']);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 1, 0x7f, 0xff));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const changed = Uint8Array.from(bytes);
      for (const [at, value] of changes) changed[at] = value;
      try {
        const zip = await readZip(bytesSource(changed), 'a.zip');
        for (const entry of zip.entries) await zip.readEntry(entry, 1000);
      } catch (error) {
        if (!RegistryError.is(error, 'MODEL_FILE_INVALID')) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
