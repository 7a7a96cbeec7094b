import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isIgnored, matchingFiles } from '../../src/outputs/output-files.ts';
import { matcherOf, splitPattern } from '../../src/project/declared-paths.ts';

it.each([
  ['models/fraud/**', 'models/fraud', '**'],
  ['models/*.bin', 'models', '*.bin'],
  ['**/*.pt', '.', '**/*.pt'],
  ['models/model.bin', 'models/model.bin', ''],
  ['./models/', 'models', ''],
  ['models/{a,b}/x.bin', 'models', '{a,b}/x.bin'],
])('the pattern %s starts from %s', (pattern, base, rest) => {
  expect(splitPattern(pattern)).toEqual({ base, rest });
});

it.each([
  ['models', 'models/a/b.bin', true],
  ['models', 'models2/b.bin', false],
  ['models/**', 'models/a/b.bin', true],
  ['models/*.bin', 'models/b.bin', true],
  ['models/*.bin', 'models/a/b.bin', false],
  ['*.bin', 'b.bin', true],
  ['models [1]/x.bin', 'models [1]/x.bin', true],
  ['größe/*.bin'.normalize('NFC'), 'größe/x.bin'.normalize('NFD'), true],
  ['größe'.normalize('NFD'), 'größe/x.bin'.normalize('NFC'), true],
])('%s and %s belong together: %s', (pattern, path, belongs) => {
  expect(matcherOf([pattern])(path)).toBe(belongs);
});

it.each([
  'a.tmp',
  'a.bin.part',
  'a.bin~',
  'x/.hidden',
  'a.crdownload',
  'a.tmp-123',
  'node_modules/a.bin',
  'x/__pycache__/a',
])('takes %s for no output', (path) => {
  expect(isIgnored(path)).toBe(true);
});

it.each(['model.bin', 'temporary/model.bin', 'environment/x', 'template.json'])('takes %s for an output', (path) => {
  expect(isIgnored(path)).toBe(false);
});

it('finds files whose names have the letters of a pattern in another form of Unicode, as on macOS', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'model-registry-names-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'models'));
  for (const form of ['NFC', 'NFD']) await writeFile(join(root, 'models', `${form}-größe.bin`.normalize(form)), form);
  const found = async (pattern: string) =>
    (await matchingFiles(root, [pattern])).map((file) => basename(file).slice(0, 3));
  for (const form of ['NFC', 'NFD']) expect(await found('models/*größe.bin'.normalize(form))).toEqual(['NFC', 'NFD']);
});
