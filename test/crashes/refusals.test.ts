import * as fs from 'node:fs/promises';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makePlace, registerVersions } from '../registry/opened.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof fs>();
  return { ...actual, link: vi.fn(actual.link), rename: vi.fn(actual.rename) };
});
const actual = await vi.importActual<typeof fs>('node:fs/promises');

afterEach(() => {
  vi.mocked(fs.link).mockImplementation(actual.link);
  vi.mocked(fs.rename).mockImplementation(actual.rename);
});

/** Refuses the first `times` of every three calls, as a scanner does that opens each new file for a moment. */
function refuseAtFirst(code: string, times: number): void {
  let calls = 0;
  const refuse = () => {
    calls += 1;
    if ((calls - 1) % 3 < times) throw Object.assign(new Error(`${code}: in use`), { code });
  };
  vi.mocked(fs.link).mockImplementation(async (from, to) => {
    refuse();
    await actual.link(from, to);
  });
  vi.mocked(fs.rename).mockImplementation(async (from, to) => {
    refuse();
    await actual.rename(from, to);
  });
}

describe('files that are in use for a moment', () => {
  it('delay everything and prevent nothing', async () => {
    const place = await makePlace();
    const registry = await place.open();
    refuseAtFirst('EBUSY', 2);
    await registerVersions(place, registry, 2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    await registry.rollback({ model: 'fraud', reason: 'complaints' });
    const to = join(place.dir, 'pulled');
    for (const number of [1, 2]) {
      await registry.pull({ ref: `fraud@${number}`, to });
      expect(await readFile(join(to, 'model.bin'), 'utf8')).toBe(`weights ${number - 1}`);
    }
    expect(await readFile((await registry.path({ ref: 'fraud@2' })).path, 'utf8')).toBe('weights 1');
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
    expect((await readdir(place.dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a file system that has lost its hard links', () => {
  it.each(['ENOTSUP', 'ENOSYS', 'EPERM'])('(%s) is named as the reason, and nothing is changed', async (code) => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    const before = await place.files();
    vi.mocked(fs.link).mockRejectedValue(Object.assign(new Error(code), { code }));
    await expect(registry.note({ ref: 'fraud@1', text: 'x' })).rejects.toMatchObject({
      code: 'NO_ATOMIC_CREATE',
      message: expect.stringContaining('hard links'),
    });
    expect((await registry.listVersions()).items).toHaveLength(1);
    expect(await place.files()).toEqual(before);
  });
});
