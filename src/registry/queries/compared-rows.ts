import { byName } from '../../base/by-name.ts';
import type { ComparisonRow } from '../../catalog/read-models/comparison.ts';

export type Cell = string | number | undefined;
export type Cells = Readonly<Record<string, Cell>>;

/** A row for every name that any of the versions has, those that differ first, by name. What isn't known of a version differs from none. */
export function rowsOf(
  columns: readonly Cells[],
  isKnown: readonly boolean[] = columns.map(() => true),
): readonly ComparisonRow[] {
  const rows = namesIn(columns).map((name) => {
    const values = columns.map((column) => cellOf(column, name));
    return { name, values, isDifferent: differ(values, isKnown) };
  });
  return differentFirst(rows);
}

/** The same for values that are told apart by something else than their texts. */
export function namedRowsOf(
  columns: readonly { readonly texts: Cells; readonly names: Readonly<Record<string, string | undefined>> }[],
  isKnown: readonly boolean[],
): readonly ComparisonRow[] {
  const rows = namesIn(columns.map(({ texts }) => texts)).map((name) => {
    const values = columns.map(({ texts }) => cellOf(texts, name));
    const names = columns.map((column) => (Object.hasOwn(column.names, name) ? column.names[name] : undefined));
    // Where one has no name, its text is all that there is to tell it by.
    const told = values.map((value, index) => names[index] ?? value);
    return { name, values, names, isDifferent: differ(told, isKnown) };
  });
  return differentFirst(rows);
}

function namesIn(columns: readonly Cells[]): readonly string[] {
  return [...new Set(columns.flatMap((column) => Object.keys(column)))].sort(byName);
}

function cellOf(column: Cells, name: string): Cell {
  return Object.hasOwn(column, name) ? column[name] : undefined;
}

function differ(values: readonly Cell[], isKnown: readonly boolean[]): boolean {
  return new Set(values.filter((_, index) => isKnown[index])).size > 1;
}

function differentFirst(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  return [...rows.filter((row) => row.isDifferent), ...rows.filter((row) => !row.isDifferent)];
}
