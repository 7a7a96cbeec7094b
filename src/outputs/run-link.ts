import type { RunLineage } from '../catalog/read-models/lineage.ts';
import type { Metrics, Params } from '../catalog/read-models/values.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import type { MetricHistory, RunDataset, RunRecord } from '../runs/run-record.ts';
import type { LeftOutOfRun } from '../runs/values.ts';
import type { CheckpointRecord } from './checkpoints.ts';

/** What trackers and trainers recorded about the run that wrote some outputs. */
export interface RunLink {
  /** Undefined where nobody gave the run an identity. */
  readonly run?: RunLineage;
  readonly metrics: Metrics;
  readonly params: Params;
  readonly history: Readonly<Record<string, MetricHistory>>;
  readonly checkpoints: CheckpointRecord;
  /** What was known at each checkpoint, and what it was judged by, by its path. */
  readonly metricsOfCheckpoints: ReadonlyMap<string, Metrics>;
  readonly status: RunRecord['status'];
  /** Data that the run read, as far as its tracker told of places in the workspace. */
  readonly datasets: readonly RunDataset[];
  /** What they recorded and no version can have. */
  readonly leftOut: readonly LeftOutOfRun[];
}

export const NO_RUN: RunLink = {
  metrics: {},
  params: {},
  history: {},
  checkpoints: {},
  metricsOfCheckpoints: new Map(),
  status: 'unknown',
  datasets: [],
  leftOut: [],
};

const FORGOTTEN_MS = 24 * 3600_000;

/** Trackers that know a run as such; the others tell what a trainer wrote in the course of one. */
const TRACKERS: ReadonlySet<string> = new Set(['mlflow', 'wandb']);

/** Plain files, of which a workspace has one set: they add to what a tracker says, and never stand for another run. */
const PLAIN: ReadonlySet<string> = new Set(['files', 'evaluations']);

export interface LinkOptions {
  /** When the version before was registered: plain metrics from before are its; milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What a person declared is read from there alone: plain files of that kind aren't taken by their names. */
  readonly declares: { readonly metrics: boolean; readonly params: boolean };
}

/**
 * Puts together what several places recorded of one run: a tracker, the trainer's own files, event files. The most certain first: where
 * two have the same metric or param, that of the first. Of several runs of one tracker only the first can be meant.
 */
export function linkRuns(found: readonly FoundRun[], options: LinkOptions): RunLink {
  const certainties = found.map(({ run, certainty }) => (isForgotten(run, certainty) ? undefined : certainty));
  const ofCertainty = (wanted: FoundRun['certainty'], isPlain?: boolean) =>
    found.filter(
      ({ run }, index) =>
        certainties[index] === wanted && (isPlain === undefined || PLAIN.has(run.tracker) === isPlain),
    );
  const sure = [...ofCertainty('certain'), ...ofCertainty('likely')];
  const hasTracker = sure.some(({ run }) => !PLAIN.has(run.tracker));
  const seen = new Set<string>();
  const records = [...sure, ...(hasTracker ? [] : ofCertainty('possible', false)), ...ofCertainty('possible', true)]
    .map(({ run }) => (PLAIN.has(run.tracker) ? plainOf(run, options) : run))
    // Plain files lie in several folders around the outputs.
    .filter(({ tracker }) => tracker === 'files' || (!seen.has(tracker) && seen.add(tracker)));
  if (records.length === 0) return NO_RUN;
  const reversed = records.toReversed();
  const checkpoints = records.find((record) => (record.checkpoints ?? []).length > 0)?.checkpoints ?? [];
  const main =
    records.find(({ id, tracker }) => id !== undefined && TRACKERS.has(tracker)) ??
    records.find(({ id }) => id !== undefined) ??
    records[0];
  const statuses = records.map(({ status }) => status);
  const known = (['running', 'failed', 'finished'] as const).find((status) => statuses.includes(status)) ?? 'unknown';
  return {
    ...(main ? { run: lineageOf(main) } : {}),
    metrics: Object.assign({}, ...reversed.map(({ metrics }) => metrics)),
    params: Object.assign({}, ...reversed.map(({ params }) => params)),
    history: Object.assign({}, ...reversed.map(({ history }) => history ?? {})),
    checkpoints: {
      best: checkpoints.find(({ isBest }) => isBest)?.path,
      last: checkpoints.find(({ isLast }) => isLast)?.path,
    },
    metricsOfCheckpoints: new Map(
      checkpoints.flatMap(({ path, metric, metrics }) =>
        metric || metrics ? [[path, { ...metrics, ...(metric ? { [metric.name]: metric.value } : {}) }] as const] : [],
      ),
    ),
    status: main && main.status !== 'unknown' ? main.status : known,
    datasets: records.flatMap(({ datasets = [] }) => datasets.filter(({ source }) => source !== undefined)),
    leftOut: records.flatMap(({ leftOut = [] }) => leftOut),
  };
}

/** A run that crashed is recorded as running for ever: what is written days later isn't its. */
function isForgotten({ status, startedAt }: RunRecord, certainty: FoundRun['certainty']): boolean {
  const isRecent = Date.now() - Date.parse(startedAt ?? '') < FORGOTTEN_MS;
  return certainty === 'possible' && status === 'running' && !isRecent;
}

function plainOf(run: RunRecord, { sinceMs, declares }: LinkOptions): RunRecord {
  const isOld = Date.parse(run.endedAt ?? '') < sinceMs;
  const { history, leftOut = [], ...rest } = run;
  const isAsked = { metrics: !declares.metrics && !isOld, params: !declares.params };
  return {
    ...rest,
    leftOut: leftOut.filter(({ what }) => isAsked[what.startsWith('metrics') ? 'metrics' : 'params']),
    ...(declares.metrics || isOld ? { metrics: {} } : history ? { history } : {}),
    ...(declares.params ? { params: {} } : {}),
  };
}

/** What is recorded of a run that a tracker told of. */
export function lineageOf(record: RunRecord): RunLineage {
  const { id, name, tracker, url, command, startedAt, endedAt } = record;
  return {
    tracker,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(command === undefined ? {} : { command }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** Of which kinds a model of the project file declares files. */
export function declaredIn({ metrics, params }: ProjectModel): LinkOptions['declares'] {
  return { metrics: metrics.length > 0, params: params.length > 0 };
}
