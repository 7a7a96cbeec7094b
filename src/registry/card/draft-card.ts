import { changedSubmodules } from '../../base/changed-submodules.ts';
import { formatCount } from '../../base/count.ts';
import { formatName } from '../../base/format-name.ts';
import { formatMetric } from '../../base/metrics.ts';
import { sizeText } from '../../base/size.ts';
import type { Metrics } from '../../catalog/read-models/values.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { FactsSummary } from '../../modelfiles/facts-summary.ts';
import type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
import type { GateStanding } from '../api/gates.ts';
import { cardMetadata } from './card-metadata.ts';
import { codeBlock, codeText, plainText, tableText } from './markdown.ts';

/** What is known of a version when its card is drafted. */
export interface CardSubject {
  readonly version: VersionDetails;
  readonly facts?: FactsSummary | undefined;
  readonly snippet: LoadSnippet;
  /** What gates found for the stage that it is in. */
  readonly gates?: GateStanding['results'] | undefined;
}

const MOST_ROWS = 40;
/** What a person has to say: nothing in the registry knows it. */
const forThePerson = (what: string) => `_To be written: ${what}_`;

/** A model card with all that is recorded, and places for what only a person can say. */
export function draftCard(subject: CardSubject): string {
  const { version, facts, snippet } = subject;
  const metadata = cardMetadata(version, facts);
  const sections: readonly (readonly [title: string, body: string])[] = [
    ['Model details', detailsOf(subject)],
    ['Intended use', forThePerson('what it is for, who uses it, and what it must not be used for.')],
    ['Training data', dataOf(version)],
    ['Training procedure', procedureOf(version)],
    ['Evaluation', evaluationOf(version)],
    ['Checks and approvals', checksOf(subject)],
    [
      'Limitations and bias',
      forThePerson('where it is wrong, for whom it works less well, and what was done about that.'),
    ],
    ['How to load it', codeBlock('python', snippet.python)],
  ];
  return [
    metadata === '' ? '' : `---\n${metadata}\n---`,
    `# ${plainText(version.model)}`,
    version.description === '' ? forThePerson('in a sentence or two, what the model does.') : version.description,
    ...sections.flatMap(([title, body]) => (body === '' ? [] : [`## ${title}\n\n${body}`])),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function detailsOf({ version, facts }: CardSubject): string {
  const { artifact, lineage, createdAt, createdBy } = version;
  const { architecture, parameterCount, license, framework } = facts ?? version.facts ?? {};
  const { code } = lineage;
  const base = lineage.baseModel?.name ?? facts?.baseModels?.map(({ name }) => name).join(', ');
  const rows: (readonly [string, string | undefined])[] = [
    [
      'Version',
      version.pending
        ? undefined
        : `${version.number}, registered ${createdAt.slice(0, 10)} by ${plainText(createdBy.name || createdBy.email)}`,
    ],
    ['Format', facts && plainText(formatName(facts.formatLabel, facts.formatVersion))],
    ['Framework', framework && plainText([framework.name, framework.version].filter(Boolean).join(' '))],
    ['Architecture', architecture && plainText(architecture)],
    ['Parameters', parameterCount === undefined ? undefined : formatCount(parameterCount)],
    ['Files', `${artifact.fileCount}, ${sizeText(artifact.sizeBytes)}, ${codeText(artifact.digest)}`],
    ['License', license === undefined ? forThePerson('the licence.') : plainText(license)],
    ['Made from', base === undefined || base === '' ? undefined : plainText(base)],
    [
      'Code',
      code &&
        `${codeText(code.commit)}${code.branch === undefined ? '' : ` on ${plainText(code.branch)}`}${code.isDirty || changedSubmodules(code).length > 0 ? ', with changes that weren’t committed' : ''}`,
    ],
    ['Contact', forThePerson('who answers questions about it.')],
  ];
  return tableText(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function dataOf({ lineage: { data } }: VersionDetails): string {
  const note = forThePerson('where the data comes from, what it covers, and what was left out.');
  if (data.length === 0) return note;
  const rows = data.map(({ path, sizeBytes, rows: count, sha256, hash, revision }) => [
    codeText(path),
    sizeBytes === undefined ? '' : sizeText(sizeBytes),
    count === undefined ? '' : count.toLocaleString('en-US'),
    codeOrNothing(sha256?.slice(0, 16) ?? hash ?? revision),
  ]);
  return `${tableText(['Data', 'Size', 'Rows', 'Digest'], rows, { most: MOST_ROWS })}\n\n${note}`;
}

function codeOrNothing(text: string | undefined): string {
  return text === undefined ? '' : codeText(text);
}

function procedureOf({ params, lineage: { run, environment, machine } }: VersionDetails): string {
  const rows = Object.entries(params).map(([name, value]) => [codeText(name), codeText(value.slice(0, 200))]);
  const lines = [
    ...(run?.command === undefined ? [] : [`Command: ${codeText(run.command)}`]),
    ...(environment?.python === undefined ? [] : [`Python ${plainText(environment.python)}`]),
    ...(machine?.gpus && machine.gpus.length > 0 ? [`GPUs: ${plainText([...new Set(machine.gpus)].join(', '))}`] : []),
  ];
  const table = rows.length === 0 ? '' : tableText(['Param', 'Value'], rows, { most: MOST_ROWS });
  return [lines.map((line) => `- ${line}`).join('\n'), table].filter((part) => part !== '').join('\n\n');
}

function evaluationOf({ metrics, lineage: { evaluations } }: VersionDetails): string {
  const whole = evaluations.filter(({ slice }) => slice === undefined);
  const sliced = evaluations.filter(({ slice }) => slice !== undefined);
  const rowsOf = (all: Metrics, ...place: readonly string[]) =>
    Object.entries(all).map(([name, value]) => [codeText(name), ...place, formatMetric(value)]);
  const measured = [
    ...whole.flatMap(({ dataset = '', metrics: all }) => rowsOf(all, plainText(dataset))),
    ...rowsOf(metrics, 'of the training run'),
  ];
  const bySlice = sliced.flatMap(({ dataset = '', slice = '', metrics: all }) =>
    rowsOf(all, plainText(dataset), plainText(slice)),
  );
  const parts = [
    measured.length === 0 ? '' : tableText(['Metric', 'Dataset', 'Value'], measured, { most: MOST_ROWS }),
    bySlice.length === 0 ? '' : tableText(['Metric', 'Dataset', 'Slice', 'Value'], bySlice, { most: MOST_ROWS }),
  ].filter((part) => part !== '');
  return parts.length === 0 ? forThePerson('how it was evaluated, on which data.') : parts.join('\n\n');
}

function checksOf({ version, gates = [] }: CardSubject): string {
  const results = gates.map(({ gate, outcome, at }) => [plainText(gate), outcome, at.slice(0, 10)]);
  const moves = version.transitions.map(({ at, to, by, reason, isOverride }) => [
    at.slice(0, 10),
    `${plainText(to)}${isOverride ? ', gates overridden' : ''}`,
    plainText(by.name || by.email),
    plainText(reason.slice(0, 300)),
  ]);
  return [
    results.length === 0 ? '' : tableText(['Gate', 'Outcome', 'On'], results, { most: MOST_ROWS }),
    moves.length === 0 ? '' : tableText(['On', 'Stage', 'By', 'Reason'], moves, { most: MOST_ROWS }),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
