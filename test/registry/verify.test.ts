import { renameSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { snapshotFile } from '../../src/catalog/snapshot.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { makePlace, type Place, registerVersions } from './opened.ts';

async function storyIn(place: Place): Promise<void> {
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
  await registry.rollback({ model: 'fraud', reason: 'third' });
  await registry.close();
}

async function flip(file: string, offset: number): Promise<void> {
  await chmod(file, 0o644);
  const bytes = await readFile(file);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x01;
  await writeFile(file, bytes);
}

async function problemsOf(place: Place): Promise<readonly string[]> {
  let registry: Registry;
  try {
    registry = await place.open();
  } catch (error) {
    // Without its first file a registry can't be opened at all; the error names the file.
    if (RegistryError.is(error, 'FORMAT_DAMAGED') && error.message.includes('format.json')) return ['format.json'];
    throw error;
  }
  const report = await registry.verify({ artifacts: true });
  await registry.close();
  return report.problems.map((problem) => problem.key);
}

describe('verify', () => {
  it('finds nothing in a sound registry', async () => {
    const place = await makePlace();
    await storyIn(place);
    const registry = await place.open();
    const report = await registry.verify({ artifacts: true });
    expect(report).toMatchObject({ commits: 5, manifests: 2, objects: 2, problems: [], voids: [] });
  });

  it('names the newest commit where it was emptied, which another machine has never seen whole, and nothing is added behind it', async () => {
    const place = await makePlace();
    await storyIn(place);
    const newest = join(place.registryDir, commitKey(5));
    await chmod(newest, 0o644);
    await writeFile(newest, '');
    for (const name of await readdir(place.registryDir))
      if (name.startsWith('catalog')) await rm(join(place.registryDir, name));
    await rm(join(place.dir, 'state'), { recursive: true });
    const registry = await place.open();
    const damaged = { code: 'LOG_DAMAGED', message: expect.stringContaining(commitKey(5)) };
    await expect(registry.production()).rejects.toMatchObject(damaged);
    await expect(registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'x' })).rejects.toMatchObject(damaged);
    const { problems } = await registry.verify();
    expect(problems).toMatchObject([{ code: 'COMMIT_DAMAGED', key: commitKey(5) }]);
  });

  it('names exactly the file in which one byte was changed, wherever it is', async () => {
    const place = await makePlace();
    await storyIn(place);
    const files = [...(await place.files()).keys()];
    expect(files).toHaveLength(10);
    for (const key of files) {
      const file = join(place.registryDir, key);
      const { size } = await stat(file);
      for (const offset of new Set([0, Math.floor(size / 3), Math.floor(size / 2), size - 1])) {
        await flip(file, offset);
        expect(await problemsOf(place), `${key} at ${offset}`).toEqual([key]);
        await flip(file, offset);
      }
    }
    expect(await problemsOf(place)).toEqual([]);
  });

  it.each([true, false])(
    'takes nothing for missing that others write while it reads (remembered: %s)',
    async (isSeen) => {
      const place = await makePlace();
      const writer = await place.open();
      await registerVersions(place, writer, 5);
      await writer.close();
      await rm(snapshotFile(place.registryDir), { force: true });
      const later = [4, 5].map((seq) => join(place.registryDir, commitKey(seq)));
      const heads = join(place.dir, 'state/heads');
      for (const path of [...later, heads]) renameSync(path, `${path}.later`);
      const reader = await place.open();
      let isWritten = false;
      const { problems, commits } = await reader.verify(
        {},
        {
          onProgress: () => {
            if (isWritten) return;
            isWritten = true;
            for (const path of [...later, ...(isSeen ? [heads] : [])]) renameSync(`${path}.later`, path);
          },
        },
      );
      expect(problems).toEqual([]);
      expect(commits).toBe(3);
    },
  );

  it('does so without the saved catalog too', async () => {
    const place = await makePlace();
    await storyIn(place);
    const logs = [...(await place.files()).keys()].filter((key) => key.startsWith('log/'));
    for (const key of logs) {
      await rm(snapshotFile(place.registryDir), { force: true });
      await flip(join(place.registryDir, key), 90);
      expect(await problemsOf(place), key).toEqual([key]);
      await flip(join(place.registryDir, key), 90);
      await rm(snapshotFile(place.registryDir), { force: true });
    }
  });

  it('does not take a catalog of a damaged log for evidence later on', async () => {
    const place = await makePlace();
    await storyIn(place);
    const first = 'log/00000000000000000001.jsonl';
    await rm(snapshotFile(place.registryDir), { force: true });
    await flip(join(place.registryDir, first), 90);
    expect(await problemsOf(place)).toEqual([first]);
    await flip(join(place.registryDir, first), 90);
    expect(await problemsOf(place)).toEqual([]);
  });

  it('names what is missing, and the versions that need it', async () => {
    const place = await makePlace();
    await storyIn(place);
    const object = [...(await place.files()).keys()].find((key) => key.startsWith('objects/')) ?? '';
    await rm(join(place.registryDir, object));
    const last = 'log/00000000000000000005.jsonl';
    await rm(join(place.registryDir, last));
    const registry = await place.open();
    const { problems, restorable } = await registry.verify({ artifacts: true });
    expect(problems.map(({ code, key }) => ({ code, key }))).toEqual([
      { code: 'COMMIT_MISSING', key: last },
      { code: 'OBJECT_MISSING', key: object },
    ]);
    expect(problems[1]?.versions).toHaveLength(1);
    expect(restorable).toEqual({ whole: 1, total: 2 });
  });

  it('calls nothing missing that is there', async () => {
    const place = await makePlace();
    await storyIn(place);
    await rm(join(place.registryDir, 'log/00000000000000000003.jsonl'));
    expect(await problemsOf(place)).toEqual(['log/00000000000000000003.jsonl']);
  });

  it.each([true, false])('goes on behind what is missing (with the saved catalog: %s)', async (isSaved) => {
    const place = await makePlace();
    const writer = await place.open();
    await registerVersions(place, writer, 8);
    await writer.close();
    if (!isSaved) await rm(snapshotFile(place.registryDir), { force: true });
    const missing = [2, 5, 6].map(commitKey);
    for (const key of missing) await rm(join(place.registryDir, key));
    await flip(join(place.registryDir, commitKey(7)), 90);
    const registry = await place.open();
    const { problems, commits } = await registry.verify();
    expect(problems.map(({ code, key }) => [code, key])).toEqual([
      [expect.stringMatching(/^COMMIT_(DAMAGED|REWRITTEN)$/), commitKey(7)],
      ...missing.map((key) => ['COMMIT_MISSING', key]),
    ]);
    expect(commits).toBe(5);
    // Without what the catalog knows, everybody else says which it is, too.
    if (!isSaved)
      await expect(registry.listModels()).rejects.toMatchObject({
        code: 'LOG_GAP',
        message: expect.stringContaining('Commit 2 is missing'),
      });
  });

  it('tells bytes that fell apart from a commit that somebody wrote in the place of another', async () => {
    const place = await makePlace();
    await storyIn(place);
    const second = join(place.registryDir, 'log/00000000000000000002.jsonl');
    const text = await readFile(second, 'utf8');
    await writeFile(second, text.replace('0.91', '0.99'));
    const { problems } = await (await place.open()).verify();
    expect(problems).toMatchObject([{ code: 'COMMIT_REWRITTEN', versions: ['fraud@2'] }]);
    await writeFile(second, text.replace('"events"', '"even\u0000s"'));
    expect((await (await place.open()).verify()).problems).toMatchObject([{ code: 'COMMIT_DAMAGED' }]);
  });

  it.each([1, 3, 5])('goes on behind what stands in the place of commit %i and is none', async (seq) => {
    const place = await makePlace();
    await storyIn(place);
    const key = commitKey(seq);
    const file = join(place.registryDir, key);
    await rename(file, join(place.dir, 'commit'));
    await symlink(join(place.dir, 'commit'), file);
    const damaged = commitKey(seq === 3 ? 2 : 3);
    await flip(join(place.registryDir, damaged), 90);
    for (const hasCatalog of [true, false]) {
      if (!hasCatalog) await rm(snapshotFile(place.registryDir), { force: true });
      const report = await (await place.open()).verify();
      expect(report.commits).toBe(5);
      const unreadable = report.problems.find((problem) => problem.key === key);
      expect(unreadable).toMatchObject({ code: 'COMMIT_UNREADABLE', message: expect.stringContaining('is a link') });
      // Without the catalog, a commit before one that can't be read has no witness.
      if (hasCatalog || seq !== 3)
        expect(report.problems.map((problem) => problem.key).sort()).toEqual([key, damaged].sort());
    }
  });

  it('names what takes the number of a commit to come', async () => {
    const place = await makePlace();
    await storyIn(place);
    const log = join(place.registryDir, 'log');
    await writeFile(join(log, '00000000000000900000.jsonl'), '');
    await symlink('nowhere', join(log, '00000000000000000006.jsonl'));
    await mkdir(join(log, '99999999999999999999.jsonl'));
    await writeFile(join(log, '.DS_Store'), 'nobody minds');
    const { problems, commits } = await (await place.open()).verify();
    expect(commits).toBe(5);
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^LOG_STRAY log.0+6.jsonl is a link .* Move it away/),
      expect.stringMatching(/^LOG_STRAY log.0+900000.jsonl is a file /),
      expect.stringMatching(/^LOG_STRAY log.9+.jsonl is a folder /),
    ]);
  });

  it('leaves everything else refusing to answer from a damaged log', async () => {
    const place = await makePlace();
    await storyIn(place);
    await flip(join(place.registryDir, 'log/00000000000000000003.jsonl'), 200);
    await rm(snapshotFile(place.registryDir), { force: true });
    const before = await place.files();
    const registry = await place.open();
    await expect(registry.production()).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
      message: expect.stringContaining('verify'),
    });
    await expect(registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'x' })).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
    });
    expect(await place.files()).toEqual(before);
  });
});
