import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeepCandidate, reasonsToKeep } from '../../../src/registry/space/keep-rule.ts';

const NOW = 1_000_000;

function candidate(values: Partial<KeepCandidate> & { readonly id: string }): KeepCandidate {
  return {
    artifact: `artifact of ${values.id}`,
    sizeBytes: 10,
    isServing: false,
    hasAlias: false,
    isRollbackTarget: false,
    isNewestOfModel: false,
    ...values,
  };
}

const versions: fc.Arbitrary<KeepCandidate[]> = fc
  .array(
    fc.record(
      {
        artifact: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        isServing: fc.boolean(),
        hasAlias: fc.boolean(),
        isRollbackTarget: fc.boolean(),
        leftServingAtMs: fc.integer({ min: 0, max: NOW }),
        isNewestOfModel: fc.boolean(),
        base: fc.nat(9).map(String),
      },
      { requiredKeys: ['artifact', 'isServing', 'hasAlias', 'isRollbackTarget', 'isNewestOfModel'] },
    ),
    { maxLength: 10 },
  )
  .map((records) =>
    records.map((record, index) =>
      candidate({ ...record, id: String(index), sizeBytes: record.artifact.charCodeAt(0) }),
    ),
  );

it('keeps everything without a budget', () => {
  fc.assert(
    fc.property(versions, (list) => {
      const reasons = reasonsToKeep(list, { nowMs: NOW, windowMs: 1000 });
      for (const { id } of list) expect(reasons.get(id)).not.toEqual([]);
    }),
  );
});

it('never lets go of what serves, served within the window, has an alias, is newest, or could come back', () => {
  fc.assert(
    fc.property(versions, fc.nat(500), fc.nat(NOW), (list, budgetBytes, windowMs) => {
      const reasons = reasonsToKeep(list, { nowMs: NOW, windowMs, budgetBytes });
      for (const version of list) {
        const isNeeded =
          version.isServing ||
          version.hasAlias ||
          version.isRollbackTarget ||
          version.isNewestOfModel ||
          (version.leftServingAtMs !== undefined && NOW - version.leftServingAtMs <= windowMs);
        if (isNeeded) expect(reasons.get(version.id)).not.toEqual([]);
      }
    }),
  );
});

it('keeps the base of what it keeps', () => {
  fc.assert(
    fc.property(versions, fc.nat(300), (list, budgetBytes) => {
      const reasons = reasonsToKeep(list, { nowMs: NOW, windowMs: 0, budgetBytes });
      for (const { id, base } of list) {
        if (base === undefined || reasons.get(id)?.length === 0 || !reasons.has(base)) continue;
        expect(reasons.get(base)).toContain('lineage');
      }
    }),
  );
});

it('spends no more than the budget on candidates that nothing else keeps, each artifact counted once', () => {
  fc.assert(
    fc.property(versions, fc.nat(500), (list, budgetBytes) => {
      const reasons = reasonsToKeep(list, { nowMs: NOW, windowMs: 0, budgetBytes });
      const isOtherwiseKept = new Set(
        list
          .filter(({ id }) => reasons.get(id)?.some((reason) => !['budget', 'lineage'].includes(reason)))
          .map((v) => v.artifact),
      );
      const spent = new Map(
        list
          .filter(({ id, artifact }) => reasons.get(id)?.includes('budget') && !isOtherwiseKept.has(artifact))
          .map(({ artifact, sizeBytes }) => [artifact, sizeBytes]),
      );
      expect([...spent.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budgetBytes);
    }),
  );
});

it('lets the oldest go first', () => {
  const list = ['4', '3', '2', '1'].map((id) => candidate({ id }));
  const reasons = reasonsToKeep(list, { nowMs: NOW, windowMs: 0, budgetBytes: 25 });
  expect(list.map(({ id }) => reasons.get(id))).toEqual([['budget'], ['budget'], [], []]);
});
