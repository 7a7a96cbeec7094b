import { formatCount, formatShare, parametersText } from '../../base/count.ts';
import { formatName } from '../../base/format-name.ts';
import { shapeText } from '../../base/shape.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { DangerFinding, SignatureEntry, TensorFacts } from '../../modelfiles/facts.ts';
import type { FactsSummary } from '../../modelfiles/facts-summary.ts';
import type { FactsAnswer } from '../../registry/api/facts.ts';
import { safeLine, styled } from '../terminal.ts';
import { pairs, section } from './sections.ts';
import { tableText } from './tables.ts';

const SHOWN_METADATA = 20;
const SHOWN_FINDINGS = 20;

/** What the files of a version say, in sections. */
export function factsSections(answer: FactsAnswer, version: VersionDetails): readonly string[] {
  const { facts, problem, readFrom, tensors } = answer;
  if (!facts) return problem === undefined || !version.facts ? [] : [section('Model', `  ${safeLine(problem, 500)}`)];
  const { sameWeights, hasHistory } = version;
  return modelSections(facts, {
    tensors,
    notes: problem === undefined ? [] : [problem],
    more: [
      ['weights', facts.weights ?? ''],
      ['same weights', sameWeights.map(({ model, number }) => safeLine(`${model}@${number}`)).join(', ')],
      ['history', hasHistory ? 'of its metrics, with `show --history`' : ''],
      ['read', readFrom === 'files' ? 'now, from its files: nothing was recorded when it was registered' : ''],
    ],
  });
}

/** What model files say, wherever they are, in sections. `more` is told of them beside that, and must be safe already. */
export function modelSections(
  facts: FactsSummary,
  about: {
    readonly tensors?: readonly TensorFacts[] | undefined;
    readonly notes: readonly string[];
    readonly more: readonly (readonly [string, string])[];
  },
): readonly string[] {
  const notes = [...(facts.problems ?? []), ...about.notes];
  return [
    section('Model', [pairs([...factPairs(facts), ...about.more]), ...notes.map(noteLine)].filter(Boolean).join('\n')),
    section('What loading runs', dangerText(facts.danger)),
    section('Inputs', signatureText(facts.inputs)),
    section('Outputs', signatureText(facts.outputs)),
    section('Metadata', metadataText(facts.metadata ?? {})),
    section('Tensors', about.tensors ? tensorsText(about.tensors) : ''),
  ];
}

function factPairs(facts: FactsSummary): readonly (readonly [string, string])[] {
  const { formatLabel, formatVersion, framework, architecture, parameterCount, dtypes, license, tensorCount } = facts;
  const total = dtypes.reduce((sum, { elements }) => sum + elements, 0);
  const share = (elements: number) => (dtypes.length > 1 && total > 0 ? ` ${formatShare(elements / total)}` : '');
  return [
    ['format', safeLine(formatName(formatLabel, formatVersion))],
    ['framework', safeLine([framework?.name, framework?.version].filter(Boolean).join(' '))],
    ['architecture', safeLine(architecture ?? '', 200)],
    ['parameters', parameterCount === undefined ? '' : countText(parameterCount)],
    ['dtypes', dtypes.map(({ dtype, elements }) => `${safeLine(dtype)}${share(elements)}`).join(', ')],
    ['tensors', tensorCount === 0 ? '' : `${tensorCount.toLocaleString('en-US')}`],
    ['license', safeLine(license ?? '', 200)],
    [
      'made from',
      (facts.baseModels ?? [])
        .map(({ name, revision }) => safeLine([name, revision].filter(Boolean).join(' at ')))
        .join(', '),
    ],
  ];
}

function countText(count: number): string {
  const short = formatCount(count);
  const whole = count.toLocaleString('en-US');
  return short === whole ? whole : `${short} (${whole})`;
}

function noteLine(text: string): string {
  return `  ${styled('yellow', '!')} ${safeLine(text, 500)}`;
}

const VERDICTS = {
  dangerous: styled('red', "Loading this can run code that isn't the model's."),
  unknown: styled('yellow', "It uses code that isn't known here. Look at it before loading this."),
  'none-found': 'Nothing that runs code was found. That is no promise: load it only if you trust where it comes from.',
} as const;
const RANK: Readonly<Record<DangerFinding['verdict'], number>> = { dangerous: 0, unknown: 1, known: 2 };

function dangerText(danger: FactsSummary['danger']): string {
  if (!danger) return '';
  const sorted = [...danger.findings].sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  // What is known is listed by `--json`.
  const told = sorted.filter(({ verdict }) => verdict !== 'known');
  const rows = told
    .slice(0, SHOWN_FINDINGS)
    .map((finding) => [
      `  ${finding.verdict}`,
      safeLine(finding.what, 60),
      safeLine(placeText(finding), 80),
      safeLine(finding.why, 100),
    ]);
  const rest = told.length > SHOWN_FINDINGS ? [`  and ${told.length - SHOWN_FINDINGS} more, with --json`] : [];
  return [
    `  ${VERDICTS[danger.verdict]}`,
    ...(rows.length === 0 ? [] : [tableText(['  JUDGED', 'WHAT', 'PLACE', 'WHY'], rows)]),
    ...rest,
  ].join('\n');
}

function placeText({ path, member, offset, opcode }: DangerFinding): string {
  const place = [path, member].filter(Boolean).join(' › ');
  return `${place}${offset === undefined ? '' : ` at byte ${offset}`}${opcode === undefined ? '' : ` (${opcode})`}`;
}

function signatureText(entries: readonly SignatureEntry[] = []): string {
  return pairs(
    entries.map(({ name, dtype, shape }) => [
      safeLine(name),
      safeLine([dtype, shape && shapeText(shape)].filter(Boolean).join('  ') || 'any'),
    ]),
  );
}

function metadataText(metadata: Readonly<Record<string, string>>): string {
  const all = Object.entries(metadata);
  const shown = pairs(all.slice(0, SHOWN_METADATA).map(([name, value]) => [safeLine(name), safeLine(value, 120)]));
  return all.length > SHOWN_METADATA ? `${shown}\n  and ${all.length - SHOWN_METADATA} more, with --json` : shown;
}

function tensorsText(tensors: readonly TensorFacts[]): string {
  return tableText(
    ['  NAME', 'DTYPE', 'SHAPE'],
    tensors.map(({ name, dtype, shape }) => [`  ${safeLine(name, 120)}`, safeLine(dtype), shapeText(shape)]),
  );
}

/** One line that warns of a version's files; empty where there is nothing to warn of. */
export function dangerLine({ facts }: Pick<VersionDetails, 'facts'>, label: string): string {
  if (facts?.danger !== 'dangerous') return '';
  return `${styled('red', `Loading the files of ${label} can run code that isn't the model's.`)} See \`model-registry show ${label}\`.`;
}

/** `safetensors, 110 M parameters`, for a line about a version. */
export function factsPhrase({ facts }: Pick<VersionDetails, 'facts'>): string {
  if (!facts) return '';
  const { format, architecture, parameterCount } = facts;
  const size = parameterCount === undefined ? [] : [parametersText(parameterCount)];
  return safeLine([architecture ?? format, ...size].join(', '), 120);
}
