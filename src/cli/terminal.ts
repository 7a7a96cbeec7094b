import { styleText } from 'node:util';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';

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
  process.stdout.write(`${jsonText(value, 2)}\n`);
}

/** JSON in which the characters that a terminal acts on are escaped: still the same value. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** What to do about an error of the operating system, by its code. */
const SYSTEM_ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Check who may read and write it.',
  EPERM: 'Check who may read and write it.',
  ELOOP: 'A link there leads back to itself: remove it.',
  ENOTDIR: 'What stands there is no folder: check the path.',
  EISDIR: 'A folder stands where a file belongs: check the path.',
  ENAMETOOLONG: 'The name is too long: use a shorter one.',
  EROFS: 'Choose a place that can be written to.',
  ENOSPC: 'The disk is full: free some space and try again.',
  EDQUOT: 'The disk quota is used up: free some space and try again.',
  EMFILE: 'Too many files are open: close other programs and try again.',
  EIO: 'The disk reports an error: check it before anything else.',
};

/** A message quotes what it is about, which can be long. */
const MAX_MESSAGE = 2000;

/** Says on standard error what went wrong. An error that nobody foresaw is a defect, and keeps its stack. */
export function reportError(error: unknown, isJson: boolean): void {
  report(error, isJson, styleText('red', 'error:', { stream: process.stderr, validateStream: true }));
}

/** Says what a version doesn't have that was registered all the same. */
export function reportLeftOut(problem: unknown, isJson: boolean): void {
  report(problem, isJson, styleText('yellow', 'note:', { stream: process.stderr, validateStream: true }));
}

function report(error: unknown, isJson: boolean, label: string): void {
  const known = knownError(error);
  const { code, message, details } = known ?? { code: 'INTERNAL', message: messageOf(error), details: {} };
  if (isJson) {
    process.stderr.write(`${jsonText({ error: { code, message, details } })}\n`);
    return;
  }
  process.stderr.write(`${label} ${code}: ${safeLine(message, MAX_MESSAGE)}\n`);
  if (!known && error instanceof Error && error.stack) process.stderr.write(`${safe(error.stack)}\n`);
}

function knownError(error: unknown): RegistryError | undefined {
  if (RegistryError.is(error)) return error;
  const code = systemErrorCode(error);
  const advice = code === undefined ? undefined : SYSTEM_ADVICE[code];
  if (code === undefined || advice === undefined) return undefined;
  return new RegistryError('FILE_SYSTEM', `${messageOf(error)}. ${advice}`, { details: { code }, cause: error });
}
