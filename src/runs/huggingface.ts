import * as v from 'valibot';
import { type MetricValue, writtenMetric } from '../base/metric-value.ts';
import { HistoryBuilder } from './history.ts';
import { parsePythonJson } from './parse-json.ts';
import { nameOf, parentOf, pathBelow } from './paths.ts';
import { RunFileInvalid, type RunFiles } from './run-files.ts';
import type { RunReader } from './run-reader.ts';
import type { RunCheckpoint, RunRecord } from './run-record.ts';
import { RunValues } from './values.ts';

const STATE = 'trainer_state.json';
const CHECKPOINT = /^checkpoint-(\d{1,15})$/;
/** The last one has what the others have, unless they were written without it. */
const RESULTS = [
  'train_results.json',
  'eval_results.json',
  'test_results.json',
  'predict_results.json',
  'all_results.json',
];
const MAX_STATE_BYTES = 64 * 1024 * 1024;
const MAX_RESULTS_BYTES = 1024 * 1024;
/** The newest of them. */
const MAX_CHECKPOINTS = 100;

const number = v.fallback(v.optional(v.number()), undefined);
const resultsSchema = v.record(v.string(), v.unknown());
const stateSchema = v.object({
  num_train_epochs: number,
  max_steps: number,
  train_batch_size: number,
  logging_steps: number,
  eval_steps: number,
  save_steps: number,
  best_metric: v.fallback(v.optional(v.unknown()), undefined),
  best_model_checkpoint: v.fallback(v.nullish(v.string()), undefined),
  log_history: v.fallback(v.array(v.record(v.string(), v.unknown())), []),
});
/** What the trainer's state tells of its arguments; the rest is pickled in `training_args.bin`, which is left alone. */
const PARAMS = [
  'num_train_epochs',
  'max_steps',
  'train_batch_size',
  'logging_steps',
  'eval_steps',
  'save_steps',
] as const;

/** Runs of the Trainer of Hugging Face's transformers: its output folder, with checkpoints, states and results. */
export const huggingFaceReader: RunReader = {
  tracker: 'huggingface',
  label: 'Hugging Face Trainer',
  recognise(folder, entries) {
    if (!entries.some(({ name, isFolder }) => !isFolder && name === STATE)) return [];
    return [CHECKPOINT.test(nameOf(folder)) ? parentOf(folder) : folder];
  },
  async read(place, { files, sinceMs }) {
    const values = new RunValues();
    const states = await statesIn(place, files, values);
    const newest = states.at(-1);
    if (!newest || newest.mtimeMs < sinceMs) return [];
    return [await recordOf(place, states, newest, { files, values })];
  },
};

/** The trainer's state in a checkpoint, or in the output folder, where it is written at the end. */
interface FoundState {
  /** Of the checkpoint; undefined for the output folder's. */
  readonly step?: number;
  readonly folder: string;
  readonly file: string;
  readonly mtimeMs: number;
  readonly state: v.InferOutput<typeof stateSchema>;
}

/** Those of the checkpoints in the order of their steps, then the final one. */
async function statesIn(place: string, files: RunFiles, values: RunValues): Promise<readonly FoundState[]> {
  const found: FoundState[] = [];
  const add = async (folder: string, step?: number) => {
    const file = pathBelow(folder, STATE);
    const stat = await files.stat(file);
    const state = stat && parsedState(await jsonIn(file, MAX_STATE_BYTES, files, values));
    if (state) found.push({ folder, file, mtimeMs: stat.mtimeMs, state, ...(step === undefined ? {} : { step }) });
  };
  const steps = (await files.list(place)).flatMap(({ name, isFolder }) => {
    const step = isFolder ? CHECKPOINT.exec(name)?.[1] : undefined;
    return step === undefined ? [] : [{ name, step: Number(step) }];
  });
  const kept = steps.sort((a, b) => a.step - b.step).slice(-MAX_CHECKPOINTS);
  for (const { name, step } of kept) await add(pathBelow(place, name), step);
  await add(place);
  return found;
}

function parsedState(json: unknown): FoundState['state'] | undefined {
  const parsed = v.safeParse(stateSchema, json);
  return parsed.success ? parsed.output : undefined;
}

async function recordOf(
  place: string,
  states: readonly FoundState[],
  newest: FoundState,
  { files, values }: { readonly files: RunFiles; readonly values: RunValues },
): Promise<RunRecord> {
  const { state } = newest;
  const history = new HistoryBuilder();
  for (const entry of state.log_history) addEntry(entry, history);
  for (const [name, value] of history.last()) values.metric(name, value);
  const sourceFiles = [newest.file, ...(await addResults(place, files, values))];
  for (const name of PARAMS) values.param(name, state[name]);
  const isFinished = newest.step === undefined || (state.max_steps !== undefined && newest.step >= state.max_steps);
  return {
    tracker: 'huggingface',
    place,
    status: isFinished ? 'finished' : 'unknown',
    endedAt: new Date(newest.mtimeMs).toISOString(),
    metrics: values.metrics,
    params: values.params,
    ...history.build(),
    checkpoints: checkpointsOf(states, state),
    sourceFiles,
    ...values.problems,
  };
}

function addEntry(entry: Readonly<Record<string, unknown>>, history: HistoryBuilder): void {
  const step = typeof entry.step === 'number' ? entry.step : 0;
  for (const [name, value] of Object.entries(entry)) {
    const metric = writtenMetric(value);
    if (name !== 'step' && metric !== undefined) history.add(name, { step, value: metric });
  }
}

/** What `Trainer.save_metrics` wrote is the trainer's own summary; it may have more than the log, of a test set for example. */
async function addResults(place: string, files: RunFiles, values: RunValues): Promise<readonly string[]> {
  const read: string[] = [];
  for (const name of RESULTS) {
    const file = pathBelow(place, name);
    const parsed = v.safeParse(resultsSchema, await jsonIn(file, MAX_RESULTS_BYTES, files, values));
    if (!parsed.success) continue;
    for (const [metric, value] of Object.entries(parsed.output)) values.metric(metric, value);
    read.push(file);
  }
  return read;
}

function checkpointsOf(states: readonly FoundState[], newest: FoundState['state']): readonly RunCheckpoint[] {
  // The trainer's path is one of the machine it ran on; the checkpoint's name is the same everywhere.
  const best = newest.best_model_checkpoint?.split(/[\\/]/).at(-1);
  const checkpoints = states.filter(({ step }) => step !== undefined);
  return checkpoints.map(({ folder, step = 0 }) => {
    const isBest = nameOf(folder) === best;
    const metric = isBest ? bestMetric(newest, step) : undefined;
    return {
      path: folder,
      step,
      metrics: metricsAt(newest, step),
      ...(metric ? { metric } : {}),
      ...(isBest ? { isBest } : {}),
      ...(folder === checkpoints.at(-1)?.folder ? { isLast: true } : {}),
    };
  });
}

/** The state has the value by which the best checkpoint was chosen and not its name: that of the logged metric that is equal. */
function bestMetric(state: FoundState['state'], step: number): RunCheckpoint['metric'] {
  const value = writtenMetric(state.best_metric);
  if (value === undefined) return undefined;
  const [name] = Object.entries(metricsAt(state, step)).find(([, other]) => other === value) ?? [];
  return name === undefined ? undefined : { name, value };
}

function metricsAt(state: FoundState['state'], step: number): Readonly<Record<string, MetricValue>> {
  const values = new RunValues();
  for (const entry of state.log_history) {
    if (entry.step !== step) continue;
    for (const [name, value] of Object.entries(entry)) if (name !== 'step') values.metric(name, value);
  }
  return values.metrics;
}

async function jsonIn(file: string, maxBytes: number, files: RunFiles, values: RunValues): Promise<unknown> {
  try {
    const text = await files.readText(file, maxBytes);
    return text === undefined ? undefined : parsePythonJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof RunFileInvalid)) throw error;
    values.problem(`${file} can't be read: ${error.message}`);
    return undefined;
  }
}
