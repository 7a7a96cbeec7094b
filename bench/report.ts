import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table3 from 'cli-table3';
import * as v from 'valibot';
import type { Facts, Table } from './results.ts';
import { targetTable } from './targets.ts';

const REPORT = join(import.meta.dirname, '../docs/benchmarks.md');
/** What the groups found, to be put together with what others find later. */
const RECORDS = join(import.meta.dirname, 'measured.json');
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

/** What one group found, with where and when. Groups can be measured in runs of their own. */
export interface GroupReport {
  readonly group: string;
  readonly machine: readonly string[];
  readonly tables: readonly Table[];
  readonly facts: Facts;
}

const recordSchema = v.object({
  date: v.string(),
  machine: v.array(v.string()),
  tables: v.array(
    v.object({
      title: v.string(),
      note: v.exactOptional(v.string()),
      columns: v.array(v.string()),
      rows: v.array(v.array(v.string())),
    }),
  ),
  facts: v.record(v.string(), v.number()),
});
const recordsSchema = v.record(v.string(), recordSchema);

/**
 * Puts what was measured between the marks in docs/benchmarks.md, in the place of what the same groups found before; other groups keep
 * theirs, with their own date and machine. What people wrote around it stays.
 */
export async function writeReport(reports: readonly GroupReport[], order: readonly string[]): Promise<void> {
  const before = await readFile(REPORT, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${REPORT} has no ${BEGIN} … ${END} to write between.`);
  const date = new Date().toISOString().slice(0, 10);
  const records = { ...(await recordsBefore()) };
  for (const { group, machine, tables, facts } of reports) {
    records[group] = { date, machine: [...machine], tables: JSON.parse(JSON.stringify(tables)), facts: { ...facts } };
  }
  const known = order.flatMap((group) => records[group] ?? []);
  const measured = [
    BEGIN,
    '',
    tableMarkdown(targetTable(Object.assign({}, ...known.map(({ facts }) => facts)))),
    ...known.flatMap((record) => [
      `Measured on ${record.date}:`,
      '',
      ...record.machine.map((line) => `- ${line}`),
      '',
      ...record.tables.map(tableMarkdown),
    ]),
  ].join('\n');
  await writeFile(REPORT, `${before.slice(0, from)}${measured}${before.slice(to)}`);
  await writeFile(RECORDS, `${JSON.stringify(records, undefined, 1)}\n`);
}

async function recordsBefore(): Promise<v.InferOutput<typeof recordsSchema>> {
  const text = await readFile(RECORDS, 'utf8').catch(() => '{}');
  return v.parse(recordsSchema, JSON.parse(text));
}
