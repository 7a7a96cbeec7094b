import { groupBy } from './group-by.ts';

/** How much one column of values tells of another, for finding what moved a metric. Pure. */

/** Fewer pairs than these say nothing. */
const FEWEST = 5;

/**
 * Spearman's rank correlation of the pairs in which both are finite, from −1 to 1: equal values share the middle of their ranks. Undefined
 * where there are fewer than five pairs, or all values of one side are alike.
 */
export function rankCorrelation(ones: readonly number[], others: readonly number[]): number | undefined {
  const pairs = ones.flatMap((one, index) => {
    const other = others[index] ?? Number.NaN;
    return Number.isFinite(one) && Number.isFinite(other) ? [[one, other] as const] : [];
  });
  if (pairs.length < FEWEST) return undefined;
  return correlation(ranksOf(pairs.map(([one]) => one)), ranksOf(pairs.map(([, other]) => other)));
}

/**
 * The share of what the ranks of `values` vary that goes with the groups, as its root, from 0 to 1 (the correlation ratio). Undefined where
 * fewer than five have a value, there is one group only, or nobody shares a group.
 */
export function groupAssociation(groups: readonly number[], values: readonly number[]): number | undefined {
  const known = groups.flatMap((group, index) => {
    const value = values[index] ?? Number.NaN;
    return group >= 0 && Number.isFinite(value) ? [{ group, value }] : [];
  });
  if (known.length < FEWEST) return undefined;
  const ranks = ranksOf(known.map(({ value }) => value));
  const byGroup = groupBy(ranks, (_, index) => known[index]?.group ?? -1);
  if (byGroup.size < 2 || byGroup.size === known.length) return undefined;
  const mean = meanOf(ranks);
  const total = sumOf(ranks.map((rank) => (rank - mean) ** 2));
  if (total === 0) return undefined;
  const between = sumOf([...byGroup.values()].map((found) => found.length * (meanOf(found) - mean) ** 2));
  return Math.sqrt(Math.min(1, between / total));
}

/** From 1; equal values have the mean of the ranks that they take together. */
function ranksOf(values: readonly number[]): readonly number[] {
  const inOrder = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < inOrder.length; ) {
    let end = start;
    while (end + 1 < inOrder.length && inOrder[end + 1]?.value === inOrder[start]?.value) end += 1;
    for (let place = start; place <= end; place += 1) ranks[inOrder[place]?.index ?? 0] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranks;
}

function correlation(ones: readonly number[], others: readonly number[]): number | undefined {
  const [mean, otherMean] = [meanOf(ones), meanOf(others)];
  const [spread, otherSpread] = [
    sumOf(ones.map((x) => (x - mean) ** 2)),
    sumOf(others.map((y) => (y - otherMean) ** 2)),
  ];
  if (spread === 0 || otherSpread === 0) return undefined;
  const together = sumOf(ones.map((x, index) => (x - mean) * ((others[index] ?? 0) - otherMean)));
  return Math.max(-1, Math.min(1, together / Math.sqrt(spread * otherSpread)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}
