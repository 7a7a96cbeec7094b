import Table from 'cli-table3';
import { formatMetric, headlineMetric } from '../../base/metrics.ts';
import type { ComparisonRow, ModelSummary, VersionSummary } from '../../registry/api.ts';
import { safeLine, styled } from '../terminal.ts';
import { authorText, bytesText, timeText } from './values.ts';

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines, its cells already safe. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: head.map((title) => styled('dim', title)),
    chars: BARE,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

export function stageText(stage: string): string {
  const text = safeLine(stage);
  if (stage === 'production') return styled('green', text);
  if (stage === 'staging') return styled('yellow', text);
  return stage === 'archived' ? styled('dim', text) : text;
}

export function headlineText(version: VersionSummary): string {
  const metric = headlineMetric(version.metrics);
  return metric ? `${safeLine(metric.name, 40)} ${formatMetric(metric.value)}` : '';
}

export function modelsTable(models: readonly ModelSummary[]): string {
  return tableText(
    ['MODEL', 'PRODUCTION', 'METRIC', 'NEWEST', 'VERSIONS', 'DESCRIPTION'],
    models.map((model) => [
      safeLine(model.name),
      model.production ? String(model.production.number) : 'none',
      model.production ? headlineText(model.production) : '',
      model.latest ? String(model.latest.number) : 'none',
      String(model.versions),
      safeLine(model.description, 60),
    ]),
  );
}

export function versionsTable(versions: readonly VersionSummary[], isOneModel: boolean): string {
  return tableText(
    [...(isOneModel ? [] : ['MODEL']), 'VERSION', 'STAGE', 'METRIC', 'ALIASES', 'SIZE', 'REGISTERED', 'BY'],
    versions.map((version) => [
      ...(isOneModel ? [] : [safeLine(version.model)]),
      String(version.number),
      stageText(version.stage),
      headlineText(version),
      version.aliases.map((alias) => safeLine(alias)).join(', '),
      bytesText(version.artifact.sizeBytes),
      timeText(version.createdAt),
      authorText({ name: version.createdBy.name, email: '' }),
    ]),
  );
}

export function comparisonTable(title: string, labels: readonly string[], rows: readonly ComparisonRow[], mark: (row: ComparisonRow) => string): string {
  const body = rows.map((row) => [
    row.isDifferent ? styled('yellow', '≠') : ' ',
    safeLine(row.name, 48),
    ...row.values.map((value) => (value === undefined ? styled('dim', 'none') : typeof value === 'number' ? formatMetric(value) : safeLine(value, 48))),
    mark(row),
  ]);
  return tableText(['', title, ...labels, ''], body);
}
