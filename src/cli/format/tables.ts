import Table from 'cli-table3';
import { sizeText } from '../../base/size.ts';
import type { AtResult } from '../../catalog/read-models/holders.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { safeLine, styled } from '../terminal.ts';
import { headlineText } from './headline.ts';
import { authorText, numberText, stageText, timeText } from './values.ts';

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
      sizeText(version.artifact.sizeBytes),
      version.claimedAt === undefined ? timeText(version.createdAt) : `${timeText(version.claimedAt)} (claimed)`,
      authorText({ name: version.createdBy.name, email: '' }),
    ]),
  );
}

/** What each stage held at a moment. */
export function atText(result: AtResult): string {
  return `${holdersText(result)}${aheadText(result)}`;
}

/** The time of a commit is never before that of the one before it, so that one wrong clock makes all wrong that follow. */
function aheadText({ ahead, seq }: AtResult): string {
  if (!ahead) return '';
  const first = `\nA clock was ahead when commit ${ahead.seq} was recorded: it says ${timeText(ahead.at)}, and what followed says no earlier time.`;
  return seq < ahead.seq
    ? `${first} What was recorded since then isn't counted here; \`at now\` counts it, and \`log\` has it in order.`
    : `${first} The order is right, and the times since then aren't.`;
}

function holdersText({ time, beginsAt, holders }: AtResult): string {
  const begins = beginsAt === undefined ? '' : `This log begins at ${timeText(beginsAt)}`;
  if (holders.length === 0) {
    if (begins !== '') return `${begins}: it doesn't tell what was in which stage at ${timeText(time)}.`;
    return `At ${timeText(time)} no version was beyond candidate.`;
  }
  const rows = holders.map(({ model, stage, number, since, by, reason, isClaimed }) => [
    safeLine(model),
    stageText(stage),
    String(number),
    `${timeText(since)}${isClaimed ? ' (claimed)' : ''}`,
    authorText({ name: by.name, email: '' }),
    safeLine(reason, 80),
  ]);
  const claimed = holders.some(({ isClaimed }) => isClaimed)
    ? `\n${begins === '' ? 'What' : `${begins}: what`} is claimed was taken over from a registry on one machine, with the times that its people's clocks had.`
    : '';
  return `At ${timeText(time)}:\n${tableText(['MODEL', 'STAGE', 'VERSION', 'SINCE', 'BY', 'REASON'], rows)}${claimed}`;
}
