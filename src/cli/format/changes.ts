import { changesSummary } from '../../base/changes-summary.ts';
import { type DeclaredDirections, formatMetric } from '../../base/metrics.ts';
import { sizeText } from '../../base/size.ts';
import type { ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { CodeLineage } from '../../catalog/read-models/lineage.ts';
import type { ChangedFile, CodeBetween, CommitList } from '../../lineage/code-history.ts';
import type { DataChange, PackageChange, VersionChanges } from '../../registry/api/changes.ts';
import { safeLine, styled } from '../terminal.ts';
import { differenceText } from './comparison.ts';
import { section } from './sections.ts';
import { tableText } from './tables.ts';
import { labelOf, plural, timeText } from './values.ts';

/** What git told of the code, or why it couldn't. */
export interface ReadCode {
  readonly between?: CodeBetween;
  readonly problem?: string;
}

export interface ChangesTextOptions {
  /** How many commits, files, packages and so on of each kind. */
  readonly limit: number;
  readonly declared?: DeclaredDirections | undefined;
}

/** What changed from one version to another, most telling first. */
export function changesText(changes: VersionChanges, code: ReadCode, { limit, declared }: ChangesTextOptions): string {
  const { before, after, data, packages, params, environment, facts } = changes;
  const metrics = changes.metrics.filter(({ isDifferent, isKnown }) => isDifferent || isKnown !== undefined);
  const summary = changesSummary(changes, code.between, declared);
  const sections = [
    `${styled('bold', `From ${labelOf(before)} to ${labelOf(after)}`)}${WHY[changes.why]}: ${safeLine(summary.join('; '), 2000)}.`,
    section('Code', codeText(changes.code, code, limit)),
    section('Data', listed(data.map(dataLine), limit)),
    section('Params', rowsTable(params, limit)),
    section('Packages', listed(packages.map(packageLine), limit)),
    section('Environment and run', rowsTable(environment, limit)),
    section('Metrics', metricsTable(metrics, limit, declared)),
    section('Model', rowsTable(facts, limit)),
    section('Weights', `  ${weightsText(changes)}`),
    section(
      'Not recorded',
      notRecorded(changes)
        .map((line) => `  ${line}`)
        .join('\n'),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

const WHY: Readonly<Record<VersionChanges['why'], string>> = {
  asked: '',
  'in-production': ', against what is in production',
  'in-production-before': ', in production and what was there before',
  'registered-before': ', against what was registered before',
};

const WEIGHTS: Readonly<Record<Exclude<VersionChanges['weights'], 'unknown'>, string>> = {
  'same-files': 'The same files.',
  same: 'The same weights, in other files.',
  different: 'Other weights. `compare A B --tensors` tells by how much.',
};

function weightsText({ weights, before, after }: VersionChanges): string {
  if (weights !== 'unknown') return WEIGHTS[weights];
  const without = [before, after].filter(({ facts }) => facts?.weights === undefined).map(labelOf);
  return `The files differ. The weights of ${without.join(' and ')} weren’t read.`;
}

function codeText({ before, after }: VersionChanges['code'], { between, problem }: ReadCode, limit: number): string {
  const lines: string[] = [];
  if (before && after) {
    lines.push(
      before.commit === after.commit
        ? `  The same commit, ${commitText(after)}`
        : `  ${commitText(before)} → ${commitText(after)}`,
    );
    const dirty = dirtyText(before, after);
    if (dirty !== '') lines.push(`  ${dirty}`);
  }
  if (problem !== undefined) lines.push(`  ${styled('yellow', safeLine(problem, 1000))}`);
  if (!between) return lines.join('\n');
  for (const what of between.missing) lines.push(`  ${styled('yellow', safeLine(what, 1000))}`);
  lines.push(...commitLines(between.added, 'commit', limit));
  lines.push(...commitLines(between.removed, 'commit that only the first has', limit));
  if (between.fileCount > 0) {
    lines.push(`  ${plural(between.fileCount, 'changed file')}`);
    lines.push(listed(between.files.map(fileLine), limit, between.fileCount));
  }
  return lines.join('\n');
}

function commitText({ commit, branch }: CodeLineage): string {
  return `${safeLine(commit.slice(0, 12))}${branch === undefined ? '' : ` on ${safeLine(branch)}`}`;
}

/** Uncommitted changes belong to the code as much as commits. */
export function dirtyText(before: CodeLineage, after: CodeLineage): string {
  if (!before.isDirty && !after.isDirty) return '';
  const [one, other] = [before.changes?.patch, after.changes?.patch];
  if (before.isDirty && after.isDirty)
    return one !== undefined && one === other
      ? 'both with the same uncommitted changes'
      : 'both with uncommitted changes';
  return after.isDirty ? 'the second with uncommitted changes' : 'the first with uncommitted changes';
}

function commitLines({ commits, count }: CommitList, what: string, limit: number): readonly string[] {
  if (count === 0) return [];
  const [noun = '', ...rest] = what.split(' ');
  const title = `  ${plural(count, noun)}${rest.length === 0 ? '' : ` ${rest.join(' ')}`}`;
  const rows = commits.map(({ commit, author, at, subject }) => {
    const when = timeText(at).slice(0, 10);
    return `  ${styled('dim', `${commit.slice(0, 8)}  ${when}`)}  ${safeLine(subject, 100)}  ${styled('dim', safeLine(author, 40))}`;
  });
  return [title, listed(rows, limit, count)];
}

const SIGNS = { added: 'A', removed: 'D', changed: 'M', moved: 'R' } as const;

function fileLine({ path, kind, from, addedLines, removedLines, isBinary }: ChangedFile): string {
  const moved = from === undefined ? '' : `${safeLine(from, 120)} → `;
  const lines = isBinary ? 'binary' : addedLines === undefined ? '' : `+${addedLines} −${removedLines ?? 0}`;
  return `  ${styled('dim', SIGNS[kind])}  ${moved}${safeLine(path, 160)}  ${styled('dim', lines)}`.trimEnd();
}

function dataLine({ path, kind, before, after }: DataChange): string {
  const sizes = [before?.sizeBytes, after?.sizeBytes].flatMap((size) => (size === undefined ? [] : [sizeText(size)]));
  const digests = [before?.sha256, after?.sha256].flatMap((digest) =>
    digest === undefined ? [] : [digest.slice(0, 12)],
  );
  const what = kind === 'unknown' ? 'recorded without a digest, so that it can’t be compared' : kind;
  return `${safeLine(path, 120)}  ${what}  ${styled('dim', [digests.join(' → '), sizes.join(' → ')].filter((text) => text !== '').join(', '))}`;
}

function packageLine({ name, kind, before, after }: PackageChange): string {
  const versions = [before, after].flatMap((version) => (version === undefined ? [] : [safeLine(version, 60)]));
  return `${safeLine(name, 60)}  ${versions.join(' → ')}  ${styled(kind === 'downgraded' ? 'yellow' : 'dim', kind)}`;
}

function rowsTable(rows: readonly ComparisonRow[], limit: number): string {
  return listed(
    rows.map(({ name, values }) => `${safeLine(name, 48)}  ${cell(values[0])} → ${cell(values[1])}`),
    limit,
  );
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return styled('dim', 'none');
  return typeof value === 'number' ? formatMetric(value) : safeLine(value, 100);
}

function metricCell({ values, isKnown }: ComparisonRow, column: 0 | 1): string {
  return isKnown?.[column] === false ? styled('dim', 'not recorded') : cell(values[column]);
}

function metricsTable(rows: readonly ComparisonRow[], limit: number, declared: DeclaredDirections | undefined): string {
  if (rows.length === 0) return '';
  const cells = rows
    .slice(0, limit)
    .map((row) => [safeLine(row.name, 48), metricCell(row, 0), metricCell(row, 1), differenceText(row, declared)]);
  const more = rows.length > limit ? `\n  and ${rows.length - limit} more` : '';
  return `${tableText(['METRIC', 'BEFORE', 'AFTER', 'DIFFERENCE'], cells)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}${more}`;
}

/** Indented lines, and how many more there are; `total` where not all of them are given. */
function listed(lines: readonly string[], limit: number, total = lines.length): string {
  const shown = lines.slice(0, limit).map((line) => `  ${line}`);
  const more =
    total > shown.length
      ? [`  and ${(total - shown.length).toLocaleString('en-US')} more: --limit shows them, --json all`]
      : [];
  return [...shown, ...more].join('\n');
}

/** What can't be told because one of the two was registered without it. */
function notRecorded({ before, after, code, hasData, hasPackages, recordedOfOne }: VersionChanges): readonly string[] {
  const of = (what: string, isThere: readonly [boolean, boolean]) => {
    const without = [before, after].filter((_, place) => !isThere[place]).map(labelOf);
    return without.length === 0 ? [] : [`${what} of ${without.join(' and ')}`];
  };
  return [
    ...of('the code', [code.before !== undefined, code.after !== undefined]),
    ...of('the data', hasData),
    ...of('the packages', hasPackages),
    ...recordedOfOne.flatMap(({ name, isThere }) =>
      of(name === 'python' ? 'Python' : `the ${safeLine(name, 48)}`, isThere),
    ),
  ];
}
