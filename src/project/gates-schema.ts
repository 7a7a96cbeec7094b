import * as v from 'valibot';
import {
  change,
  command,
  confidence,
  described,
  finite,
  line,
  PERCENT,
  STAGE,
  size,
  stage,
  time,
  whole,
} from './gate-values.ts';

/** Gates of one stage. */
const MAX_GATES = 64;
/** Of a command, unless the gate says otherwise. */
export const DEFAULT_TIME_LIMIT_SECONDS = 600;
const MAX_TIME_LIMIT_SECONDS = 24 * 3600;

/** That a gate names. */
const MAX_SLICES = 256;
/** Of resampled predictions. */
export const DEFAULT_RESAMPLES = 1000;
const MIN_RESAMPLES = 100;
const MAX_RESAMPLES = 10_000;
export const DEFAULT_SEED = 1;
const MAX_SEED = 2 ** 32 - 1;
/** Of a benchmark. */
export const DEFAULT_WARM_UP = 1;
export const DEFAULT_REPETITIONS = 10;
const MAX_REPETITIONS = 1000;

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
  'dataset-sha256': v.exactOptional(
    described(
      v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256: 64 digits, a to f in lower case')),
      'The SHA-256 of the dataset, as its evaluation recorded it: what was measured on other data of that name doesn’t count.',
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
  slices: v.exactOptional(
    described(
      v.pipe(
        v.array(line(1024)),
        v.minLength(1, 'names no slice'),
        v.maxLength(MAX_SLICES, `names more than ${MAX_SLICES} slices`),
      ),
      'Slices of worst-of, gap-of or bias that must have been measured: [country=DE, country=FR]. Unless said, those that the version in the stage was measured on.',
    ),
  ),
  'by-interval': v.exactOptional(
    described(v.boolean(), 'The worse end of the confidence interval counts, and not the value itself.'),
  ),
  confidence: v.exactOptional(
    described(
      confidence,
      'The gate has to hold with this confidence, 95 %: the worse end of the interval counts, of the metric or of the difference to vs. It is computed by resampling the predictions of the evaluations (model-registry evaluate --predictions), with vs of both versions on the same examples; without predictions from the confidence intervals that were given. Needs dataset.',
    ),
  ),
  resamples: v.exactOptional(
    described(
      whole(MIN_RESAMPLES, MAX_RESAMPLES),
      `How often the predictions are resampled for confidence; ${DEFAULT_RESAMPLES} unless said.`,
    ),
  ),
  seed: v.exactOptional(
    described(
      whole(0, MAX_SEED),
      `What the resamples are drawn from: with the same seed they are the same; ${DEFAULT_SEED} unless said.`,
    ),
  ),
  bias: v.exactOptional(
    described(
      v.picklist(
        ['demographic-parity', 'equalised-odds', 'equal-opportunity'],
        'is demographic-parity, equalised-odds or equal-opportunity',
      ),
      'What has to be alike over the groups of by, as an evaluation with predictions or slices measured it: how often the positive class is predicted (demographic-parity), how often it is where it is true (equal-opportunity), that and how often it is where it isn’t (equalised-odds).',
    ),
  ),
  by: v.exactOptional(
    described(
      line(256),
      'The groups of bias: the column of the predictions, or the name of the slices (sex of sex=F).',
    ),
  ),
  'min-ratio': v.exactOptional(
    described(
      v.pipe(v.number('must be a number'), v.minValue(0), v.maxValue(1)),
      'The smallest rate of a group divided by the largest must not be below: 0.8.',
    ),
  ),
  'min-examples': v.exactOptional(
    described(whole(1, 1e9), 'Groups with fewer examples are left out, where the evaluation says how many there are.'),
  ),
  'max-size': v.exactOptional(described(size, 'The files of the version must not be larger: 500 MB.')),
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
      'A program that exits with 0 where the version is good: python validate.py. It runs in the folder of this file and without a shell, only where somebody asks for it (model-registry gates --run, or the review page); MODEL_REGISTRY_PATH is a folder with the restored files. JSON on its output is kept as evidence.',
    ),
  ),
  benchmark: v.exactOptional(
    described(
      command,
      'A program that is measured, as command runs one: with p50, p95, p99 or max-memory. Nothing else runs beside it.',
    ),
  ),
  times: v.exactOptional(
    described(
      v.picklist(['whole', 'printed'], 'is whole or printed'),
      'What the times of a benchmark are: how long the program runs, which is started for each repetition (whole); or the milliseconds that it prints as a JSON list, when it runs once (printed). whole unless said.',
    ),
  ),
  'warm-up': v.exactOptional(
    described(
      whole(0, MAX_REPETITIONS),
      `So many of the first times of a benchmark don’t count; ${DEFAULT_WARM_UP} unless said.`,
    ),
  ),
  repetitions: v.exactOptional(
    described(
      whole(1, MAX_REPETITIONS),
      `How often a benchmark is started after that, with times: whole; ${DEFAULT_REPETITIONS} unless said. With times: printed, so many times there have to be at least.`,
    ),
  ),
  p50: v.exactOptional(described(time, 'Half of the times of a benchmark must not be above: 20 ms.')),
  p95: v.exactOptional(described(time, '95 % of the times of a benchmark must not be above: 40 ms.')),
  p99: v.exactOptional(described(time, '99 % of the times of a benchmark must not be above: 100 ms.')),
  'max-memory': v.exactOptional(
    described(
      size,
      'The program of a benchmark, with all that it starts, must not use more memory at any moment: 2 GB. Measured on Linux and macOS.',
    ),
  ),
  'memory-limit': v.exactOptional(
    described(
      size,
      'The command is ended, and has failed, when it uses more memory, with all that it starts: 4 GB. Only on Linux and macOS: elsewhere a command with a limit isn’t run.',
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
  of: v.exactOptional(
    described(
      v.pipe(v.array(line(512)), v.minLength(1, 'names nobody'), v.maxLength(256, 'names more than 256 people')),
      'Only approvals of these people count, by address or name: [bob@example.org].',
    ),
  ),
});

type Entries = v.InferOutput<typeof gateEntries>;
export type GateKind =
  | 'metric'
  | 'bias'
  | 'benchmark'
  | 'max-size'
  | 'lineage'
  | 'danger'
  | 'licence'
  | 'signature'
  | 'command'
  | 'approvals';

/** Each kind with the keys that may stand beside it. */
const KINDS: Readonly<Record<GateKind, readonly (keyof Entries)[]>> = {
  metric: [
    'min',
    'max',
    'vs',
    'max-drop',
    'min-gain',
    'dataset',
    'dataset-sha256',
    'slice',
    'worst-of',
    'gap-of',
    'slices',
    'by-interval',
    'confidence',
    'resamples',
    'seed',
  ],
  bias: ['by', 'max', 'min-ratio', 'min-examples', 'dataset', 'dataset-sha256', 'slices'],
  'max-size': [],
  lineage: [],
  danger: [],
  licence: [],
  signature: ['vs'],
  command: ['time-limit', 'memory-limit'],
  benchmark: ['times', 'warm-up', 'repetitions', 'p50', 'p95', 'p99', 'max-memory', 'time-limit', 'memory-limit'],
  approvals: ['of'],
};
const KIND_NAMES: readonly GateKind[] = [
  'metric',
  'bias',
  'max-size',
  'lineage',
  'danger',
  'licence',
  'signature',
  'command',
  'benchmark',
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
  const onWhat = problemOfMeasuredOn(gate);
  if (onWhat !== undefined) return onWhat;
  if (kind === 'metric') return problemOfMetric(gate);
  if (kind === 'bias') return problemOfBias(gate);
  if (kind === 'approvals') return problemOfApprovals(gate);
  return kind === 'benchmark' ? problemOfBenchmark(gate) : undefined;
}

function problemOfMeasuredOn(gate: Entries): string | undefined {
  if (gate['dataset-sha256'] !== undefined && gate.dataset === undefined)
    return 'has dataset-sha256 without dataset, the name that was evaluated';
  const name = gate['worst-of'] ?? gate['gap-of'] ?? gate.by;
  if (gate.slices === undefined) return undefined;
  if (name === undefined) return 'has slices without worst-of, gap-of or by';
  const stray = gate.slices.find((slice) => name !== '*' && !slice.startsWith(`${name}=`));
  return stray === undefined ? undefined : `has slices that are none of ${name}: write ${name}=…`;
}

function problemOfApprovals({ approvals = 0, of }: Entries): string | undefined {
  const people = new Set(of?.map((person) => person.toLowerCase()));
  return of && people.size < approvals ? 'asks for more approvals than its of names people' : undefined;
}

function problemOfBias(gate: Entries): string | undefined {
  if (gate.by === undefined) return 'has bias without by, the groups: by: sex';
  if (gate.max === undefined && gate['min-ratio'] === undefined)
    return 'says nothing of the groups: it needs max, the largest difference, or min-ratio';
  return gate.max !== undefined && gate.max < 0 ? 'has a max below 0, which no difference is' : undefined;
}

function problemOfBenchmark(gate: Entries): string | undefined {
  const bounds = [gate.p50, gate.p95, gate.p99, gate['max-memory']];
  return bounds.every((bound) => bound === undefined)
    ? 'says nothing of the benchmark: it needs p50, p95, p99 or max-memory'
    : undefined;
}

function problemOfMetric(gate: Entries): string | undefined {
  const hasChange = gate['max-drop'] !== undefined || gate['min-gain'] !== undefined;
  const parts = [gate.slice, gate['worst-of'], gate['gap-of']].filter((part) => part !== undefined);
  if (parts.length > 1) return 'has several of slice, worst-of and gap-of: write a gate for each';
  if (gate['gap-of'] !== undefined) {
    if (gate.max === undefined) return 'has gap-of without max';
    if (gate.min !== undefined || gate.vs !== undefined || hasChange || gate['by-interval'] || gate.confidence)
      return 'has gap-of, beside which only max, dataset and slices mean something';
  }
  if (gate.confidence !== undefined && gate['by-interval'] !== undefined)
    return 'has confidence and by-interval: confidence takes intervals that were given, too';
  if (gate.confidence !== undefined && gate.dataset === undefined)
    return 'has confidence without dataset, whose evaluations have the predictions';
  if (gate.confidence === undefined && (gate.resamples ?? gate.seed) !== undefined)
    return 'has resamples or seed without confidence';
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

/** `0.95` of `95 %`. */
export function confidenceOf(written: number | string): number {
  return typeof written === 'number' ? written : changeOf(written).amount;
}

/** A change as people write it: absolute, or a share of what is compared with. */
export function changeOf(written: number | string): { readonly amount: number; readonly isRelative: boolean } {
  if (typeof written === 'number') return { amount: written, isRelative: false };
  return { amount: Number(PERCENT.exec(written)?.[1] ?? 0) / 100, isRelative: true };
}
