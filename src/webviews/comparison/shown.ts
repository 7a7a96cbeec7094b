import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import type { UiState } from '../shared/host.ts';
import { type ComparisonSection, type RowGroup, type SectionRow, sectionsOf, sortOf } from './model.ts';

/** What can be folded away, each by itself. */
export const foldedSorts = ['same', 'partly-known'] as const;
export type FoldedSort = (typeof foldedSorts)[number];

/** What of a section is on the page now. */
export interface ShownSection extends Omit<ComparisonSection, 'groups'> {
  readonly groups: readonly RowGroup[];
  readonly total: number;
  readonly different: number;
  readonly isClosed: boolean;
  /** How many rows weren't recorded of every version, and don't differ as far as they were. */
  readonly partlyKnown: number;
  /** The versions of which nothing that the section has was recorded. */
  readonly unknownColumns: readonly number[];
  /** How many rows of either sort are folded away. */
  readonly folded: Readonly<Record<FoldedSort, number>>;
}

export interface Choosing {
  readonly words: string;
  readonly onlyDifferences: boolean;
  readonly ui: UiState;
}

/** The sections with the rows that the person wants to see. A search opens what it finds. */
export function shownSections(comparison: ComparisonPageData, choosing: Choosing): readonly ShownSection[] {
  const { words, onlyDifferences } = choosing;
  const shown = sectionsOf(comparison).map((section) => shownSection(section, choosing));
  const isSearched = words.trim() !== '';
  return shown.filter(({ total, different, groups }) => {
    if (isSearched) return groups.some(({ rows }) => rows.length > 0);
    return !onlyDifferences || different > 0 || total === 0;
  });
}

function shownSection(section: ComparisonSection, { words, onlyDifferences, ui }: Choosing): ShownSection {
  const { id, groups, showsSame } = section;
  const all = groups.flatMap(({ rows }) => rows);
  const wanted = words.trim().toLowerCase();
  const isSearched = wanted !== '';
  const isClosed = !isSearched && ui[`closed.${id}`] === true;
  const folds = (sort: FoldedSort) =>
    !isSearched && showsSame !== true && !onlyDifferences && ui[`${sort}.${id}`] !== true;
  const isShown = (row: SectionRow) => {
    const sort = sortOf(row);
    return (sort === 'different' || !(onlyDifferences || folds(sort))) && (!isSearched || matches(row, wanted));
  };
  const countOf = (sort: ReturnType<typeof sortOf>) => all.filter((row) => sortOf(row) === sort).length;
  const folded = (sort: FoldedSort) => (isClosed || !folds(sort) ? 0 : countOf(sort));
  return {
    ...section,
    total: all.length + (section.unseen ?? 0),
    different: countOf('different'),
    partlyKnown: countOf('partly-known'),
    unknownColumns: [...(all[0]?.values.keys() ?? [])].filter((column) =>
      all.every(({ isKnown }) => isKnown?.[column] === false),
    ),
    isClosed,
    groups: isClosed ? [] : groups.map((group) => ({ ...group, rows: group.rows.filter(isShown) })),
    folded: { same: folded('same'), 'partly-known': folded('partly-known') },
  };
}

function matches({ label, name, values }: SectionRow, wanted: string): boolean {
  return [label, name, ...values].some((text) =>
    String(text ?? '')
      .toLowerCase()
      .includes(wanted),
  );
}
