import { safe, styled } from '../terminal.ts';

const MAX_NAME_WIDTH = 40;

/** A title with its body below; empty where the body is. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `${styled('bold', title)}\n${body}`;
}

/** Names and values in two columns, indented; pairs without a value are left out. Names and values must be safe already. */
export function pairs(entries: readonly (readonly [string, string])[]): string {
  const shown = entries.filter(([, value]) => value !== '');
  const width = Math.min(MAX_NAME_WIDTH, Math.max(0, ...shown.map(([name]) => name.length)));
  return shown.map(([name, value]) => `  ${styled('dim', name.padEnd(width))}  ${value}`).join('\n');
}

/** Text of any origin, each line moved in below what it belongs to. */
export function indented(text: string): string {
  return safe(text)
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
