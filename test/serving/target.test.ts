import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTarget } from '../../src/serving/target.ts';

let dir = '';
let to = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-target-'));
  to = join(dir, 'model');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const DIGESTS = ['a', 'b'].map((digit) => digit.repeat(64));

/** A folder for each artifact, with its digit in it. */
async function folders(target: Awaited<ReturnType<typeof openTarget>>) {
  for (const digest of DIGESTS) {
    await mkdir(target.folderOf(digest), { recursive: true });
    await writeFile(join(target.folderOf(digest), 'model.bin'), digest.slice(0, 1));
    await writeFile(join(target.folderOf(digest), '.model-registry-pull.json'), '{}');
  }
  return DIGESTS.map(target.folderOf);
}

describe.each([false, true])('a target, with the links of Windows: %s', (isWindows) => {
  it('leads from one folder to the next', async () => {
    const target = await openTarget(to, { isWindows });
    const [first = '', second = ''] = await folders(target);
    expect(await target.current()).toBeUndefined();
    for (const folder of [first, second, second, first]) {
      await target.switchTo(folder);
      expect(await target.current()).toBe(folder);
    }
    expect(await readFile(join(to, 'model.bin'), 'utf8')).toBe('a');
    const served = {
      model: { id: '01M84GD1DENREG1STRY0000001', name: 'fraud' },
      version: '01M84GD1DENREG1STRY0000000',
      artifact: DIGESTS[0] ?? '',
      since: '2026-11-23T12:00:00.000Z',
    };
    await target.settle(first, served);
    expect(await target.settled(first)).toEqual(served);
    await target.sweep([first]);
    expect((await readdir(dir)).sort()).toEqual(['.model-aaaaaaaaaaaaaaaa', '.model-aaaaaaaaaaaaaaaa.done', 'model']);
  });

  it('finishes a switch that was interrupted between the two links, and removes what another left', async () => {
    const target = await openTarget(to, { isWindows });
    const [first = '', second = ''] = await folders(target);
    await target.switchTo(first);
    await rename(to, join(dir, '.model-link-999999'));
    expect(await (await openTarget(to, { isWindows })).current()).toBe(first);
    await symlink(second, join(dir, '.model-link-999998'));
    expect(await (await openTarget(to, { isWindows })).current()).toBe(first);
    expect((await readdir(dir)).filter((name) => name.includes('link'))).toEqual([]);
  });

  it('is neither a folder nor a link that others made', async () => {
    await symlink(tmpdir(), to);
    await expect(openTarget(to, { isWindows })).rejects.toMatchObject({ code: 'TARGET_NOT_LINK' });
    await rm(to);
    await mkdir(to);
    await expect(openTarget(to, { isWindows })).rejects.toMatchObject({ code: 'TARGET_NOT_LINK' });
  });
});
