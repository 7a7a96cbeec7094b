import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import type { UiState } from '../shared/host.ts';
import { type ComparisonSection, type RowGroup, type SectionRow, sectionsOf } from './model.ts';

/** What of a section is on the page now. */
export interface ShownSection extends Omit<ComparisonSection, 'groups'> {
  readonly groups: readonly RowGroup[];
  readonly total: number;
  readonly different: number;
  readonly isClosed: boolean;
  /** How many rows are the same and folded away. */
  readonly folded: number;
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
  const folds = !isSearched && showsSame !== true && !onlyDifferences && ui[`same.${id}`] !== true;
  const isShown = (row: SectionRow) =>
    (!onlyDifferences && !folds ? true : row.isDifferent) && (!isSearched || matches(row, wanted));
  return {
    ...section,
    total: all.length + (section.unseen ?? 0),
    different: all.filter(({ isDifferent }) => isDifferent).length,
    isClosed,
    groups: isClosed ? [] : groups.map((group) => ({ ...group, rows: group.rows.filter(isShown) })),
    folded: isClosed || !folds ? 0 : all.filter(({ isDifferent }) => !isDifferent).length,
  };
}

function matches({ label, name, values }: SectionRow, wanted: string): boolean {
  return [label, name, ...values].some((text) =>
    String(text ?? '')
      .toLowerCase()
      .includes(wanted),
  );
}
