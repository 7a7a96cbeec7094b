import { compareNaturally } from '../base/natural-order.ts';
import { elementCount, shapeText } from '../base/shape.ts';
import type { TensorFacts } from './facts.ts';
import { decoderOf } from './tensors/number-decoder.ts';

export const TENSOR_COLUMNS = ['name', 'dtype', 'shape', 'elements', 'sizeBytes'] as const;
export type TensorColumn = (typeof TENSOR_COLUMNS)[number];

/** Which part of a table of tensors is looked at. */
export interface TensorQuery {
  readonly offset: number;
  readonly limit: number;
  readonly sort: TensorColumn;
  readonly isDescending: boolean;
  /** Words of which all must be in the name, dtype or shape; letter case doesn't count. */
  readonly filter: string;
}

export interface TensorRow {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Where the format says where the tensor is, or its dtype how much it takes. */
  readonly sizeBytes?: number;
  /** The file that holds it, where there are several. */
  readonly path?: string;
}

export interface TensorRows {
  readonly rows: readonly TensorRow[];
  /** How many match the filter. */
  readonly matching: number;
}

/**
 * A table of tensors that is asked for page by page. The order and the filter of the last question are kept, so that scrolling through
 * 100,000 tensors sorts them once. `layer.2` comes before `layer.10`.
 */
export function tensorTable(tensors: readonly TensorFacts[]): (query: TensorQuery) => TensorRows {
  const hasSeveralFiles = new Set(tensors.map(({ place }) => place?.path)).size > 1;
  const all = tensors.map((tensor) => rowOf(tensor, hasSeveralFiles));
  let last: { readonly key: string; readonly rows: readonly TensorRow[] } | undefined;
  return (query) => {
    const key = JSON.stringify([query.sort, query.isDescending, query.filter]);
    if (last?.key !== key) last = { key, rows: inOrder(matchingRows(all, query.filter), query) };
    return { rows: last.rows.slice(query.offset, query.offset + query.limit), matching: last.rows.length };
  };
}

function rowOf({ name, dtype, shape, place }: TensorFacts, withPath: boolean): TensorRow {
  const elements = elementCount(shape) ?? Number.MAX_SAFE_INTEGER;
  const itemBytes = decoderOf(dtype)?.itemBytes;
  const sizeBytes = place?.sizeBytes ?? (itemBytes === undefined ? undefined : elements * itemBytes);
  return {
    name,
    dtype,
    shape,
    elements,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(place && withPath ? { path: place.path } : {}),
  };
}

function matchingRows(rows: readonly TensorRow[], filter: string): readonly TensorRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = `${row.name} ${row.dtype} ${shapeText(row.shape)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function inOrder(rows: readonly TensorRow[], { sort, isDescending }: TensorQuery): readonly TensorRow[] {
  const compare = comparisonOf(sort);
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a, b) || compareNaturally(a.name, b.name));
}

function comparisonOf(column: TensorColumn): (a: TensorRow, b: TensorRow) => number {
  switch (column) {
    case 'name':
      return (a, b) => compareNaturally(a.name, b.name);
    case 'dtype':
      return (a, b) => (a.dtype < b.dtype ? -1 : a.dtype > b.dtype ? 1 : 0);
    case 'shape':
      return (a, b) => compareShapes(a.shape, b.shape);
    case 'elements':
      return (a, b) => a.elements - b.elements;
    case 'sizeBytes':
      return (a, b) => (a.sizeBytes ?? -1) - (b.sizeBytes ?? -1);
  }
}

function compareShapes(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [index, size] of a.entries()) {
    const other = b[index] ?? 0;
    if (size !== other) return size - other;
  }
  return 0;
}
