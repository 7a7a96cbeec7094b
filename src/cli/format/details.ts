import { formatMetric } from '../../base/metrics.ts';
import type { AtResult, LogEntry, ModelDetails, TransitionEntry, VersionDetails } from '../../registry/api.ts';
import { safe, safeLine, styled } from '../terminal.ts';
import { headlineText, stageText, tableText } from './tables.ts';
import { authorText, bytesText, labelOf, plural, timeText } from './values.ts';

/** Everything about a version, in sections. */
export function versionText(version: VersionDetails): string {
  const { lineage } = version;
  const facts: (readonly [string, string])[] = [
    ['stage', `${stageText(version.stage)} since ${timeText(version.stageSince)} by ${authorText(version.stageBy)}`],
    ['registered', `${timeText(version.createdAt)} by ${authorText(version.createdBy)}${version.via === 'auto' ? ', automatically' : ''}`],
    ['aliases', version.aliases.map((alias) => safeLine(alias)).join(', ')],
    ['artifact', `${version.artifact.digest}  ${bytesText(version.artifact.sizeBytes)} in ${plural(version.artifact.fileCount, 'file')}`],
    ['id', version.id],
    ['same files', version.sameArtifact.map(({ model, number }) => safeLine(`${model}@${number}`)).join(', ')],
    ['description', safeLine(version.description, 500)],
    ['code', lineage.code ? codeText(lineage.code) : ''],
    ['run', safeLine(lineage.run?.command ?? lineage.run?.name ?? lineage.run?.id ?? '')],
    ['base model', safeLine(lineage.baseModel?.name ?? '')],
    [
      'packages',
      lineage.environment ? `${plural(lineage.dependencies.length, 'package')}${lineage.environment.python ? `, Python ${safeLine(lineage.environment.python)}` : ''}` : '',
    ],
  ];
  const sections = [
    styled('bold', labelOf(version)),
    pairs(facts.filter(([, value]) => value !== '')),
    section('Metrics', pairs(Object.entries(version.metrics).map(([name, value]) => [safeLine(name), formatMetric(value)]))),
    section('Params', pairs(Object.entries(version.params).map(([name, value]) => [safeLine(name), safeLine(value)]))),
    section('Tags', pairs(Object.entries(version.tags).map(([name, value]) => [safeLine(name), safeLine(value)]))),
    section('Data', pairs(lineage.data.map(({ path, sha256, sizeBytes }) => [safeLine(path), `${sha256?.slice(0, 16) ?? 'not hashed'}  ${sizeBytes === undefined ? '' : bytesText(sizeBytes)}`]))),
    section('Files', version.files ? pairs(version.files.map((file) => [safeLine(file.path), `${bytesText(file.sizeBytes)}  ${file.sha256.slice(0, 16)}`])) : '  The list of files is missing or damaged. Run `model-registry verify --artifacts`.'),
    section('History', version.transitions.map(transitionText).join('\n')),
    section('Notes', version.notes.map((note) => `  ${timeText(note.at)}  ${authorText(note.by)}\n${indented(note.text)}`).join('\n')),
    section('Comments', version.comments.map((note) => `  ${timeText(note.at)}  ${authorText(note.by)}\n${indented(note.text)}`).join('\n')),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function codeText(code: NonNullable<VersionDetails['lineage']['code']>): string {
  const branch = code.branch === undefined ? '' : ` on ${safeLine(code.branch)}`;
  return `${safeLine(code.commit.slice(0, 12))}${branch}${code.isDirty ? ', with uncommitted changes' : ''}`;
}

function transitionText(move: TransitionEntry): string {
  const numbers = move.displaced.join(', ');
  const what: Record<TransitionEntry['kind'], string> = {
    promote: `promoted to ${move.to}${numbers === '' ? '' : ` in place of ${numbers}`}${move.isOverride ? ', gates overridden' : ''}`,
    rollback: `rolled back to ${move.to}${numbers === '' ? '' : ` in place of ${numbers}`}`,
    demote: `moved back to ${move.to}`,
    archive: 'archived',
    displaced: `left ${move.from} for version ${numbers}`,
  };
  return `  ${timeText(move.at)}  ${safeLine(what[move.kind])}  ${authorText(move.by)}\n${indented(move.reason)}`;
}

export function modelText(model: ModelDetails): string {
  const facts: (readonly [string, string])[] = [
    ['created', `${timeText(model.createdAt)} by ${authorText(model.createdBy)}`],
    ['description', safeLine(model.description, 500)],
    ['versions', String(model.versions)],
    ['production', model.production ? `${model.production.number}  ${headlineText(model.production)}` : 'none'],
    ['newest', model.latest ? `${model.latest.number}  ${headlineText(model.latest)}` : 'none'],
    ['aliases', model.aliases.map(({ alias, number }) => `${safeLine(alias)} → ${number}`).join(', ')],
    ['stages', model.stages.map((stage) => safeLine(stage.name)).join(', ')],
    ['former names', model.formerNames.map((name) => safeLine(name)).join(', ')],
    ['id', model.id],
  ];
  return `${styled('bold', safeLine(model.name))}\n${pairs(facts.filter(([, value]) => value !== ''))}`;
}

/** Who did what, when and why: two lines an entry. */
export function logText(entries: readonly LogEntry[]): string {
  return entries
    .map((entry) => {
      const what = entry.void === undefined ? safeLine(entry.summary) : `${styled('red', 'No effect')}: ${safeLine(entry.summary)} (${safeLine(entry.void)})`;
      const first = `${styled('dim', String(entry.seq).padStart(4))}  ${timeText(entry.at)}  ${styled('bold', what)}`;
      const who = entry.by.name === '' ? '' : `      ${authorText(entry.by)}, ${viaText(entry.via)}`;
      const why = entry.reason === undefined ? '' : `: ${safeLine(entry.reason, 500)}`;
      return who === '' ? first : `${first}\n${who}${why}`;
    })
    .join('\n');
}

function viaText(via: string): string {
  const texts: Readonly<Record<string, string>> = {
    editor: 'in the editor',
    cli: 'on the command line',
    auto: 'automatically',
    import: 'by import',
  };
  return texts[via] ?? safeLine(via);
}

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

function section(title: string, body: string): string {
  return body === '' ? '' : `${styled('bold', title)}\n${body}`;
}

function pairs(entries: readonly (readonly [string, string])[]): string {
  const width = Math.min(40, Math.max(0, ...entries.map(([name]) => name.length)));
  return entries.map(([name, value]) => `  ${styled('dim', name.padEnd(width))}  ${value}`).join('\n');
}

function indented(text: string): string {
  return safe(text)
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
