import { sizeText } from '../../base/size.ts';
import { SOURCE_NAMES } from '../../importing/found.ts';
import type { ImportReport } from '../../importing/import-models.ts';
import { type ImportPlan, newVersionsOf, type PlannedModel, type PlannedVersion } from '../../importing/plan.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { plural, timeText } from './values.ts';

/** Of a model, so many versions are listed. */
const SHOWN_VERSIONS = 50;
const SHOWN_NOTES = 20;

interface Told {
  readonly plan: ImportPlan;
  readonly isDryRun: boolean;
  readonly withStages: boolean;
}

/** What would be imported, or is about to be. */
export function planText({ plan, isDryRun, withStages }: Told): string {
  const picked = plan.models.filter(({ isPicked }) => isPicked);
  const others = plan.models.filter(({ isPicked }) => !isPicked);
  const wanted = picked.flatMap(newVersionsOf);
  const bytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const hasStages = wanted.some(({ stage, aliases = [] }) => stage !== undefined || aliases.length > 0);
  const total = `${plural(wanted.length, 'version')} of ${plural(new Set(picked.map(({ name }) => name)).size, 'model')}, ${sizeText(bytes)}`;
  return [
    ...picked.map((model) => modelText(model, withStages)),
    ...(others.length === 0
      ? []
      : [`Not imported unless they are named with --model:\n${others.map(otherLine).join('\n')}`]),
    ...(plan.problems.length === 0
      ? []
      : [plan.problems.map((problem) => `note: ${safeLine(problem, 300)}`).join('\n')]),
    ...(isDryRun
      ? [
          `${wanted.length === 0 ? 'Nothing new to import' : `Would import ${total}`}. Nothing was changed.`,
          ...(hasStages && !withStages ? ['Stages and aliases are set with --stages only.'] : []),
        ]
      : []),
  ].join('\n\n');
}

function modelText(model: PlannedModel, withStages: boolean): string {
  const { name, source, place, joins, versions } = model;
  const joining = joins ? `, joins the model with ${plural(joins.versions, 'version')} here` : '';
  const from = `${SOURCE_NAMES[source]}${place === '' ? '' : `, ${safeLine(place, 100)}`}`;
  const title = `${styled('bold', safeLine(name))} (${from}${joining})`;
  const table = tableText(
    ['THERE', 'MADE', 'SIZE', withStages ? 'STAGE' : 'STAGE THERE', ''],
    versions
      .slice(0, SHOWN_VERSIONS)
      .map((version) => [
        safeLine(version.label, 40),
        version.at === undefined ? '' : timeText(version.at),
        version.problem === undefined ? sizeText(version.sizeBytes) : '',
        stagesText(version),
        stateText(version),
      ]),
  );
  const more =
    versions.length > SHOWN_VERSIONS ? `\n… and ${plural(versions.length - SHOWN_VERSIONS, 'version')} more` : '';
  return `${title}\n${table}${more}`;
}

function stagesText({ stage, aliases = [] }: PlannedVersion): string {
  return safeLine([...(stage === undefined ? [] : [stage]), ...aliases.map((alias) => `@${alias}`)].join(', '), 80);
}

function stateText({ known, problem }: PlannedVersion): string {
  if (known) return `is version ${known.number} here already`;
  return problem === undefined
    ? styled('green', 'new')
    : styled('yellow', `can't be imported: ${safeLine(problem, 400)}`);
}

function otherLine({ name, source, place, versions }: PlannedModel): string {
  return `  ${safeLine(name)}: ${plural(versions.length, 'version')} that ${SOURCE_NAMES[source]} logged and nobody registered (${safeLine(place, 100)})`;
}

/** What an import did. */
export function importedText({ models }: ImportPlan, { versions, stages, isCancelled }: ImportReport): string {
  const count = (outcome: string) => versions.filter((version) => version.outcome === outcome).length;
  const names = [...new Set(models.filter(({ isPicked }) => isPicked).map(({ name }) => name))];
  const lines = names.map((name) => {
    const own = versions.filter(({ model, outcome }) => model === name && outcome === 'added');
    const numbers = own.flatMap(({ number }) => (number === undefined ? [] : [number]));
    const range = numbers.length < 2 ? `${numbers[0]}` : `${Math.min(...numbers)} to ${Math.max(...numbers)}`;
    return own.length === 0
      ? `Nothing new of ${safeLine(name)}`
      : styled('green', `Imported ${plural(own.length, 'version')} of ${safeLine(name)}: ${range}`);
  });
  const failed = versions.filter(({ outcome }) => outcome === 'failed');
  const notes = versions.flatMap(({ model, label, notes: own = [] }) =>
    own.map((note) => `${model} ${label}: ${note}`),
  );
  return [
    '',
    ...lines,
    ...(count('known') > 0 ? [`Here already: ${plural(count('known'), 'version')}`] : []),
    ...stages.filter(({ outcome }) => outcome !== 'there').map(stageLine),
    ...failed.map(({ model, label, why = '' }) =>
      styled('yellow', `Not imported: ${safeLine(`${model} ${label}`)}: ${safeLine(why, 600)}`),
    ),
    ...notes.slice(0, SHOWN_NOTES).map((note) => `note: ${safeLine(note, 300)}`),
    ...(notes.length > SHOWN_NOTES ? [`note: ${notes.length - SHOWN_NOTES} more, which --json tells`] : []),
    ...(isCancelled ? ['Cancelled: what was imported stays, and the same command again imports the rest.'] : []),
  ].join('\n');
}

function stageLine({ model, number, to, outcome, why = '' }: ImportReport['stages'][number]): string {
  const label = `${safeLine(model)}@${number}`;
  if (outcome === 'set')
    return to.startsWith('@') ? `${label} is ${safeLine(to)} now` : `${label} is in ${safeLine(to)} now`;
  const line = `${label} isn't ${to.startsWith('@') ? safeLine(to) : `in ${safeLine(to)}`} here: ${safeLine(why, 600)}`;
  return outcome === 'refused' ? styled('yellow', line) : line;
}

/** The same for programs. */
export function importJson({ plan, isDryRun, report }: Told & { readonly report?: ImportReport }) {
  const outcomes = new Map(
    report?.versions.map((version) => [JSON.stringify([version.model, version.label]), version]),
  );
  return {
    dryRun: isDryRun,
    cancelled: report?.isCancelled ?? false,
    models: plan.models.map(({ name, source, place, isPicked, joins, versions }) => ({
      name,
      source,
      place,
      isPicked,
      joins: joins?.versions ?? null,
      versions: versions.map((version) => {
        const { label, at, sizeBytes, stage, aliases = [], known, problem } = version;
        const done = isPicked ? outcomes.get(JSON.stringify([name, label])) : undefined;
        return {
          label,
          at: at ?? null,
          sizeBytes,
          stage: stage ?? null,
          aliases,
          state: done?.outcome ?? (known ? 'known' : problem === undefined ? 'new' : 'failed'),
          id: done?.id ?? known?.id ?? null,
          number: done?.number ?? known?.number ?? null,
          why: done?.why ?? problem ?? null,
          notes: done?.notes ?? [],
        };
      }),
    })),
    stages: report?.stages ?? [],
    problems: plan.problems,
  };
}
