import type { IntentVerdict } from '../rules/state.ts';
import { int, maybeText, text } from './columns.ts';
import type { Sqlite } from './sqlite.ts';

/** Leaves out what is laid over the log. */
const IN_LOG = 'seq <= (SELECT coalesce(max(seq), 0) FROM commits)';

/** An intent's place in the log and what became of it. Its body stays in the log. */
export interface IntentPlace {
  readonly seq: number;
  readonly position: number;
  readonly id?: string;
  /** Absent for what is laid over the log. */
  readonly at?: string;
  readonly outcome: string;
  readonly message?: string;
  readonly signer?: string;
}

/** Newest first, before the place `before`; of one model or version where `subject` names it. */
export function intentPlaces(
  db: Sqlite,
  filter: {
    readonly subject?: string | undefined;
    readonly before?: { readonly seq: number; readonly position: number } | undefined;
  },
  limit: number,
): readonly IntentPlace[] {
  const { seq, position } = filter.before ?? { seq: Number.MAX_SAFE_INTEGER, position: 0 };
  const before = '(i.seq < ?1 OR (i.seq = ?1 AND i.position < ?2))';
  const from =
    filter.subject === undefined
      ? 'intents i'
      : 'intent_subjects s JOIN intents i ON i.seq = s.seq AND i.position = s.position AND s.subject = ?4';
  const order = filter.subject === undefined ? 'i.seq DESC, i.position DESC' : 's.seq DESC, s.position DESC';
  const sql = `SELECT i.seq, i.position, i.id, i.outcome, i.message, i.signer, c.at FROM ${from} LEFT JOIN commits c ON c.seq = i.seq
    WHERE ${before} ORDER BY ${order} LIMIT ?3`;
  const params = [seq, position, limit, ...(filter.subject === undefined ? [] : [filter.subject])];
  return db.all(sql, params).map((row) => {
    const id = maybeText(row, 'id');
    const message = maybeText(row, 'message');
    const at = maybeText(row, 'at');
    const signer = maybeText(row, 'signer');
    return {
      seq: int(row, 'seq'),
      position: int(row, 'position'),
      ...(at === undefined ? {} : { at }),
      outcome: text(row, 'outcome'),
      ...(id === undefined ? {} : { id }),
      ...(message === undefined ? {} : { message }),
      ...(signer === undefined ? {} : { signer }),
    };
  });
}

/** Everything in the log that had no effect, in order. */
export function voidsOf(
  db: Sqlite,
): readonly { readonly seq: number; readonly id?: string; readonly reason: string }[] {
  const commits = db
    .all('SELECT seq, problem, needs FROM commits WHERE problem IS NOT NULL OR needs IS NOT NULL ORDER BY seq')
    .map((row) => ({
      seq: int(row, 'seq'),
      reason: `The commit ${maybeText(row, 'problem') ?? `needs ${text(row, 'needs')}`}.`,
    }));
  const intents = db
    .all(`SELECT seq, id, message FROM intents WHERE outcome <> 'applied' AND ${IN_LOG} ORDER BY seq, position`)
    .map((row) => {
      const id = maybeText(row, 'id');
      return { seq: int(row, 'seq'), reason: text(row, 'message'), ...(id === undefined ? {} : { id }) };
    });
  return [...commits, ...intents].sort((a, b) => a.seq - b.seq);
}

/** Why a commit is void as a whole; undefined where it isn't. */
export function problemOfCommit(db: Sqlite, seq: number): string | undefined {
  const row = db.get('SELECT problem FROM commits WHERE seq = ?', [seq]);
  return row && maybeText(row, 'problem');
}

/** What this program doesn't understand of the log; where there is anything, the registry is read-only. */
export function unknownNeeds(db: Sqlite): readonly string[] {
  // In the words of the partial indexes, which SQLite wouldn't use otherwise.
  const commits = db
    .all('SELECT DISTINCT needs FROM commits WHERE (problem IS NOT NULL OR needs IS NOT NULL) AND needs IS NOT NULL')
    .map((row) => text(row, 'needs'));
  const intents = db
    .all(`SELECT DISTINCT message FROM intents WHERE outcome <> 'applied' AND outcome = 'unknown' AND ${IN_LOG}`)
    .map((row) => text(row, 'message'));
  return [...commits, ...intents];
}

/** The hash that the log's commit `seq` had when it was applied. */
export function appliedHash(db: Sqlite, seq: number): string | undefined {
  const row = db.get('SELECT hash FROM commits WHERE seq = ?', [seq]);
  return row && text(row, 'hash');
}

/** `model@number` of the versions that use an artifact, up to `limit`. */
export function labelsOfArtifact(db: Sqlite, digest: string, limit: number): readonly string[] {
  const sql = `SELECT m.name, v.number FROM versions v JOIN models m ON m.id = v.model
    WHERE v.artifact = ? AND v.deleted_seq IS NULL ORDER BY v.key LIMIT ?`;
  return db.all(sql, [digest, limit]).map((row) => `${text(row, 'name')}@${int(row, 'number')}`);
}

/** `model@number` of the versions that a commit registered, up to `limit`. */
export function labelsOfCommit(db: Sqlite, seq: number, limit: number): readonly string[] {
  const sql = `SELECT m.name, v.number FROM versions v JOIN models m ON m.id = v.model
    WHERE v.seq = ? AND v.deleted_seq IS NULL ORDER BY v.key LIMIT ?`;
  return db.all(sql, [seq, limit]).map((row) => `${text(row, 'name')}@${int(row, 'number')}`);
}

/** Of the versions that need a published artifact, how many need none of `damaged`. */
export function countRestorable(
  db: Sqlite,
  damaged: readonly string[],
): { readonly whole: number; readonly total: number } {
  const sql = `SELECT count(*) AS total, count(*) FILTER (WHERE v.artifact NOT IN (SELECT value FROM json_each(?))) AS whole
    FROM versions v JOIN artifacts a ON a.digest = v.artifact WHERE v.deleted_seq IS NULL AND a.status = 'published'`;
  const row = db.get(sql, [JSON.stringify(damaged)]) ?? {};
  return { whole: int(row, 'whole'), total: int(row, 'total') };
}

/** Digests of the artifacts that versions need, those of deleted versions and withdrawn ones left out. */
export function neededArtifacts(db: Sqlite): readonly string[] {
  const sql = `SELECT DISTINCT v.artifact FROM versions v JOIN artifacts a ON a.digest = v.artifact
    WHERE v.deleted_seq IS NULL AND a.status = 'published' ORDER BY v.artifact`;
  return db.all(sql).map((row) => text(row, 'artifact'));
}

/** The commits that don't follow from their predecessors, in order. */
export function unchainedCommits(db: Sqlite): readonly { readonly seq: number; readonly hash: string }[] {
  const sql =
    "SELECT seq, hash FROM commits WHERE (problem IS NOT NULL OR needs IS NOT NULL) AND problem_code = 'UNCHAINED' ORDER BY seq";
  return db.all(sql).map((row) => ({ seq: int(row, 'seq'), hash: text(row, 'hash') }));
}

/** What became of the intent with this id; `code` where it is void. Undefined while it isn't in the log. */
export function settledIntent(db: Sqlite, id: string): IntentVerdict | undefined {
  const sql = `SELECT i.seq, i.code, i.message, c.at FROM intents i JOIN commits c ON c.seq = i.seq WHERE i.id = ? AND i.owns_id = 1`;
  const row = db.get(sql, [id]);
  if (!row) return undefined;
  const code = maybeText(row, 'code');
  return {
    seq: int(row, 'seq'),
    at: text(row, 'at'),
    message: text(row, 'message'),
    ...(code === undefined ? {} : { code }),
  };
}
