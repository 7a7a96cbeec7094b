import type { EventOf } from '../log/events.ts';
import type { CommentedVote, FactSource, Lapse, Question, ReviewRequest, VotesOf } from '../rules/state.ts';
import { APPROVALS_COLUMNS, authorValues, NEWEST_GATES_COLUMNS, REQUESTS_COLUMNS } from './column-values.ts';
import { text } from './columns.ts';
import type { Sqlite } from './sqlite.ts';

// What commits write of gates, votes and requests.

export function dropGates(db: Sqlite, version: string, isMeant: (gate: string) => boolean): void {
  for (const row of db.all('SELECT stage, gate FROM newest_gates WHERE version = ?', [version])) {
    const [stage, gate] = [text(row, 'stage'), text(row, 'gate')];
    if (isMeant(gate))
      db.run('DELETE FROM newest_gates WHERE version = ? AND stage = ? AND gate = ?', [version, stage, gate]);
  }
}

export function writeGateResult(
  db: Sqlite,
  version: string,
  event: EventOf<'gate.recorded'>,
  { at, by }: FactSource,
): void {
  const sql =
    'INSERT INTO gate_results (version, stage, gate, outcome, evidence, at, by_name, by_email, by_signer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
  db.run(sql, [version, event.stage, event.gate, event.outcome, event.evidence ?? null, at, ...authorValues(by)]);
  db.run(`INSERT OR REPLACE INTO newest_gates (${NEWEST_GATES_COLUMNS}) ${valuesFor(NEWEST_GATES_COLUMNS)}`, [
    version,
    event.stage,
    event.gate,
    event.outcome,
    event.evidence ?? null,
    event.against?.stage ?? null,
    event.against?.version ?? null,
    at,
    ...authorValues(by),
  ]);
}

export function writeVote(
  db: Sqlite,
  { subject, target, model }: Question,
  vote: CommentedVote,
  source: FactSource,
): void {
  const { seq, at, by } = source;
  db.run(`INSERT OR REPLACE INTO approvals (${APPROVALS_COLUMNS}) ${valuesFor(APPROVALS_COLUMNS)}`, [
    subject,
    target,
    vote.person,
    model,
    vote.isGiven ? 1 : 0,
    vote.comment,
    vote.lapsed?.code ?? null,
    vote.lapsed?.why ?? null,
    vote.lapsed ? at : null,
    seq,
    at,
    ...authorValues(by),
  ]);
}

export function lapseVotes(db: Sqlite, of: VotesOf, { code, why }: Lapse, { at }: FactSource): void {
  const [where, values] =
    'model' in of
      ? ['model = ? AND target = ?', [of.model, of.target]]
      : of.target === undefined
        ? ['subject = ?', [of.subject]]
        : ['subject = ? AND target = ?', [of.subject, of.target]];
  db.run(
    `UPDATE approvals SET lapse = ?, lapsed = ?, lapsed_at = ? WHERE ${where} AND is_given = 1 AND lapse IS NULL`,
    [code, why, at, ...values],
  );
}

export function dropVotes(db: Sqlite, subject: string): void {
  db.run('DELETE FROM approvals WHERE subject = ?', [subject]);
}

export function writeRequest(
  db: Sqlite,
  { subject, target, model }: Question,
  request: ReviewRequest,
  source: FactSource,
): void {
  const { seq, at, askedAt, by } = source;
  const { comment, reviewers, policy } = request;
  db.run(`INSERT OR REPLACE INTO requests (${REQUESTS_COLUMNS}) ${valuesFor(REQUESTS_COLUMNS)}`, [
    subject,
    target,
    model,
    comment,
    JSON.stringify(reviewers),
    policy ? JSON.stringify(policy) : null,
    seq,
    at,
    askedAt,
    ...authorValues(by),
  ]);
}

export function endRequests(db: Sqlite, subject: string, target?: string): void {
  if (target === undefined) db.run('DELETE FROM requests WHERE subject = ?', [subject]);
  else db.run('DELETE FROM requests WHERE subject = ? AND target = ?', [subject, target]);
}

function valuesFor(columns: string): string {
  return `VALUES (${columns.replace(/\w+/g, '?')})`;
}
