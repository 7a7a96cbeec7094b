import { ROLES, type Role } from './asked.ts';
import { MAX_GROUP_COLUMNS } from './predictions.ts';
import { invalidPredictions } from './record-stream.ts';

/** The names that columns go by where nobody says, without case. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  label: ['label', 'y_true', 'target', 'truth', 'actual', 'y'],
  prediction: ['prediction', 'predicted', 'y_pred', 'pred', 'predicted_label'],
  score: ['score', 'y_score', 'probability', 'proba', 'prob', 'y_prob', 'y_proba'],
  id: ['id', 'example_id', 'row_id', 'example'],
};

export interface FoundColumns {
  readonly names: Readonly<Partial<Record<Role, string>>>;
  readonly groups: readonly string[];
}

/** Which column holds what: as asked, else by the usual names. Throws `PREDICTIONS_INVALID`. */
export function findColumns(
  file: string,
  present: readonly string[],
  asked: {
    readonly columns?: Readonly<Partial<Record<Role, string>>> | undefined;
    readonly by?: readonly string[] | undefined;
  },
): FoundColumns {
  const { columns = {}, by = [] } = asked;
  const lacks = (name: string) =>
    invalidPredictions(
      file,
      `has no column ${JSON.stringify(name)}, but ${present
        .slice(0, 20)
        .map((one) => JSON.stringify(one))
        .join(', ')}`,
    );
  const names: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const wanted = columns[role];
    if (wanted !== undefined && !present.includes(wanted)) throw lacks(wanted);
    const found = wanted ?? usualName(role, present);
    if (found !== undefined) names[role] = found;
  }
  const missing = by.find((name) => !present.includes(name));
  if (missing !== undefined) throw lacks(missing);
  if (new Set(by).size > MAX_GROUP_COLUMNS)
    throw invalidPredictions(file, `is to be sliced by ${by.length} columns, more than ${MAX_GROUP_COLUMNS}`);
  if (names.label === undefined)
    throw invalidPredictions(file, 'has no column label (or y_true, target): name it with --columns label=NAME');
  if (names.prediction === undefined && names.score === undefined)
    throw invalidPredictions(
      file,
      'has neither a column prediction (or y_pred) nor score (or y_score): name one with --columns prediction=NAME',
    );
  return { names, groups: [...new Set(by)] };
}

function usualName(role: Role, present: readonly string[]): string | undefined {
  for (const name of NAMES[role]) {
    const found = present.find((one) => one.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
