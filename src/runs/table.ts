/** Rows of a CSV or TSV file. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MAX_COLUMNS = 2000;
const MAX_ROWS = 1_000_000;

/**
 * The table in a text: fields in quotes may hold separators, line ends and doubled quotes (RFC 4180). The separator is a tab, comma or
 * semicolon, whichever the first line has most of. Rows of another length than the first are cut or filled; empty lines are left out.
 * Undefined where there is no second line, or a first one that can't be of names.
 */
export function parseTable(text: string): Table | undefined {
  const content = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(content.slice(0, 64 * 1024).split('\n', 1)[0] ?? '');
  const lines = records(content, separator);
  const first = lines.next();
  const columns = first.done ? [] : first.value.map((name) => name.trim());
  if (columns.length === 0 || columns.length > MAX_COLUMNS || columns.every((name) => name === '')) return undefined;
  const rows: (readonly string[])[] = [];
  for (const record of lines) {
    if (record.length === 1 && record[0] === '') continue;
    rows.push(columns.map((_, place) => record[place] ?? ''));
    if (rows.length >= MAX_ROWS) break;
  }
  return rows.length === 0 ? undefined : { columns, rows };
}

/** What separates the fields of a table, by its first line. */
export function separatorOf(line: string): string {
  const counts = ['\t', ',', ';'].map((separator) => ({ separator, count: line.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

/** The records of a text, each with its fields. */
export function* records(text: string, separator: string): Generator<string[]> {
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { field, end } = fieldAt(text, at, separator);
    record.push(field);
    at = end;
    if (text[at] === separator) {
      at += 1;
      // A separator at the very end has an empty field after it.
      if (at < text.length) continue;
      record.push('');
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    yield record;
    record = [];
  }
}

function fieldAt(text: string, start: number, separator: string): { readonly field: string; readonly end: number } {
  if (text[start] !== '"') {
    const end = endOfField(text, start, separator);
    return { field: text.slice(start, end), end };
  }
  let field = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { field: field + text.slice(at), end: text.length };
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      // What stands between the quote and the separator belongs to the field, as most readers see it.
      const end = endOfField(text, quote + 1, separator);
      return { field: field + text.slice(quote + 1, end), end };
    }
    field += '"';
    at = quote + 2;
  }
}

function endOfField(text: string, start: number, separator: string): number {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}
