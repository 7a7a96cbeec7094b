import { styleText } from 'node:util';
import { messageOf, RegistryError } from '../base/errors.ts';

export const EXIT = { done: 0, refused: 1, usage: 2, pending: 3, interrupted: 130 } as const;

/** Characters that move the cursor, recolour or reorder what stands around them: names and reasons come from other people. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a registry or a file, made harmless for a terminal. Line feeds and tabs stay. */
export function safe(text: string): string {
  return text.replace(UNSAFE, '\ufffd');
}

/** The same on one line, cut to `max` characters. */
export function safeLine(text: string, max = 200): string {
  const line = safe(text).replace(/[\n\t]+/g, ' ');
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

export type Style = Parameters<typeof styleText>[0];

/** Colours the text where standard output is a terminal that wants colours. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the one JSON value of a `--json` run. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Says on standard error what went wrong; an error that isn't ours is a defect and keeps its stack. */
export function reportError(error: unknown, isJson: boolean): void {
  const code = RegistryError.is(error) ? error.code : 'INTERNAL';
  const details = RegistryError.is(error) ? error.details : {};
  const message = messageOf(error);
  if (isJson) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
    return;
  }
  process.stderr.write(`${styleText('red', 'error:', { stream: process.stderr, validateStream: true })} ${code}: ${safe(message)}\n`);
  if (code === 'INTERNAL' && error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
}
