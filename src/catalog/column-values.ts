import type { EventOf } from '../log/events.ts';
import type { FactAuthor, IntentOutcome, StageMove } from '../rules/state.ts';
import { FACTS_COLUMNS } from './facts-columns.ts';
import type { SqlValue } from './sqlite.ts';

// What commits write into columns, one at a time and in bulk.

/** Columns of `versions`, in the order of what is written to them; the same for the other tables. */
export const WRITTEN_VERSION_COLUMNS = `id, model, number, stage, stage_since, stage_by_name, stage_by_email, stage_by_signer, artifact, size_bytes, file_count,
  description, metrics, params, run_id, fingerprint, code_commit, environment, base, ${FACTS_COLUMNS},
  created_at, created_by_name, created_by_email, created_by_signer, via, seq, position, changed_seq`;
export const NEWEST_GATES_COLUMNS =
  'version, stage, gate, outcome, evidence, against_stage, against_version, at, by_name, by_email, by_signer';
export const APPROVALS_COLUMNS =
  'subject, target, person, model, is_given, comment, lapse, lapsed, lapsed_at, seq, at, by_name, by_email, by_signer';
export const REQUESTS_COLUMNS =
  'subject, target, model, comment, reviewers, policy, seq, at, asked_at, by_name, by_email, by_signer';

/** The values of an intent's columns, without who signed it. */
export function intentValues(
  { seq, position, id }: { readonly seq: number; readonly position: number; readonly id?: string },
  ownsId: boolean,
  outcome: IntentOutcome,
): SqlValue[] {
  const code = outcome.kind === 'void' ? outcome.code : null;
  const message =
    outcome.kind === 'void' ? outcome.message : outcome.kind === 'unknown' ? outcome.needs.join(', ') : null;
  return [seq, position, id ?? null, ownsId ? 1 : 0, outcome.kind, code, message];
}

/** What gates said against a move that was made all the same. */
export function overriddenJson({ overridden = [] }: StageMove): string | null {
  return overridden.length === 0 ? null : JSON.stringify(overridden);
}

/** The values of an author's columns: name, address, and who signed. */
export function authorValues({ name, email, signer }: FactAuthor) {
  return [name, email, signer ?? null] as const;
}

/** The row of `evaluation_details`, without its id. */
export function evaluationDetails({ dataset, intervals, predictions }: EventOf<'version.evaluated'>): SqlValue[] {
  const isEmpty = Object.keys(intervals ?? {}).length === 0;
  const { object = null, rows = null } = predictions ?? {};
  return [dataset?.sha256 ?? null, isEmpty ? null : JSON.stringify(intervals), object, rows];
}

/** An object of names and values as JSON, sorted by name. */
export function valuesJson(values: Readonly<Record<string, number | string>>): string {
  // By hand: an object in the right order would have to be made for it first, which takes longer than all else.
  const members = Object.keys(values)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(values[name])}`);
  return `{${members.join()}}`;
}
