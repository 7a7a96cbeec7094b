import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table3 from 'cli-table3';
import type { Table } from './results.ts';

const REPORT = join(import.meta.dirname, '../docs/benchmarks.md');
const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

/** A table for a terminal. */
export function tableText({ title, note, columns, rows }: Table): string {
  const table = new Table3({ head: [...columns], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return `\n${title}\n${note === undefined ? '' : `${note}\n`}${table.toString()}`;
}

/** A table for docs/benchmarks.md. */
export function tableMarkdown({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `### ${title}`,
    '',
    ...(note === undefined ? [] : [note, '']),
    line(columns),
    `|${columns.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
    ...rows.map(line),
    '',
  ].join('\n');
}

/** The date and everything measured, between the marks in docs/benchmarks.md. What people wrote around it stays. */
export async function writeReport(found: {
  readonly machine: readonly string[];
  readonly tables: readonly Table[];
}): Promise<void> {
  const before = await readFile(REPORT, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${REPORT} has no ${BEGIN} … ${END} to write between.`);
  const date = new Date().toISOString().slice(0, 10);
  const measured = [
    BEGIN,
    '',
    `Measured on ${date}.`,
    '',
    ...found.machine.map((line) => `- ${line}`),
    '',
    ...found.tables.map(tableMarkdown),
  ].join('\n');
  await writeFile(REPORT, `${before.slice(0, from)}${measured}${before.slice(to)}`);
}
