import { expect, it } from 'vitest';
import { policyProblemText } from '../../src/base/approvals-text.ts';
import { formatShare } from '../../src/base/count.ts';

it('says shares in tenths, and never all or nothing of what isn’t quite', () => {
  const shares = [0, 0.00000468, 0.1234, 0.5, 0.9999, 1];
  expect(shares.map(formatShare)).toEqual(['0 %', '< 0.1 %', '12.3 %', '50 %', '> 99.9 %', '100 %']);
});

it('says what a policy misses as gates of a project do, and anything else as it is', () => {
  const hint = 'that of whoever registered the version doesn’t count';
  expect(
    [`0 of 1 approvals; ${hint}`, '0 of 2 approvals by ann, bob', '1 of 2 approvals by ann', 'auc is not recorded'].map(
      policyProblemText,
    ),
  ).toEqual([
    `no approval yet, 1 needed; ${hint}`,
    'no approval yet, 2 needed from ann, bob',
    '1 of 2 approvals from ann',
    'auc is not recorded',
  ]);
});
