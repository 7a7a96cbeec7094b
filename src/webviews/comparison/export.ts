import { formatRelative } from '../../base/comparing.ts';
import { t, tCount } from '../../base/language.ts';
import type { VersionSummary } from '../../extension/messages/core-types.ts';
import { versionNumber } from '../shared/version-name.ts';
import type { SectionRow } from './model.ts';
import type { ShownSection } from './shown.ts';

/** What a message holds at most, with room for the last line. */
const LONGEST = 1_900_000;

export interface Exported {
  readonly versions: readonly VersionSummary[];
  readonly sections: readonly ShownSection[];
  readonly baseline: number;
}

/** One row for a spreadsheet: its name and its values, between tabs. */
export function rowText({ label, values }: SectionRow): string {
  return [label, ...values.map((value) => plain(value))].map((text) => text.replace(/[\t\r\n]+/g, ' ')).join('\t');
}

function plain(value: SectionRow['values'][number]): string {
  return value === null ? '' : String(value);
}

export function nameOf(version: VersionSummary): string {
  return `${version.model}@${versionNumber(version)}`;
}

/** What is shown as tables of Markdown, one for each section, with the differences of metrics in percent. */
export function markdownOf({ versions, sections, baseline }: Exported): string {
  const head = (title: string) => [
    '',
    `| ${[title, ...versions.map(nameOf)].map(markdownCell).join(' | ')} |`,
    `|${' --- |'.repeat(versions.length + 1)}`,
  ];
  const lines = sections.flatMap((section) =>
    section.groups.flatMap(({ title, rows }) =>
      rows.length === 0
        ? []
        : [
            ...head(title === undefined ? section.title : `${section.title}: ${title}`),
            ...rows.map((row) => {
              const cells = row.values.map((value, column) => {
                const before = row.values[baseline] ?? null;
                const isMeasured = row.kind === 'metric' && column !== baseline && value !== null && before !== null;
                const relative = isMeasured ? formatRelative(value, before) : '';
                return `${markdownCell(plain(value))}${relative === '' ? '' : ` (${relative})`}`;
              });
              return `| ${[markdownCell(row.label), ...cells].join(' | ')} |`;
            }),
          ],
    ),
  );
  return bounded(lines.slice(1));
}

/** Text of a registry is text, whatever it holds: no link, no markup, no end of the cell. */
function markdownCell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]|~!#]/g, (character) => `\\${character}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/:\/\//g, ':&#8203;//')
    .trim();
}

/** What is shown as rows of a table (RFC 4180): section, group, name, and a column for each version. */
export function csvOf({ versions, sections }: Exported): string {
  const rows = sections.flatMap(({ title: section, groups }) =>
    groups.flatMap(({ title = '', rows }) => rows.map((row) => [section, title, row.label, ...row.values.map(plain)])),
  );
  return bounded(
    [[t('Section'), t('Group'), t('Name'), ...versions.map(nameOf)], ...rows].map((row) => row.map(csvCell).join(',')),
  );
}

/** A text that a spreadsheet would run as a formula begins with an apostrophe: names and params are other people's. */
function csvCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) && text !== '-Infinity';
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function bounded(lines: readonly string[]): string {
  let length = 0;
  const kept = lines.findIndex((line) => {
    length += line.length + 1;
    return length > LONGEST;
  });
  if (kept === -1) return `${lines.join('\n')}\n`;
  return `${lines.slice(0, kept).join('\n')}\n… ${tCount(lines.length - kept, '{count} more row', '{count} more rows')}\n`;
}
