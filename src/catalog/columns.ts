import type { Author } from './read-models/author.ts';
import type { Row } from './sqlite.ts';

/** A column that the schema says is text. */
export function text(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : String(value ?? '');
}

/** A column that the schema says is a number. */
export function int(row: Row, name: string): number {
  const value = row[name];
  return typeof value === 'number' ? value : Number(value ?? 0);
}

export function maybeText(row: Row, name: string): string | undefined {
  const value = row[name];
  return typeof value === 'string' ? value : undefined;
}

export function isSet(row: Row, name: string): boolean {
  return row[name] !== null && row[name] !== undefined;
}

/** Who, from the three columns with this prefix. */
export function author(row: Row, prefix: string): Author {
  const signer = maybeText(row, `${prefix}_signer`);
  const claimed = { name: text(row, `${prefix}_name`), email: text(row, `${prefix}_email`) };
  return signer === undefined ? claimed : { ...claimed, signer };
}
