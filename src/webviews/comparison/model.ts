import type { ComparedRow, ComparisonPageData } from '../../extension/messages.ts';

export type SectionName = 'metrics' | 'facts' | 'params' | 'tags' | 'lineage' | 'dependencies' | 'files';

export interface ComparisonSection {
  readonly name: SectionName;
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

/** The sections of a comparison in the order of the page; rows that differ come first within each. */
export function sectionsOf(comparison: ComparisonPageData): readonly ComparisonSection[] {
  return [
    { name: 'metrics', title: 'Metrics', rows: differentFirst(comparison.metrics) },
    { name: 'facts', title: 'Model', rows: differentFirst(comparison.facts) },
    { name: 'params', title: 'Params', rows: differentFirst(comparison.params) },
    { name: 'tags', title: 'Tags', rows: differentFirst(comparison.tags) },
    { name: 'lineage', title: 'Lineage', rows: differentFirst(comparison.lineage) },
    { name: 'dependencies', title: 'Dependencies', rows: differentFirst(comparison.dependencies) },
    { name: 'files', title: 'Files', rows: differentFirst(comparison.files) },
  ];
}

function differentFirst(rows: readonly ComparedRow[]): readonly ComparedRow[] {
  return [...rows.filter(({ isDifferent }) => isDifferent), ...rows.filter(({ isDifferent }) => !isDifferent)];
}

/** The column that the others are measured against: the one chosen, else the one in production, else the first. */
export function baselineColumn({ versions }: ComparisonPageData, chosenId: unknown): number {
  const chosen = versions.findIndex(({ id }) => id === chosenId);
  if (chosen >= 0) return chosen;
  return Math.max(
    0,
    versions.findIndex(({ stage }) => stage === 'production'),
  );
}
