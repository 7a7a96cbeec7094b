import { author, text } from './columns.ts';
import type { CommentEntry } from './read-models/comments.ts';
import type { Tags } from './read-models/values.ts';
import type { Sqlite } from './sqlite.ts';

export function tagsOf(db: Sqlite, subject: string): Tags {
  const rows = db.all('SELECT key, value FROM tags WHERE subject = ? ORDER BY key', [subject]);
  return Object.fromEntries(rows.map((row) => [text(row, 'key'), text(row, 'value')]));
}

export function remarksOf(db: Sqlite, subject: string, kind: 'note' | 'comment'): readonly CommentEntry[] {
  const sql =
    'SELECT intent, text, at, by_name, by_email, by_signer FROM remarks WHERE subject = ? AND kind = ? ORDER BY id';
  return db.all(sql, [subject, kind]).map((row) => ({
    id: text(row, 'intent'),
    text: text(row, 'text'),
    by: author(row, 'by'),
    at: text(row, 'at'),
  }));
}
