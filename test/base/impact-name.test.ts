import { expect, it } from 'vitest';
import { impactName } from '../../src/base/impact-name.ts';

it('what versions were made from is called as people call it', () => {
  const digest = 'ab3f9c1e77d0'.repeat(5);
  expect(impactName({ kind: 'data', name: digest, path: 'data/train.csv' })).toBe('data/train.csv (ab3f9c1e77d0)');
  expect(impactName({ kind: 'data', name: 'data/train.csv' })).toBe('data/train.csv');
  expect(impactName({ kind: 'commit', name: digest.slice(0, 40) })).toBe('commit ab3f9c1e77d0');
  expect(impactName({ kind: 'package', name: 'numpy==1.26.4' })).toBe('numpy==1.26.4');
});
