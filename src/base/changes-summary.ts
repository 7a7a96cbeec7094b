import { formatNumber, t, tCount } from './language.ts';
import {
  type DeclaredDirections,
  formatDifference,
  formatMetric,
  headlineMetrics,
  type MetricLike,
  type MetricVerdict,
  metricChange,
} from './metrics.ts';
import { partName } from './part-name.ts';

type SummarisedRows = readonly {
  readonly name: string;
  readonly values: readonly (string | number | null | undefined)[];
}[];

/** What `changesSummary` looks at; the registry's changes have it all. */
export interface SummarisedChanges {
  readonly before: { readonly metrics: Readonly<Record<string, MetricLike>> };
  readonly after: { readonly metrics: Readonly<Record<string, MetricLike>> };
  readonly code: {
    readonly before?: { readonly commit: string; readonly isDirty: boolean };
    readonly after?: { readonly commit: string; readonly isDirty: boolean };
  };
  readonly data: readonly { readonly path: string; readonly kind: string }[];
  readonly packages: readonly { readonly name: string; readonly kind: string }[];
  readonly params: SummarisedRows;
  readonly environment: SummarisedRows;
  readonly weights: 'same-files' | 'same' | 'different' | 'unknown';
}

/** Of the code, what git told. */
export interface SummarisedCode {
  readonly added: { readonly count: number; readonly commits: readonly { readonly author: string }[] };
  readonly removed: { readonly count: number };
  readonly fileCount: number;
}

/** `12 commits by Ann and Bo change 40 files`, `1 package upgraded`, `auc 0.93 → 0.91`: the parts of one line, most telling first. */
export function changesSummary(
  changes: SummarisedChanges,
  code: SummarisedCode | undefined,
  declared?: DeclaredDirections,
): readonly string[] {
  const { data, packages, params, environment, weights } = changes;
  const parts = [
    weights === 'same-files' ? t('the same files') : '',
    weights === 'same' ? t('the same weights in other files') : '',
    codePart(changes.code, code),
    data.length > 1
      ? tCount(data.length, '{count} data entry differs', '{count} data entries differ')
      : data
          .map(({ path, kind }) => (kind === 'unknown' ? t('{path} can’t be compared', { path }) : changed(path, kind)))
          .join(''),
    paramsPart(params),
    packagesPart(packages),
    environmentPart(environment),
    ...metricParts(changes, declared),
  ].filter((part) => part !== '');
  return parts.length === 0 ? nothingElse(changes) : parts;
}

/** The one line that people read: where the files differ, it doesn't say that nothing does. */
function nothingElse({ weights, before, after }: SummarisedChanges): readonly string[] {
  const names = (of: Readonly<Record<string, MetricLike>>, without: Readonly<Record<string, MetricLike>>) =>
    Object.keys(of).some((name) => !Object.hasOwn(without, name));
  const isPartlyMeasured = names(before.metrics, after.metrics) || names(after.metrics, before.metrics);
  return [
    weights === 'different' ? t('other weights') : t('other files'),
    isPartlyMeasured
      ? t('metrics of only one of them; nothing else that was recorded differs')
      : t('nothing else that was recorded differs'),
  ];
}

function codePart({ before, after }: SummarisedChanges['code'], code: SummarisedCode | undefined): string {
  if (!before || !after) return '';
  if (before.commit === after.commit) return before.isDirty || after.isDirty ? uncommittedPart(code) : '';
  if (!code) return t('code from another commit');
  const { added, removed, fileCount } = code;
  if (added.count === 0 && removed.count === 0) return t('code from another commit');
  if (added.count === 0)
    return tCount(removed.count, 'code from {count} commit earlier', 'code from {count} commits earlier');
  const commits = commitsText(added);
  const files = tCount(fileCount, '{count} file', '{count} files');
  const what =
    fileCount === 0
      ? commits
      : added.count === 1
        ? t('{commits} changes {files}', { commits, files })
        : t('{commits} change {files}', { commits, files });
  const others = tCount(
    removed.count,
    '{count} commit of the earlier version is missing',
    '{count} commits of the earlier version are missing',
  );
  return removed.count === 0 ? what : `${what}, ${others}`;
}

function uncommittedPart(code: SummarisedCode | undefined): string {
  if (!code || code.fileCount === 0) return t('the same commit, with uncommitted changes');
  return tCount(
    code.fileCount,
    'the same commit, with uncommitted changes that differ in {count} file',
    'the same commit, with uncommitted changes that differ in {count} files',
  );
}

/** `12 commits by Ann and Bo` */
function commitsText({ count, commits }: SummarisedCode['added']): string {
  const counts = new Map<string, number>();
  for (const { author } of commits) counts.set(author, (counts.get(author) ?? 0) + 1);
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const [first, second] = names;
  if (first === undefined) return tCount(count, '{count} commit', '{count} commits');
  if (second === undefined)
    return tCount(count, '{count} commit by {author}', '{count} commits by {author}', { author: first });
  if (names.length === 2)
    return tCount(count, '{count} commit by {one} and {other}', '{count} commits by {one} and {other}', {
      one: first,
      other: second,
    });
  return tCount(count, '{count} commit by {people} people', '{count} commits by {people} people', {
    people: formatNumber(names.length),
  });
}

function paramsPart(params: SummarisedChanges['params']): string {
  return params.length > 1
    ? tCount(params.length, '{count} param differs', '{count} params differ')
    : params.map(({ name, values }) => `${name} ${values[0] ?? t('none')} → ${values[1] ?? t('none')}`).join('');
}

/** Of another command or run the name is enough: the values can be long. */
function environmentPart(rows: SummarisedRows): string {
  const names = rows.map(({ name }) => partName(name));
  const [only] = rows;
  if (only === undefined) return '';
  if (rows.length === 1 && only.name === 'python')
    return `${partName('python')} ${only.values[0] ?? t('none')} → ${only.values[1] ?? t('none')}`;
  const [first = '', second = ''] = names;
  if (names.length === 1) return t('another {name}', { name: first });
  if (names.length === 2) return t('another {name} and {second}', { name: first, second });
  return tCount(names.length - 2, 'another {names} and {count} more', 'another {names} and {count} more', {
    names: `${first}, ${second}`,
  });
}

/** `numpy upgraded` */
function changed(name: string, kind: string): string {
  switch (kind) {
    case 'added':
      return t('{name} added', { name });
    case 'removed':
      return t('{name} removed', { name });
    case 'upgraded':
      return t('{name} upgraded', { name });
    case 'downgraded':
      return t('{name} downgraded', { name });
    default:
      return t('{name} changed', { name });
  }
}

function packagesPart(packages: SummarisedChanges['packages']): string {
  const [first] = packages;
  if (first === undefined) return '';
  if (packages.length === 1) return changed(first.name, first.kind);
  const kinds = ['upgraded', 'downgraded', 'changed', 'added', 'removed'].flatMap((kind) => {
    const count = packages.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [changed(formatNumber(count), kind)];
  });
  return t('packages: {changes}', { changes: kinds.join(', ') });
}

const SHOWN_METRICS = 2;

/** The metrics that tell most of those that differ. */
function metricParts(
  { before, after }: SummarisedChanges,
  declared: DeclaredDirections | undefined,
): readonly string[] {
  const different = Object.fromEntries(
    Object.entries(after.metrics).filter(
      ([name, value]) => Object.hasOwn(before.metrics, name) && before.metrics[name] !== value,
    ),
  );
  return headlineMetrics(different, SHOWN_METRICS, { declared }).flatMap(({ name, value }) => {
    const was = before.metrics[name];
    if (was === undefined) return [];
    const { verdict, difference } = metricChange(name, value, was, declared);
    const told = [...(difference === undefined ? [] : [formatDifference(difference)]), ...verdictWords(verdict)];
    const change = told.length === 0 ? '' : ` (${told.join(', ')})`;
    return [`${name} ${formatMetric(was)} → ${formatMetric(value)}${change}`];
  });
}

function verdictWords(verdict: MetricVerdict): readonly string[] {
  if (verdict === 'better') return [t('better')];
  return verdict === 'worse' ? [t('worse')] : [];
}
