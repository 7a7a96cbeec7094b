import { author, int, maybeText, text } from './columns.ts';
import type { ApprovalEntry, GateResultEntry } from './read-models.ts';
import type { Sqlite } from './sqlite.ts';

/** The newest result of each gate of a version for a stage. */
export function newestGateResults(db: Sqlite, version: string, stage: string): readonly GateResultEntry[] {
  const sql = `SELECT * FROM gate_results WHERE id IN
      (SELECT max(id) FROM gate_results WHERE version = ? AND stage = ? GROUP BY gate) ORDER BY id`;
  return db.all(sql, [version, stage]).map((row) => {
    const evidence = maybeText(row, 'evidence');
    return {
      gate: text(row, 'gate'),
      outcome: text(row, 'outcome') === 'passed' ? 'passed' : 'failed',
      at: text(row, 'at'),
      by: author(row, 'by'),
      ...(evidence === undefined ? {} : { evidence }),
    };
  });
}

/** Whether a digest is that of a gate's evidence. */
export function isEvidence(db: Sqlite, digest: string): boolean {
  return db.get('SELECT 1 FROM gate_results WHERE evidence = ? LIMIT 1', [digest]) !== undefined;
}

/** Who approved a version for a stage, or refused it, last. */
export function approvalsOf(db: Sqlite, version: string, stage: string): readonly ApprovalEntry[] {
  const sql = 'SELECT * FROM approvals WHERE version = ? AND stage = ? ORDER BY at, person';
  return db.all(sql, [version, stage]).map((row) => ({
    person: text(row, 'person'),
    isGiven: int(row, 'is_given') === 1,
    comment: text(row, 'comment'),
    at: text(row, 'at'),
    isSigned: maybeText(row, 'signer') !== undefined,
  }));
}
