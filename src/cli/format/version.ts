import { byName } from '../../base/by-name.ts';
import { leadOf } from '../../base/card-text.ts';
import { importedFrom } from '../../base/imported-from.ts';
import { formatMetric } from '../../base/metrics.ts';
import { sizeText } from '../../base/size.ts';
import type { CommentEntry } from '../../catalog/read-models/comments.ts';
import type { EvaluationEntry } from '../../catalog/read-models/evaluations.ts';
import type { CodeChanges, CodeLineage, Lineage } from '../../catalog/read-models/lineage.ts';
import type { TransitionEntry } from '../../catalog/read-models/stages.ts';
import type { Metrics } from '../../catalog/read-models/values.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { FactsAnswer, MetricCourses } from '../../registry/api/facts.ts';
import type { ServingMachine } from '../../registry/api/serving.ts';
import { safeLine, styled } from '../terminal.ts';
import { factsSections } from './facts.ts';
import { historyText } from './history.ts';
import { dataPair, lineagePairs, missingSection, sourcePairs } from './lineage.ts';
import { reviewText } from './reviews.ts';
import { indented, pairs, section } from './sections.ts';
import { servingLine } from './serving.ts';
import { claimedTimeText, labelOf, plural, provenAuthorText, stageText, timeText } from './values.ts';

/** What is shown of a version beside what `show` gives. */
export interface VersionExtras {
  /** The machines that report what they serve. */
  readonly machines?: readonly ServingMachine[];
  readonly facts?: FactsAnswer | undefined;
  readonly history?: MetricCourses | undefined;
}

/** Everything about a version, in sections. */
export function versionText(version: VersionDetails, { machines = [], facts, history }: VersionExtras = {}): string {
  const { lineage } = version;
  const sections = [
    styled('bold', labelOf(version)),
    pairs(factsOf(version, machines)),
    section('Metrics', metricsText(version.metrics)),
    section('Course of the metrics', history ? historyText(history) : ''),
    section('Params', pairs(safePairs(version.params))),
    section('Tags', pairs(safePairs(version.tags))),
    section('Evaluations', lineage.evaluations.map(evaluationText).join('\n')),
    ...(facts ? factsSections(facts, version) : []),
    section('Data', pairs(lineage.data.map(dataPair))),
    section('Packages from elsewhere', pairs(sourcePairs(lineage.dependencies))),
    missingSection(lineage),
    section('Files', filesText(version)),
    section('History', version.transitions.map(transitionText).join('\n')),
    section('Reviews', version.reviews.map(reviewText).join('\n')),
    section('Notes', version.notes.map(remarkText).join('\n')),
    section('Comments', version.comments.map(remarkText).join('\n')),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function factsOf(version: VersionDetails, machines: readonly ServingMachine[]): readonly (readonly [string, string])[] {
  const { lineage, artifact } = version;
  const automatically = version.via === 'auto' ? ', automatically' : '';
  const { deleted } = version;
  return [
    [
      'deleted',
      deleted ? `${timeText(deleted.at)} by ${provenAuthorText(deleted.by)}: ${safeLine(deleted.reason, 500)}` : '',
    ],
    [
      'stage',
      `${stageText(version.stage)}${version.stagePending ? ' (not shared yet)' : ''} since ${claimedTimeText(version.stageSince, version.stageClaimedAt, importedFrom(version))} by ${provenAuthorText(version.stageBy)}`,
    ],
    ['served by', servingLine(machines, version.id) ?? ''],
    [
      'registered',
      `${claimedTimeText(version.createdAt, version.claimedAt, importedFrom(version))} by ${provenAuthorText(version.createdBy)}${automatically}`,
    ],
    ['description', safeLine(leadOf(version.description), 500)],
    ['aliases', version.aliases.map((alias) => safeLine(alias)).join(', ')],
    ['artifact', `${artifact.digest}  ${sizeText(artifact.sizeBytes)} in ${plural(artifact.fileCount, 'file')}`],
    ['same files', version.sameArtifact.map(({ model, number }) => safeLine(`${model}@${number}`)).join(', ')],
    ['id', version.id],
    ['code', lineage.code ? codeText(lineage.code) : ''],
    ['run', runText(lineage)],
    ['base model', safeLine(lineage.baseModel?.name ?? '')],
    ...lineagePairs(lineage),
  ];
}

export function codeText({
  commit,
  branch,
  isDirty,
  remote,
  tags,
  folder,
  isPushed,
  changes,
  capturedAt,
  repository,
  submodules,
  written,
}: CodeLineage): string {
  const place = branch === undefined ? '' : ` on ${safeLine(branch)}`;
  const named = remote ?? repository;
  const origin = named === undefined ? '' : ` of ${safeLine(named)}`;
  const more = [
    folder === undefined ? '' : `in ${safeLine(folder)}`,
    (tags ?? []).map((tag) => `tagged ${safeLine(tag)}`).join(', '),
    isPushed === false ? 'not pushed' : '',
    ...(submodules ?? []).map(
      ({ path, commit: own, isDirty: isChanged }) =>
        `with submodule ${safeLine(path)} at ${safeLine(own.slice(0, 12))}${isChanged ? ' and uncommitted changes' : ''}`,
    ),
    isDirty ? `with uncommitted changes${inBrackets(changes && changesText(changes))}` : '',
    written ? writtenText(written) : '',
    CAPTURED[capturedAt],
  ].filter((text) => text !== '');
  return `${safeLine(commit.slice(0, 12))}${place}${origin}${more.map((text) => `, ${text}`).join('')}`;
}

/** Code that was read when the run had begun already may be that of a later commit. */
const CAPTURED = {
  start: 'as the run began',
  end: 'as the run ended',
  detection: 'as its output was found',
} as const;

/** Enough to see which they are; `--json` names more. */
const MAX_WRITTEN_SHOWN = 3;

function writtenText({ paths, count, otherCount }: NonNullable<CodeLineage['written']>): string {
  const shown = paths.slice(0, MAX_WRITTEN_SHOWN).map((path) => safeLine(path));
  const more = count > shown.length ? [`${count - shown.length} more`] : [];
  const files = [...shown, ...more].join(', ');
  return otherCount === 0
    ? `changed only in declared outputs and metrics (${files})`
    : `part of it in declared outputs and metrics (${files})`;
}

function inBrackets(text = ''): string {
  return text === '' ? '' : ` (${text})`;
}

function changesText({ fileCount, leftOutCount, untrackedCount }: CodeChanges): string {
  return [
    fileCount > 0 ? `${plural(fileCount, 'file')} kept` : '',
    leftOutCount > 0 ? `${plural(leftOutCount, 'file')} left out` : '',
    untrackedCount > 0 ? `${plural(untrackedCount, 'file')} not tracked` : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}

export function runText({ run }: Lineage): string {
  if (!run) return '';
  const failed = run.exitCode === undefined || run.exitCode === 0 ? undefined : `exit code ${run.exitCode}`;
  const others = run.othersCount ?? 0;
  const unsure =
    others === 0
      ? undefined
      : run.seenAs === undefined
        ? `not known which of ${others + 1} commands that ran then wrote the outputs`
        : `or ${others === 1 ? 'another command' : `one of ${others} others`} that ran then`;
  const folder = run.folder === undefined ? undefined : `in ${run.folder}`;
  const notebook = run.notebook && `${run.notebook.path} (${plural(run.notebook.cellCount, 'executed cell')})`;
  const seen = run.seenAs === undefined ? undefined : SEEN[run.seenAs];
  // What no tracker recorded was read from files of metrics and params.
  const tracker = run.tracker === 'files' ? 'values from its files' : run.tracker;
  return [run.name ?? run.id, tracker, run.command, notebook, folder, run.url, failed, seen, unsure]
    .flatMap((text) => (text === undefined || text === '' ? [] : [safeLine(text)]))
    .join(', ');
}

const SEEN = {
  run: undefined,
  terminal: 'seen in a terminal of the editor',
  task: 'seen as a task of the editor',
  debug: 'seen in the debugger',
  notebook: 'seen in a notebook of the editor',
} as const;

function metricsText(metrics: Metrics): string {
  return pairs(
    Object.entries(metrics)
      .sort(([a], [b]) => byName(a, b))
      .map(([name, value]) => [safeLine(name), formatMetric(value)]),
  );
}

function safePairs(values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(values).map(([name, value]) => [safeLine(name), safeLine(value)]);
}

function evaluationText({
  at,
  by,
  dataset,
  datasetSha256,
  slice,
  metrics,
  intervals = {},
  predictions,
}: EvaluationEntry): string {
  const digest = dataset === undefined || datasetSha256 === undefined ? '' : ` ${datasetSha256.slice(0, 12)}`;
  const on = [dataset === undefined ? undefined : `${dataset}${digest}`, slice]
    .flatMap((text) => (text === undefined ? [] : [safeLine(text)]))
    .join(', ');
  const values = Object.entries(metrics).map(([name, value]) => {
    const interval = Object.hasOwn(intervals, name) ? intervals[name] : undefined;
    const range = interval ? ` (${formatMetric(interval.low)} to ${formatMetric(interval.high)})` : '';
    return `${safeLine(name)} ${formatMetric(value)}${range}`;
  });
  const kept = predictions ? `, with ${predictions.rows.toLocaleString('en-US')} predictions` : '';
  return `  ${timeText(at)}  ${provenAuthorText(by)}${on === '' ? '' : ` on ${on}`}${kept}\n      ${values.join(', ')}`;
}

function filesText({ files, artifact }: VersionDetails): string {
  if (artifact.withdrawnAt !== undefined)
    return `  Removed ${timeText(artifact.withdrawnAt)} to free space. Register the same files again to bring them back.`;
  if (!files) return '  The list of files is missing or damaged. Run `model-registry verify --artifacts`.';
  return pairs(files.map((file) => [safeLine(file.path), `${file.sha256.slice(0, 16)}  ${sizeText(file.sizeBytes)}`]));
}

function transitionText(move: TransitionEntry): string {
  return `  ${timeText(move.at)}  ${safeLine(whatMoved(move))}${move.pending ? ' (not shared yet)' : ''}  ${provenAuthorText(move.by)}\n${indented(move.reason)}`;
}

function whatMoved({ kind, from, to, displaced, isOverride, overridden = [] }: TransitionEntry): string {
  const numbers = displaced.join(', ');
  const instead = numbers === '' ? '' : ` in place of ${numbers}`;
  switch (kind) {
    case 'promote':
      return `promoted to ${to}${instead}${isOverride ? `, gates overridden${said(overridden)}` : ''}`;
    case 'rollback':
      return `rolled back to ${to}${instead}`;
    case 'demote':
      return `moved back to ${to}`;
    case 'archive':
      return 'archived';
    case 'displaced':
      return `left ${from} for version ${numbers}`;
  }
}

/** What the gates of the policy said. */
function said(overridden: readonly string[]): string {
  return overridden.length === 0 ? '' : ` (${overridden.join('; ')})`;
}

function remarkText({ at, by, text }: CommentEntry): string {
  return `  ${timeText(at)}  ${provenAuthorText(by)}\n${indented(text)}`;
}
