import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { LONG } from './longest-first.mts';

it('the tests that are started first are all there', () => {
  const root = resolve(import.meta.dirname, '../..');
  expect(LONG.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
});
