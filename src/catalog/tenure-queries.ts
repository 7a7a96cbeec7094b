import { author, int, isSet, maybeText, text } from './columns.ts';
import { lastNumberAt } from './plot-queries.ts';
import type { TenureEntry } from './read-models/stages.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Row, Sqlite } from './sqlite.ts';
import { transitionKind } from './transition-queries.ts';
import { versionById } from './version-queries.ts';

/** So many tenures are looked through for the versions that held a stage. */
const RECENT_TENURES = 500;

/** Versions that held a stage, the one that came to it last first. */
export function heldBefore(db: Sqlite, model: string, stage: string, limit: number): readonly VersionSummary[] {
  // Their ids first: everything about them would else be put together for all of them before they are sorted.
  const sql = `SELECT v.id FROM (SELECT version, max(id) AS last FROM
      (SELECT version, id FROM tenures WHERE model = ? AND stage = ? ORDER BY from_seq DESC LIMIT ${RECENT_TENURES}) GROUP BY version) t
    JOIN versions v ON v.id = t.version WHERE v.deleted_seq IS NULL ORDER BY t.last DESC LIMIT ?`;
  return db.all(sql, [model, stage, limit]).flatMap((row) => versionById(db, text(row, 'id')) ?? []);
}

/** When versions of a model were in a stage last, by their ids; of those that were there recently. */
export function lastTenures(
  db: Sqlite,
  model: string,
  stage: string,
): Readonly<Record<string, { readonly from: string; readonly to?: string }>> {
  const sql = `SELECT t.version, t.since, c.at FROM tenures t LEFT JOIN commits c ON c.seq = t.to_seq
    WHERE t.model = ? AND t.stage = ? ORDER BY t.from_seq DESC LIMIT ${RECENT_TENURES}`;
  const spans = new Map<string, { readonly from: string; readonly to?: string }>();
  for (const row of db.all(sql, [model, stage])) {
    const version = text(row, 'version');
    const to = row.at === null || row.at === undefined ? {} : { to: text(row, 'at') };
    if (!spans.has(version)) spans.set(version, { from: text(row, 'since'), ...to });
  }
  return Object.fromEntries(spans);
}

/** Which versions held a stage of a model, the one that came to it last first, before the place `before`. */
export function tenuresPage(
  db: Sqlite,
  { model, stage, before }: { readonly model: string; readonly stage: string; readonly before?: readonly number[] },
  limit: number,
): readonly { readonly seq: number; readonly id: number; readonly tenure: TenureEntry }[] {
  const [seq, id] = before ?? [Number.MAX_SAFE_INTEGER, 0];
  const move = (column: string) =>
    `(SELECT ${column} FROM transitions r WHERE r.version = t.version AND r.seq = t.from_seq AND r.to_stage = t.stage ORDER BY r.id DESC LIMIT 1)`;
  const sql = `SELECT t.id, t.version, t.since, t.by_name, t.by_email, t.by_signer, t.reason, t.from_seq, t.to_seq, v.number, v.via, v.deleted_seq,
      (SELECT at FROM commits WHERE seq = t.to_seq) AS until, ${move('kind')} AS kind, ${move('asked_at')} AS asked_at
    FROM tenures t JOIN versions v ON v.id = t.version
    WHERE t.model = ?1 AND t.stage = ?2 AND (t.from_seq < ?3 OR (t.from_seq = ?3 AND t.id < ?4))
    ORDER BY t.from_seq DESC, t.id DESC LIMIT ?5`;
  // One version's end is another's beginning.
  const numbers = new Map<number, number>();
  const newestAt = (seq: number, known: number) => {
    const number = numbers.get(seq) ?? lastNumberAt(db, model, seq, known);
    numbers.set(seq, number);
    return number;
  };
  return db
    .all(sql, [model, stage, seq ?? 0, id ?? 0, limit])
    .map((row) => ({ seq: int(row, 'from_seq'), id: int(row, 'id'), tenure: tenureIn(row, newestAt) }));
}

function tenureIn(row: Row, newestAt: (seq: number, known: number) => number): TenureEntry {
  const number = int(row, 'number');
  // It came to the stage after it was registered.
  const newestThen = newestAt(int(row, 'from_seq'), number);
  const until = maybeText(row, 'until');
  const hasEnded = isSet(row, 'to_seq');
  return {
    versionId: text(row, 'version'),
    number,
    since: text(row, 'since'),
    by: author(row, 'by'),
    reason: text(row, 'reason'),
    kind: transitionKind(row.kind),
    newestThen,
    ...(hasEnded ? { newestAtEnd: newestAt(int(row, 'to_seq'), newestThen) } : {}),
    ...(until === undefined ? {} : { until }),
    ...(row.via === 'import' ? { claimedSince: text(row, 'asked_at') } : {}),
    ...(isSet(row, 'deleted_seq') ? { isDeleted: true } : {}),
  };
}
