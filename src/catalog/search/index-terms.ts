import { text } from '../columns.ts';
import type { Sqlite } from '../sqlite.ts';

/** What the index takes for words, and which it has. These tables hold nothing, and being temporary they are no part of the catalog. */
export const INDEX_TERMS_SQL = `
CREATE VIRTUAL TABLE temp.words_of USING fts3tokenize(unicode61, "remove_diacritics=0");
CREATE VIRTUAL TABLE temp.indexed_terms USING fts4aux(main, version_texts);
`;

/** Below and above every character of a word. */
const FIRST = '\u0001';
const LAST = '\u{10FFFF}';

/** The words of a text as the index writes them, without capitals. */
export function wordsOf(db: Sqlite, searched: string): readonly string[] {
  return db.all('SELECT token FROM temp.words_of WHERE input = ?', [searched]).map((row) => text(row, 'token'));
}

/** The words in the index that begin with `word`, one of `wordsOf`, and are longer: at most `limit`. */
export function longerTerms(db: Sqlite, word: string, limit: number): readonly string[] {
  // Not from the word itself on: the index would count all its versions.
  const sql = "SELECT term FROM temp.indexed_terms WHERE term >= ? AND term < ? AND col = '*' LIMIT ?";
  return db.all(sql, [`${word}${FIRST}`, `${word}${LAST}`, limit]).map((row) => text(row, 'term'));
}
