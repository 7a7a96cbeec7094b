import * as v from 'valibot';
import type { Lapse } from '../rules/state.ts';
import { author, int, maybeText, text } from './columns.ts';
import type { ApprovalEntry, GateResultEntry, RequestEntry } from './read-models/reviews.ts';
import type { Row, Sqlite } from './sqlite.ts';

const LAPSES: readonly Lapse['code'][] = ['used', 'holder', 'gate', 'withdrawn'];

/** The newest result of each gate of a version for a stage. */
export function newestGateResults(db: Sqlite, version: string, stage: string): readonly GateResultEntry[] {
  const sql = 'SELECT * FROM newest_gates WHERE version = ? AND stage = ? ORDER BY at, gate';
  return db.all(sql, [version, stage]).map(gateResult);
}

export function gateResult(row: Row): GateResultEntry {
  const evidence = maybeText(row, 'evidence');
  const stage = maybeText(row, 'against_stage');
  return {
    gate: text(row, 'gate'),
    outcome: text(row, 'outcome') === 'passed' ? 'passed' : 'failed',
    at: text(row, 'at'),
    by: author(row, 'by'),
    ...(evidence === undefined ? {} : { evidence }),
    ...(stage === undefined ? {} : { against: { stage, version: maybeText(row, 'against_version') ?? null } }),
  };
}

/** Whether a digest is that of a gate's evidence. */
export function isEvidence(db: Sqlite, digest: string): boolean {
  return db.get('SELECT 1 FROM gate_results WHERE evidence = ? LIMIT 1', [digest]) !== undefined;
}

/** What each person said last: of a version on its way to a stage, of a model's proposed policy. */
export function votesOn(db: Sqlite, subject: string, target: string): readonly ApprovalEntry[] {
  const sql = 'SELECT * FROM approvals WHERE subject = ? AND target = ? ORDER BY at, person';
  return db.all(sql, [subject, target]).map((row) => {
    const code = LAPSES.find((known) => known === row.lapse);
    const [why, at] = [maybeText(row, 'lapsed'), maybeText(row, 'lapsed_at')];
    return {
      person: text(row, 'person'),
      by: author(row, 'by'),
      isGiven: int(row, 'is_given') === 1,
      comment: text(row, 'comment'),
      at: text(row, 'at'),
      ...(code && why !== undefined && at !== undefined ? { lapsed: { code, why, at } } : {}),
    };
  });
}

/** What people are asked about: a promotion, or a policy, which is JSON. */
export interface RequestRow extends RequestEntry {
  readonly subject: string;
  readonly target: string;
  readonly model: string;
  readonly policy?: string;
}

/** The stages that somebody asked for, or said something of. */
export function reviewedStages(db: Sqlite, version: string): readonly string[] {
  const sql =
    'SELECT target FROM requests WHERE subject = ?1 UNION SELECT target FROM approvals WHERE subject = ?1 ORDER BY target LIMIT 64';
  return db.all(sql, [version]).map((row) => text(row, 'target'));
}

/** The promotion that somebody asks for, where somebody does. */
export function requestOn(db: Sqlite, subject: string, target: string): RequestEntry | undefined {
  const row = db.get(`${REQUESTS} WHERE subject = ? AND target = ?`, [subject, target]);
  return row && requestEntry(row);
}

/** The promotions that people ask for, or the policies that are proposed, the newest first. */
export function openRequests(
  db: Sqlite,
  kind: 'promotion' | 'policy',
  { model, subject, target }: { readonly [name in 'model' | 'subject' | 'target']?: string | undefined },
  limit: number,
): readonly RequestRow[] {
  const filters = [
    ...(model === undefined ? [] : [['model = ?', model] as const]),
    ...(subject === undefined ? [] : [['subject = ?', subject] as const]),
    ...(target === undefined ? [] : [['target = ?', target] as const]),
  ];
  const where = [`policy IS ${kind === 'policy' ? 'NOT ' : ''}NULL`, ...filters.map(([sql]) => sql)].join(' AND ');
  const sql = `${REQUESTS} WHERE ${where} ORDER BY seq DESC, subject DESC, target LIMIT ?`;
  return db.all(sql, [...filters.map(([, value]) => value), limit]).map((row) => ({
    subject: text(row, 'subject'),
    target: text(row, 'target'),
    model: text(row, 'model'),
    ...(row.policy === null ? {} : { policy: text(row, 'policy') }),
    ...requestEntry(row),
  }));
}

const REQUESTS = 'SELECT *, seq > (SELECT coalesce(max(seq), 0) FROM commits) AS is_pending FROM requests';
const namesSchema = v.array(v.string());

function requestEntry(row: Row): RequestEntry {
  return {
    by: author(row, 'by'),
    at: text(row, 'at'),
    askedAt: text(row, 'asked_at'),
    comment: text(row, 'comment'),
    reviewers: v.parse(namesSchema, JSON.parse(text(row, 'reviewers'))),
    pending: int(row, 'is_pending') === 1,
  };
}
