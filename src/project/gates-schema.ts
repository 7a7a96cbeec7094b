import * as v from 'valibot';
import { parseSize } from '../base/size.ts';
import { splitCommand } from './split-command.ts';

/** Gates of one stage. */
const MAX_GATES = 64;
/** Of a command, unless the gate says otherwise. */
export const DEFAULT_TIME_LIMIT_SECONDS = 600;
const MAX_TIME_LIMIT_SECONDS = 24 * 3600;
const MAX_COMMAND_PARTS = 100;

const STAGE = /^[a-z][a-z0-9-]{0,31}$/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/;

const described = <const T extends v.GenericSchema>(schema: T, text: string) => v.pipe(schema, v.description(text));
const line = (max: number) =>
  v.pipe(
    v.string(),
    v.minLength(1, 'is empty'),
    v.maxLength(max, `is longer than ${max} characters`),
    v.check((text) => !CONTROL.test(text), 'has control characters or several lines'),
  );
const stage = v.pipe(v.string(), v.regex(STAGE, 'is no name of a stage'));
const finite = v.pipe(v.number('must be a number'), v.finite());

const CHANGE = 'must be a number from 0 up, or a percentage such as 2 %';
const SIZE = 'must be a size such as 500 MB';
/** `0.005`, or `2 %` of what production has. */
const change = v.union(
  [v.pipe(v.number(), v.finite(), v.minValue(0)), v.pipe(v.string(), v.regex(PERCENT, CHANGE))],
  CHANGE,
);

const command = v.union(
  [
    v.pipe(
      line(4096),
      v.check((text) => splitCommand(text).length > 0, 'names no program, or has a quote without its end'),
    ),
    v.pipe(v.array(line(4096)), v.minLength(1, 'names no program'), v.maxLength(MAX_COMMAND_PARTS)),
  ],
  'must be a command, or a list of a program and its arguments',
);

const gateEntries = v.strictObject({
  metric: v.exactOptional(
    described(line(256), 'A metric of the version; with min, max, or vs and max-drop or min-gain.'),
  ),
  min: v.exactOptional(described(finite, 'The metric must not be below.')),
  max: v.exactOptional(described(finite, 'The metric, or the gap of gap-of, must not be above.')),
  vs: v.exactOptional(
    described(stage, 'Compares with the version that is in this stage now: production. Without one there, it passes.'),
  ),
  'max-drop': v.exactOptional(
    described(change, 'By how much the metric may be worse than that of vs: a number, or a percentage of it (2 %).'),
  ),
  'min-gain': v.exactOptional(
    described(change, 'By how much the metric must be better than that of vs: a number, or a percentage of it (2 %).'),
  ),
  dataset: v.exactOptional(
    described(
      line(1024),
      'Takes the metric from the newest evaluation on this dataset (model-registry evaluate), instead of the version’s own.',
    ),
  ),
  slice: v.exactOptional(described(line(1024), 'Takes the metric from the evaluation of this slice: country=DE.')),
  'worst-of': v.exactOptional(
    described(line(1024), 'The gate has to hold for the worst slice of this name (country), of all slices with *.'),
  ),
  'gap-of': v.exactOptional(
    described(
      line(1024),
      'The largest minus the smallest value over the slices of this name (country) must not be above max.',
    ),
  ),
  'by-interval': v.exactOptional(
    described(v.boolean(), 'The worse end of the confidence interval counts, and not the value itself.'),
  ),
  'max-size': v.exactOptional(
    described(
      v.union(
        [
          v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
          v.pipe(
            v.string(),
            v.check((text) => parseSize(text) !== undefined, SIZE),
          ),
        ],
        SIZE,
      ),
      'The files of the version must not be larger: 500 MB.',
    ),
  ),
  lineage: v.exactOptional(
    described(
      v.pipe(
        v.array(v.picklist(['clean', 'pushed', 'data', 'lock'], 'is clean, pushed, data or lock')),
        v.minLength(1, 'names nothing'),
      ),
      'What must be known of where it came from: a working tree without changes (clean), a commit that a remote has (pushed), a digest of all data (data), a lock file of the packages (lock).',
    ),
  ),
  danger: v.exactOptional(
    described(
      v.picklist(['none-found', 'not-dangerous'], 'is none-found or not-dangerous'),
      'What loading the files could run, as it was found when they were registered: nothing that was found (none-found), or nothing that is known to be dangerous (not-dangerous).',
    ),
  ),
  licence: v.exactOptional(
    described(
      v.pipe(v.array(line(256)), v.minLength(1, 'names no licence')),
      'Licences that the model, and the model of this registry that it was made from, may have: [apache-2.0, mit].',
    ),
  ),
  signature: v.exactOptional(
    described(
      v.literal('compatible', 'is compatible'),
      'Inputs and outputs must be those of the version in vs (production unless said), as far as their files say them; outputs may be added.',
    ),
  ),
  command: v.exactOptional(
    described(
      command,
      'A program that exits with 0 where the version is good: python validate.py. It runs in the folder of this file and without a shell, only by model-registry gates --run; MODEL_REGISTRY_PATH is a folder with the restored files. JSON on its output is kept as evidence.',
    ),
  ),
  'time-limit': v.exactOptional(
    described(
      v.pipe(v.number('must be a number of seconds'), v.minValue(1), v.maxValue(MAX_TIME_LIMIT_SECONDS)),
      `Seconds that the command may take; ${DEFAULT_TIME_LIMIT_SECONDS} unless said.`,
    ),
  ),
  approvals: v.exactOptional(
    described(
      v.pipe(v.number('must be a number'), v.safeInteger(), v.minValue(1), v.maxValue(100)),
      'How many people must approve the version for the stage, beside whoever registered it: model-registry approve.',
    ),
  ),
});

type Entries = v.InferOutput<typeof gateEntries>;
export type GateKind = 'metric' | 'max-size' | 'lineage' | 'danger' | 'licence' | 'signature' | 'command' | 'approvals';

/** Each kind with the keys that may stand beside it. */
const KINDS: Readonly<Record<GateKind, readonly (keyof Entries)[]>> = {
  metric: ['min', 'max', 'vs', 'max-drop', 'min-gain', 'dataset', 'slice', 'worst-of', 'gap-of', 'by-interval'],
  'max-size': [],
  lineage: [],
  danger: [],
  licence: [],
  signature: ['vs'],
  command: ['time-limit'],
  approvals: [],
};
const KIND_NAMES: readonly GateKind[] = [
  'metric',
  'max-size',
  'lineage',
  'danger',
  'licence',
  'signature',
  'command',
  'approvals',
];
export const GATE_KEYS = Object.keys(gateEntries.entries);

/** What is wrong with a gate whose keys are well formed, each for itself. */
function problemOf(gate: Entries): string | undefined {
  const kinds = kindsOf(gate);
  const [kind] = kinds;
  if (kind === undefined) return `is no gate: it needs one of ${KIND_NAMES.join(', ')}`;
  if (kinds.length > 1) return `mixes ${kinds.join(' and ')}: write a gate for each`;
  const stray = Object.keys(gate).find((key) => key !== kind && !KINDS[kind].some((known) => known === key));
  if (stray !== undefined) return `has ${stray}, which means nothing beside ${kind}`;
  return kind === 'metric' ? problemOfMetric(gate) : undefined;
}

function problemOfMetric(gate: Entries): string | undefined {
  const hasChange = gate['max-drop'] !== undefined || gate['min-gain'] !== undefined;
  const parts = [gate.slice, gate['worst-of'], gate['gap-of']].filter((part) => part !== undefined);
  if (parts.length > 1) return 'has several of slice, worst-of and gap-of: write a gate for each';
  if (gate['gap-of'] !== undefined) {
    if (gate.max === undefined) return 'has gap-of without max';
    if (gate.min !== undefined || gate.vs !== undefined || hasChange || gate['by-interval'])
      return 'has gap-of, beside which only max and dataset mean something';
  }
  if (hasChange && gate.vs === undefined) return 'has max-drop or min-gain without vs: vs: production';
  if (gate.vs !== undefined && !hasChange) return 'has vs without max-drop or min-gain';
  if (gate.min === undefined && gate.max === undefined && gate.vs === undefined)
    return 'says nothing of the metric: it needs min, max, or vs';
  if (gate.min !== undefined && gate.max !== undefined && gate.min > gate.max) return 'has a min above its max';
  return undefined;
}

function kindsOf(gate: Entries): readonly GateKind[] {
  return KIND_NAMES.filter((kind) => gate[kind] !== undefined);
}

const gateSchema = v.pipe(
  gateEntries,
  v.check(
    (gate) => problemOf(gate) === undefined,
    (issue) => problemOf(issue.input) ?? '',
  ),
);

/** The gates of each stage of a model. */
export const gatesSchema = v.record(
  v.pipe(v.string(), v.regex(STAGE, 'is no name of a stage')),
  v.pipe(v.array(gateSchema, 'must be a list of gates'), v.maxLength(MAX_GATES, `has more than ${MAX_GATES} gates`)),
);

/** A gate as the project file declares it: of one kind. */
export type DeclaredGate = v.InferOutput<typeof gateSchema>;

export function kindOfGate(gate: DeclaredGate): GateKind {
  return kindsOf(gate)[0] ?? 'metric';
}

/** A change as people write it: absolute, or a share of what is compared with. */
export function changeOf(written: number | string): { readonly amount: number; readonly isRelative: boolean } {
  if (typeof written === 'number') return { amount: written, isRelative: false };
  return { amount: Number(PERCENT.exec(written)?.[1] ?? 0) / 100, isRelative: true };
}
