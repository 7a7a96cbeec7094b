import { byName } from '../../base/by-name.ts';
import type { ComparisonRow } from '../../catalog/read-models/comparison.ts';

export type Cell = string | number | undefined;
export type Cells = Readonly<Record<string, Cell>>;

/** Whether it was recorded what a version has of that name, if anything. */
export type Knows = (name: string, column: number) => boolean;

/** A row for every name that any of the versions has, those that differ first, by name. What isn't known of a version differs from nothing. */
export function rowsOf(columns: readonly Cells[], knows: Knows = () => true): readonly ComparisonRow[] {
  const rows = namesIn(columns).map((name) => {
    const values = columns.map((column) => cellOf(column, name));
    return { name, values, ...standing(name, values, knows) };
  });
  return differentFirst(rows);
}

/** The same for values that are told apart by something else than their texts. */
export function namedRowsOf(
  columns: readonly { readonly texts: Cells; readonly names: Readonly<Record<string, string | undefined>> }[],
  knows: Knows,
): readonly ComparisonRow[] {
  const rows = namesIn(columns.map(({ texts }) => texts)).map((name) => {
    const values = columns.map(({ texts }) => cellOf(texts, name));
    const names = columns.map((column) => (Object.hasOwn(column.names, name) ? column.names[name] : undefined));
    // Where one has no name, its text is all that there is to tell it by.
    const told = values.map((value, index) => names[index] ?? value);
    return { name, values, names, ...standing(name, told, knows) };
  });
  return differentFirst(rows);
}

function namesIn(columns: readonly Cells[]): readonly string[] {
  return [...new Set(columns.flatMap((column) => Object.keys(column)))].sort(byName);
}

/** Rows of metrics: what wasn't measured has no value that could differ. */
export function metricRowsOf(columns: readonly Cells[]): readonly ComparisonRow[] {
  return rowsOf(columns, (name, column) => cellOf(columns[column] ?? {}, name) !== undefined);
}

export function cellOf(column: Cells, name: string): Cell {
  return Object.hasOwn(column, name) ? column[name] : undefined;
}

function standing(name: string, values: readonly Cell[], knows: Knows): Pick<ComparisonRow, 'isDifferent' | 'isKnown'> {
  const isKnown = values.map((_, column) => knows(name, column));
  const isDifferent = new Set(values.filter((_, column) => isKnown[column])).size > 1;
  return { isDifferent, ...(isKnown.every(Boolean) ? {} : { isKnown }) };
}

function differentFirst(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  return [...rows.filter((row) => row.isDifferent), ...rows.filter((row) => !row.isDifferent)];
}
