import Table3 from 'cli-table3';
import type { Table } from './results.ts';

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
