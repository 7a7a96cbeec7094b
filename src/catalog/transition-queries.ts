import * as v from 'valibot';
import { author, int, maybeText, text } from './columns.ts';
import type { TransitionEntry } from './read-models/stages.ts';
import type { Row, Sqlite } from './sqlite.ts';
import { IN_LOG, namesSchema } from './version-rows.ts';

const relatedSchema = v.array(v.string());
const KINDS: readonly TransitionEntry['kind'][] = ['promote', 'rollback', 'demote', 'archive', 'displaced'];

/** A column that the schema says is a kind of transition. */
export function transitionKind(value: unknown): TransitionEntry['kind'] {
  return KINDS.find((kind) => kind === value) ?? 'promote';
}

export function transitionsOf(db: Sqlite, version: string): readonly TransitionEntry[] {
  const sql = `SELECT *, NOT ${IN_LOG} AS is_pending FROM transitions WHERE version = ? ORDER BY id`;
  return db.all(sql, [version]).map((row) => {
    const related = v.parse(relatedSchema, JSON.parse(text(row, 'related')));
    return {
      from: text(row, 'from_stage'),
      to: text(row, 'to_stage'),
      kind: transitionKind(row.kind),
      by: author(row, 'by'),
      at: text(row, 'at'),
      askedAt: text(row, 'asked_at'),
      reason: text(row, 'reason'),
      isOverride: int(row, 'is_override') === 1,
      ...overriddenIn(row),
      displaced: related.map((id) => int(db.get('SELECT number FROM versions WHERE id = ?', [id]) ?? {}, 'number')),
      seq: int(row, 'seq'),
      ...(int(row, 'is_pending') === 1 ? { pending: true } : {}),
    };
  });
}

function overriddenIn(row: Row): { readonly overridden?: readonly string[] } {
  const json = maybeText(row, 'overridden');
  return json === undefined ? {} : { overridden: v.parse(namesSchema, JSON.parse(json)) };
}
