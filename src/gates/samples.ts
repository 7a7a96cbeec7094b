import type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';

/** Decimal fractions have no exact binary form: 0.93 − 0.925 isn't more than 0.005. */
const TOLERANCE = 1e-12;

/** What two numbers of this size may differ by and still be the same. */
export function tolerance(a: number, b: number): number {
  return TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Which evaluations are meant: on a dataset, of the whole, of a slice, or of the slices of a name (`*`: of all). */
export interface Wanted {
  readonly dataset: string | undefined;
  readonly slice?: string | undefined;
  readonly slices?: string | undefined;
  /** Only those that have this metric. */
  readonly metric?: string | undefined;
}

/** The newest evaluation of each slice; of the whole under an empty name. */
export function newestBySlice(
  evaluations: readonly EvaluationEntry[],
  { dataset, slice, slices, metric }: Wanted,
): ReadonlyMap<string, EvaluationEntry> {
  const found = new Map<string, EvaluationEntry>();
  for (const entry of evaluations) {
    if (entry.dataset !== dataset || !isWanted(entry.slice, slice, slices)) continue;
    if (metric === undefined || Object.hasOwn(entry.metrics, metric)) found.set(entry.slice ?? '', entry);
  }
  return found;
}

function isWanted(present: string | undefined, slice: string | undefined, slices: string | undefined): boolean {
  if (slices === undefined) return present === slice;
  return present !== undefined && (slices === '*' || present.startsWith(`${slices}=`));
}
