import { expect, it } from 'vitest';
import { isIgnored, matcherOf, splitPattern } from '../../src/outputs/output-files.ts';

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
