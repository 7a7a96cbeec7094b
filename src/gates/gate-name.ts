import { sha256Hex } from '../base/hash.ts';
import { confidenceOf, type DeclaredGate, kindOfGate } from '../project/gates-schema.ts';
import { PROGRAM_GATES, TITLE_END } from '../rules/gate-rules.ts';
import { lineageRequired } from './lineage-gate.ts';
import { numberText } from './verdict.ts';

/** The log takes so much for the name of a gate. */
const MAX_NAME = 256;
const MAX_LABEL = 60;

/** What a gate is about, in short. */
export function titleOf(gate: DeclaredGate): string {
  const kind = kindOfGate(gate);
  if (kind === 'bias') return [gate.bias, ...onDataset(gate), `over ${gate.by}`].join(' ');
  if (kind === 'command' || kind === 'benchmark') return PROGRAM_GATES[kind];
  if (kind !== 'metric') return kind === 'max-size' ? 'size' : kind;
  const { metric = '', slice } = gate;
  const parts = [
    ...onDataset(gate),
    ...(slice === undefined ? [] : [`of ${slice}`]),
    ...(gate['worst-of'] === undefined ? [] : [`of the worst ${gate['worst-of']}`]),
    ...(gate['gap-of'] === undefined ? [] : [`gap over ${gate['gap-of']}`]),
  ];
  return [metric, ...parts].join(' ');
}

function onDataset({ dataset, 'dataset-sha256': pinned }: DeclaredGate): readonly string[] {
  if (dataset === undefined) return [];
  return [`on ${dataset}`, ...(pinned === undefined ? [] : [`(${pinned.slice(0, 16)})`])];
}

function overSlices({ slices }: DeclaredGate): readonly string[] {
  return slices ? [`of ${slices.join(', ')}`] : [];
}

/** What a gate asks for. */
export function requiredOf(gate: DeclaredGate): string {
  switch (kindOfGate(gate)) {
    case 'metric':
      return metricRequired(gate);
    case 'bias':
      return biasRequired(gate);
    case 'benchmark':
      return benchmarkRequired(gate);
    case 'max-size':
      return `at most ${gate['max-size']}`;
    case 'lineage':
      return lineageRequired(gate);
    case 'danger':
      return gate.danger ?? '';
    case 'licence':
      return (gate.licence ?? []).join(' or ');
    case 'signature':
      return `compatible with ${gate.vs ?? 'production'}`;
    case 'command':
      return commandText(gate.command ?? '');
    case 'approvals':
      return `${gate.approvals}${gate.of ? ` of ${gate.of.join(', ')}` : ''}`;
  }
}

function metricRequired(gate: DeclaredGate): string {
  const { min, max, vs } = gate;
  const parts = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(gate['max-drop'] === undefined ? [] : [`at most ${gate['max-drop']} worse than ${vs}`]),
    ...(gate['min-gain'] === undefined ? [] : [`at least ${gate['min-gain']} better than ${vs}`]),
    ...overSlices(gate),
  ];
  const sure = gate.confidence === undefined ? '' : `, with ${percentText(confidenceOf(gate.confidence))} confidence`;
  return `${parts.join(', ')}${gate['by-interval'] ? ', by its interval' : ''}${sure}`;
}

function biasRequired(gate: DeclaredGate): string {
  return [
    ...(gate.max === undefined ? [] : [`differs by at most ${gate.max}`]),
    ...(gate['min-ratio'] === undefined ? [] : [`ratio at least ${gate['min-ratio']}`]),
    ...overSlices(gate),
  ].join(', ');
}

function benchmarkRequired(gate: DeclaredGate): string {
  const bounds = (['p50', 'p95', 'p99'] as const).flatMap((key) => {
    const most = gate[key];
    return most === undefined ? [] : [`${key} at most ${typeof most === 'number' ? `${most} ms` : most}`];
  });
  const memory = gate['max-memory'] === undefined ? [] : [`memory at most ${gate['max-memory']}`];
  return `${[...bounds, ...memory].join(', ')}: ${commandText(gate.benchmark ?? '')}`;
}

function percentText(share: number): string {
  return `${numberText(share * 100)} %`;
}

/** Whether a gate has to run something. */
export function isOfCommand({ command, benchmark }: DeclaredGate): boolean {
  return (command ?? benchmark) !== undefined;
}

/** The command that a gate runs, in short, for what is shown while it does. */
export function labelOf(gate: DeclaredGate): string {
  const text = commandText(gate.command ?? gate.benchmark ?? '');
  return text.length <= MAX_LABEL ? text : `${text.slice(0, MAX_LABEL - 1)}…`;
}

export function commandText(command: string | readonly string[]): string {
  if (typeof command === 'string') return command;
  return command.map((part) => (/^[\w./:=@%+,-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');
}

/** What the log calls a gate. */
export function gateName(gate: DeclaredGate): string {
  // Logs and policies know a gate by its name, whatever words are shown for what it asks for.
  const asked = kindOfGate(gate) === 'lineage' ? (gate.lineage ?? []).join(', ') : requiredOf(gate);
  const name = `${titleOf(gate)}${TITLE_END}${asked}`;
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 20)}… ${definitionDigest(gate).slice(0, 12)}`;
}

/** Tells one definition of a gate from another, whatever the order of its keys. */
export function definitionDigest(gate: DeclaredGate): string {
  return sha256Hex(JSON.stringify(Object.entries(gate).sort(([a], [b]) => (a < b ? -1 : 1))));
}
