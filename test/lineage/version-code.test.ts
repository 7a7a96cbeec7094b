import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { retelling } from '../../src/base/retold.ts';
import { codeBetweenVersions } from '../../src/lineage/version-code.ts';
import { makePlace } from '../registry/opened.ts';
import { temporaryFolder, write } from './folder.ts';

describe('what changed in the code of versions', () => {
  it('says which uncommitted changes of a version weren’t recorded, in German too', async () => {
    const folder = await temporaryFolder();
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
    git('init', '--quiet');
    await write(folder, 'train.py', 'print(1)\n');
    git('add', '--all');
    git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--message', 'First');
    const commit = git('rev-parse', 'HEAD');
    const place = await makePlace();
    const registry = await place.open();
    const leftOut = [
      { leftOut: [], leftOutCount: 0, untrackedCount: 1 },
      { leftOut: [], leftOutCount: 2, untrackedCount: 3 },
    ];
    const ids: string[] = [];
    for (const [index, changes] of leftOut.entries()) {
      const paths = [await place.write('model.bin', `weights ${index}`)];
      const code = { commit, isDirty: true, capturedAt: 'start', changes: { fileCount: 0, ...changes } } as const;
      ids.push((await registry.register({ model: 'fraud', paths, code })).version.id);
    }
    const [beforeId = '', afterId = ''] = ids;
    const between = await codeBetweenVersions(registry, { folders: [folder], beforeId, afterId });
    expect(between?.missing).toEqual([
      'Of the uncommitted changes of fraud@1, 1 file that git doesn’t track wasn’t recorded.',
      'Of the uncommitted changes of fraud@2, 2 changed files weren’t recorded.',
      'Of the uncommitted changes of fraud@2, 3 files that git doesn’t track weren’t recorded.',
    ]);
    const tell = retelling(JSON.parse(readFileSync('l10n/core.l10n.de.json', 'utf8')));
    expect(between?.missing.map(tell)).toEqual([
      'Von den nicht committeten Änderungen von fraud@1 wurde 1 Datei, die git nicht verfolgt, nicht aufgezeichnet.',
      'Von den nicht committeten Änderungen von fraud@2 wurden 2 geänderte Dateien nicht aufgezeichnet.',
      'Von den nicht committeten Änderungen von fraud@2 wurden 3 Dateien, die git nicht verfolgt, nicht aufgezeichnet.',
    ]);
  });
});
