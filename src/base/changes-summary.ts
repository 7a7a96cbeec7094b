import {
  type DeclaredDirections,
  formatDifference,
  formatMetric,
  headlineMetrics,
  type MetricLike,
  metricChange,
} from './metrics.ts';

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
    weights === 'same-files' ? 'the same files' : '',
    weights === 'same' ? 'the same weights in other files' : '',
    codePart(changes.code, code),
    counted(
      data,
      (only) => `${only.path} ${only.kind === 'unknown' ? 'can’t be compared' : only.kind}`,
      'data entries',
    ),
    paramsPart(params),
    packagesPart(packages),
    environmentPart(environment),
    ...metricParts(changes, declared),
  ].filter((part) => part !== '');
  return parts.length === 0 ? ['nothing that was recorded differs'] : parts;
}

function codePart({ before, after }: SummarisedChanges['code'], code: SummarisedCode | undefined): string {
  if (!before || !after) return '';
  if (before.commit === after.commit) return before.isDirty || after.isDirty ? uncommittedPart(code) : '';
  if (!code) return 'another commit';
  const { added, removed, fileCount } = code;
  const files = fileCount === 0 ? '' : ` change ${plural(fileCount, 'file')}`;
  if (added.count === 0 && removed.count === 0) return 'another commit';
  if (added.count === 0) return `code from ${plural(removed.count, 'commit')} earlier`;
  const others = removed.count === 0 ? '' : `, without ${removed.count.toLocaleString('en-US')} of another branch`;
  return `${plural(added.count, 'commit')}${byAuthors(added.commits)}${added.count === 1 ? files.replace('change', 'changes') : files}${others}`;
}

function uncommittedPart(code: SummarisedCode | undefined): string {
  if (!code || code.fileCount === 0) return 'the same commit, with uncommitted changes';
  return `the same commit, with uncommitted changes that differ in ${plural(code.fileCount, 'file')}`;
}

function byAuthors(commits: readonly { readonly author: string }[]): string {
  const counts = new Map<string, number>();
  for (const { author } of commits) counts.set(author, (counts.get(author) ?? 0) + 1);
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const [first, second] = names;
  if (first === undefined) return '';
  if (second === undefined) return ` by ${first}`;
  return names.length === 2 ? ` by ${first} and ${second}` : ` by ${names.length} people`;
}

function paramsPart(params: SummarisedChanges['params']): string {
  return counted(params, ({ name, values }) => `${name} ${values[0] ?? 'none'} → ${values[1] ?? 'none'}`, 'params');
}

/** Of another command or run the name is enough: the values can be long. */
function environmentPart(rows: SummarisedRows): string {
  const names = rows.map(({ name }) => name);
  const [only] = rows;
  if (only === undefined) return '';
  if (rows.length === 1 && only.name === 'python')
    return `python ${only.values[0] ?? 'none'} → ${only.values[1] ?? 'none'}`;
  const more = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return `another ${names.slice(0, 2).join(more === '' ? ' and ' : ', ')}${more}`;
}

/** One is told by name, several by how many. */
function counted<T>(all: readonly T[], only: (entry: T) => string, what: string): string {
  const [first] = all;
  if (first === undefined) return '';
  return all.length === 1 ? only(first) : `${all.length.toLocaleString('en-US')} ${what} differ`;
}

function packagesPart(packages: SummarisedChanges['packages']): string {
  const [first] = packages;
  if (first === undefined) return '';
  if (packages.length === 1) return `${first.name} ${first.kind}`;
  const kinds = ['upgraded', 'downgraded', 'changed', 'added', 'removed'].flatMap((kind) => {
    const count = packages.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count.toLocaleString('en-US')} ${kind}`];
  });
  return `packages: ${kinds.join(', ')}`;
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
    const change =
      difference === undefined
        ? ''
        : ` (${formatDifference(difference)}${verdict === 'different' ? '' : `, ${verdict}`})`;
    return [`${name} ${formatMetric(was)} → ${formatMetric(value)}${change}`];
  });
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
