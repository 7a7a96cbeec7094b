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
