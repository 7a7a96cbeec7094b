import Table from 'cli-table3';
import type { AtResult, ModelSummary, VersionSummary } from '../../registry/api.ts';
import { safeLine, styled } from '../terminal.ts';
import { headlineText } from './headline.ts';
import { authorText, bytesText, numberText, stageText, timeText } from './values.ts';

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

/** The models, with what is in production. */
export function modelsTable(models: readonly ModelSummary[]): string {
  return tableText(
    ['MODEL', 'PRODUCTION', 'METRIC', 'NEWEST', 'VERSIONS', 'DESCRIPTION'],
    models.map((model) => [
      safeLine(model.name),
      model.production ? numberText(model.production) : 'none',
      model.production ? headlineText(model.production) : '',
      model.latest ? numberText(model.latest) : 'none',
      String(model.versions),
      safeLine(model.description, 60),
    ]),
  );
}

/** Versions, newest first as they come; the model's name is left out where all are of one. */
export function versionsTable(versions: readonly VersionSummary[], isOneModel: boolean): string {
  return tableText(
    [...(isOneModel ? [] : ['MODEL']), 'VERSION', 'STAGE', 'METRIC', 'ALIASES', 'SIZE', 'REGISTERED', 'BY'],
    versions.map((version) => [
      ...(isOneModel ? [] : [safeLine(version.model)]),
      numberText(version),
      `${stageText(version.stage)}${version.stagePending ? styled('yellow', ' (not shared)') : ''}`,
      headlineText(version),
      version.aliases.map((alias) => safeLine(alias)).join(', '),
      bytesText(version.artifact.sizeBytes),
      timeText(version.createdAt),
      authorText({ name: version.createdBy.name, email: '' }),
    ]),
  );
}

/** What each stage held at a moment. */
export function atText(result: AtResult): string {
  if (result.holders.length === 0) return `At ${timeText(result.time)} no version was beyond candidate.`;
  const rows = result.holders.map(({ model, stage, number, since, by, reason }) => [
    safeLine(model),
    stageText(stage),
    String(number),
    timeText(since),
    authorText({ name: by.name, email: '' }),
    safeLine(reason, 80),
  ]);
  return `At ${timeText(result.time)}:\n${tableText(['MODEL', 'STAGE', 'VERSION', 'SINCE', 'BY', 'REASON'], rows)}`;
}
