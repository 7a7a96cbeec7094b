import * as vscode from 'vscode';
import { parametersText } from '../../base/count.ts';
import { importedFrom } from '../../base/imported-from.ts';
import { t, tCount } from '../../base/language.ts';
import { formatMetric, headlineMetrics } from '../../base/metrics.ts';
import { provenText } from '../../base/proven.ts';
import { sizeText } from '../../base/size.ts';
import type { Author } from '../../catalog/read-models/author.ts';
import type { ProductionEntry } from '../../catalog/read-models/holders.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { appendWords } from '../plain-markdown.ts';
import { claimedMomentText, momentText, numberOf, oneLine, shortLabelOf, shortName } from '../version-text.ts';

/** Of names, in characters. */
const LONGEST_NAME = 120;
const METRIC_NAME = 40;

/** What a registry says is only ever added as text: the tooltip trusts nothing and follows no link. */
function tooltip(title: string, lines: readonly (string | undefined)[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**');
  appendWords(markdown, oneLine(title));
  markdown.appendMarkdown('**');
  for (const line of lines) {
    if (line === undefined || line === '') continue;
    markdown.appendMarkdown('  \n');
    appendWords(markdown, oneLine(line, 400));
  }
  return markdown;
}

export function modelTooltip(model: ModelSummary): vscode.MarkdownString {
  const { production, latest } = model;
  return tooltip(model.name, [
    model.description,
    production
      ? t('Version {production} is in production', { production: numberOf(production) })
      : t('No version is in production'),
    latest
      ? tCount(model.versions, '{count} version, the newest is {latest}', '{count} versions, the newest is {latest}', {
          latest: numberOf(latest),
        })
      : t('No versions yet'),
    ...tagLines(model.tags),
  ]);
}

export function versionTooltip(version: VersionSummary, preferred: string | undefined): vscode.MarkdownString {
  return tooltip(titleOf(version), versionLines(version, preferred));
}

/** What is needed where a version is only named, as in a line of code: hovers there stand over what is read. */
export function shortVersionTooltip(
  version: VersionSummary,
  preferred: string | undefined,
  metrics: number,
): vscode.MarkdownString {
  return tooltip(titleOf(version), [stageLine(version), metricsText(version, preferred, metrics), dangerText(version)]);
}

/** The number of a version stands behind its name, and is seen whatever that is. */
function titleOf(version: VersionSummary): string {
  return shortLabelOf(version, LONGEST_NAME);
}

export function productionTooltip(entry: ProductionEntry, preferred: string | undefined): vscode.MarkdownString {
  const { version, previous } = entry;
  return tooltip(t('{version} is in {stage}', { version: titleOf(version), stage: entry.stage }), [
    t('Since {since} by {by}', {
      since: claimedMomentText(entry.since, version.stageClaimedAt, importedFrom(version)),
      by: authorIn(entry.by),
    }),
    t('Reason: {reason}', { reason: entry.reason }),
    previous ? t('Before it: version {previous}', { previous: numberOf(previous) }) : t('No version was there before'),
    ...versionLines(version, preferred).slice(1),
  ]);
}

function authorIn(by: Author): string {
  return `${by.name} (${provenText(by)})`;
}

function versionLines(version: VersionSummary, preferred: string | undefined): readonly string[] {
  const { artifact, aliases } = version;
  const registered = {
    createdAt: claimedMomentText(version.createdAt, version.claimedAt, importedFrom(version)),
    createdBy: authorIn(version.createdBy),
  };
  return [
    stageLine(version),
    metricsText(version, preferred, 1),
    factsText(version),
    dangerText(version),
    version.description,
    aliases.length > 0 ? t('Aliases: {aliases}', { aliases: aliases.join(', ') }) : '',
    ...tagLines(version.tags),
    version.via === 'auto'
      ? t('Registered automatically {createdAt} by {createdBy}', registered)
      : t('Registered {createdAt} by {createdBy}', registered),
    tCount(artifact.fileCount, '{count} file, {size}, artifact {digest}', '{count} files, {size}, artifact {digest}', {
      size: sizeText(artifact.sizeBytes),
      digest: artifact.digest.slice(0, 12),
    }),
    artifact.withdrawnAt === undefined
      ? ''
      : t('Its files were removed {withdrawnAt} to free space', { withdrawnAt: momentText(artifact.withdrawnAt) }),
  ];
}

/** What is archived isn't in a stage that people speak of. */
function stageLine({ stage, stageSince, stageClaimedAt, stageBy, ...version }: VersionSummary): string {
  const what = {
    stage,
    stageSince: claimedMomentText(stageSince, stageClaimedAt, importedFrom(version)),
    stageBy: authorIn(stageBy),
  };
  if (stage === 'candidate') return t('Candidate since {stageSince} by {stageBy}', what);
  if (stage === 'archived') return t('Archived since {stageSince} by {stageBy}', what);
  return t('In {stage} since {stageSince} by {stageBy}', what);
}

function dangerText({ facts }: VersionSummary): string {
  return facts?.danger === 'dangerous' ? t('Loading its files can run code that isn’t the model’s') : '';
}

/** `auc 0.91 · f1 0.8`, of long names without their middles: those that begin alike differ at their ends. */
function metricsText(version: VersionSummary, preferred: string | undefined, limit: number): string {
  const shown = headlineMetrics(version.metrics, limit, { preferred });
  return shown.map(({ name, value }) => `${shortName(name, METRIC_NAME)}\u00a0${formatMetric(value)}`).join(' · ');
}

/** `BertForMaskedLM, 110 M parameters, float32, PyTorch 2.9` */
function factsText({ facts }: VersionSummary): string {
  if (!facts) return '';
  const { architecture, format, framework, parameterCount, dtypes = [] } = facts;
  const parts = [
    architecture ?? format,
    parameterCount === undefined ? '' : parametersText(parameterCount),
    dtypes.slice(0, 2).join(', '),
    [framework?.name, framework?.version].filter(Boolean).join(' '),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function tagLines(tags: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(tags);
  return entries.length === 0
    ? []
    : [t('Tags: {entries}', { entries: entries.map(([key, value]) => `${key}=${value}`).join(', ') })];
}
