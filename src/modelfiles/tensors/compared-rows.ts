import { compareNaturally } from '../../base/natural-order.ts';
import { shapeText } from '../../base/shape.ts';
import { TENSOR_CHANGES, type TensorDifference, type TensorForm } from './tensor-difference.ts';

export const COMPARED_COLUMNS = ['name', 'kind', 'change', 'before', 'after'] as const;
export type ComparedColumn = (typeof COMPARED_COLUMNS)[number];

/** Which part of a table of compared tensors is looked at. */
export interface ComparedTensorQuery {
  readonly offset: number;
  readonly limit: number;
  readonly sort: ComparedColumn;
  readonly isDescending: boolean;
  /** Words of which all must be in the name, kind, dtypes or shapes; letter case doesn't count. */
  readonly filter: string;
}

export interface ComparedTensorRows {
  readonly rows: readonly TensorDifference[];
  /** How many match the filter. */
  readonly matching: number;
}

/** A table of compared tensors that is asked for page by page; the order and the filter of the last question are kept. */
export function comparedTensorTable(
  tensors: readonly TensorDifference[],
): (query: ComparedTensorQuery) => ComparedTensorRows {
  let last: { readonly key: string; readonly rows: readonly TensorDifference[] } | undefined;
  return ({ offset, limit, sort, isDescending, filter }) => {
    const key = JSON.stringify([sort, isDescending, filter]);
    if (last?.key !== key) {
      const compare = comparisonOf(sort);
      const sign = isDescending ? -1 : 1;
      const rows = matching(tensors, filter);
      last = { key, rows: [...rows].sort((a, b) => sign * compare(a, b) || compareNaturally(a.name, b.name)) };
    }
    return { rows: last.rows.slice(offset, offset + limit), matching: last.rows.length };
  };
}

function matching(tensors: readonly TensorDifference[], filter: string): readonly TensorDifference[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return tensors;
  return tensors.filter(({ name, kind, before, after }) => {
    const text = `${name} ${kind} ${formText(before)} ${formText(after)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** `float32 768×768`, and nothing where there is no tensor. */
export function formText(form: TensorForm | undefined): string {
  return form === undefined ? '' : `${form.dtype} ${shapeText(form.shape)}`;
}

function comparisonOf(column: ComparedColumn): (a: TensorDifference, b: TensorDifference) => number {
  switch (column) {
    case 'name':
      return (a, b) => compareNaturally(a.name, b.name);
    case 'kind':
      return (a, b) => TENSOR_CHANGES.indexOf(a.kind) - TENSOR_CHANGES.indexOf(b.kind);
    case 'change':
      return (a, b) => changeOf(a) - changeOf(b) || TENSOR_CHANGES.indexOf(b.kind) - TENSOR_CHANGES.indexOf(a.kind);
    case 'before':
      return (a, b) => compareNaturally(formText(a.before), formText(b.before));
    case 'after':
      return (a, b) => compareNaturally(formText(a.after), formText(b.after));
  }
}

/** What didn't change stands below what did a little, and what has no number between them. */
function changeOf({ kind, change }: TensorDifference): number {
  if (change === 'Infinity') return Number.MAX_VALUE;
  return change ?? (kind === 'identical' ? -1 : -0.5);
}
