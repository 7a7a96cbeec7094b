import { describe, expect, it } from 'vitest';
import { changesSummary, type SummarisedChanges, type SummarisedCode } from '../../src/base/changes-summary.ts';

const none: SummarisedChanges = {
  before: { metrics: {} },
  after: { metrics: {} },
  code: {},
  data: [],
  packages: [],
  params: [],
  environment: [],
  weights: 'unknown',
};
const commits = (count: number, authors: readonly string[], fileCount = 0, removed = 0): SummarisedCode => ({
  added: { count, commits: authors.map((author) => ({ author })) },
  removed: { count: removed },
  fileCount,
});
const code = (isDirty = false) => ({ before: { commit: 'a', isDirty: false }, after: { commit: 'b', isDirty } });

describe('the summary of what changed', () => {
  it('says that nothing else differs where the files alone do', () => {
    expect(changesSummary(none, undefined)).toEqual(['other files', 'nothing else that was recorded differs']);
    expect(changesSummary({ ...none, weights: 'different' }, undefined)[0]).toBe('other weights');
    expect(changesSummary({ ...none, weights: 'same-files' }, undefined)).toEqual(['the same files']);
    expect(changesSummary({ ...none, before: { metrics: { auc: 1 } } }, undefined)).toEqual([
      'other files',
      'metrics of only one of them; nothing else that was recorded differs',
    ]);
  });

  it('tells one thing by its name and several by their number', () => {
    const one = {
      ...none,
      data: [{ path: 'train.csv', kind: 'changed' }],
      params: [{ name: 'lr', values: [0.1, null] }],
    };
    expect(changesSummary(one, undefined)).toEqual(['train.csv changed', 'lr 0.1 → none']);
    const packages = ['upgraded', 'upgraded', 'removed'].map((kind) => ({ name: 'x', kind }));
    expect(changesSummary({ ...none, packages }, undefined)).toEqual(['packages: 2 upgraded, 1 removed']);
  });

  it('tells how many commits of whom change how many files', () => {
    const summary = (of: SummarisedCode | undefined) => changesSummary({ ...none, code: code() }, of)[0];
    expect(summary(commits(1, ['Ada'], 1))).toBe('1 commit by Ada changes 1 file');
    expect(summary(commits(3, ['Ada', 'Bob', 'Bob'], 40))).toBe('3 commits by Bob and Ada change 40 files');
    expect(summary(commits(1500, ['a', 'b', 'c'], 2, 4))).toBe(
      '1,500 commits by 3 people change 2 files, 4 commits of the earlier version are missing',
    );
    expect(summary(commits(0, [], 2, 4))).toBe('code from 4 commits earlier');
    expect(summary(undefined)).toBe('code from another commit');
  });

  it('tells uncommitted changes on the same commit', () => {
    const same = { before: { commit: 'a', isDirty: false }, after: { commit: 'a', isDirty: true } };
    expect(changesSummary({ ...none, code: same }, undefined)).toEqual(['the same commit, with uncommitted changes']);
  });

  it('tells the two metrics that tell most of those that differ', () => {
    const metrics = {
      before: { metrics: { auc: 0.9, loss: 1, n: 1 } },
      after: { metrics: { auc: 0.8, loss: 2, n: 2 } },
    };
    expect(changesSummary({ ...none, ...metrics }, undefined)).toEqual([
      'auc 0.9 → 0.8 (−0.1, worse)',
      'loss 1 → 2 (+1, worse)',
    ]);
  });
});
