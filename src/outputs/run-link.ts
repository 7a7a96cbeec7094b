import type { Metrics, Params, RunLineage } from '../registry/api.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import type { MetricHistory, RunRecord } from '../runs/run-record.ts';
import type { CheckpointRecord } from './checkpoints.ts';

/** What trackers and trainers recorded about the run that wrote some outputs. */
export interface RunLink {
  /** Undefined where nobody gave the run an identity. */
  readonly run?: RunLineage;
  readonly metrics: Metrics;
  readonly params: Params;
  readonly history: Readonly<Record<string, MetricHistory>>;
  readonly checkpoints: CheckpointRecord;
  /** What each checkpoint was judged by, by its path. */
  readonly metricsOfCheckpoints: ReadonlyMap<string, Metrics>;
  readonly status: RunRecord['status'];
}

export const NO_RUN: RunLink = {
  metrics: {},
  params: {},
  history: {},
  checkpoints: {},
  metricsOfCheckpoints: new Map(),
  status: 'unknown',
};

const FORGOTTEN_MS = 24 * 3600_000;

/** Trackers that know a run as such; the others tell what a trainer wrote in the course of one. */
const TRACKERS: ReadonlySet<string> = new Set(['mlflow', 'wandb']);

/**
 * Puts together what several places recorded of one run: a tracker, the trainer's own files, event files. The most certain first: where
 * two have the same metric or param, that of the first. Of several runs of one tracker only the first can be meant.
 */
export function linkRuns(found: readonly FoundRun[]): RunLink {
  const certain = found.filter(({ certainty }) => certainty === 'certain');
  const likely = found.filter(({ certainty }) => certainty === 'likely');
  const possible = found.filter(({ certainty, run }) => certainty === 'possible' && !isForgotten(run));
  const seen = new Set<string>();
  const records = [...certain, ...likely, ...(certain.length + likely.length > 0 ? [] : possible)]
    .map(({ run }) => run)
    .filter(({ tracker }) => !seen.has(tracker) && seen.add(tracker));
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
      checkpoints.flatMap(({ path, metric }) => (metric ? [[path, { [metric.name]: metric.value }] as const] : [])),
    ),
    status: main && main.status !== 'unknown' ? main.status : known,
  };
}

/** A run that crashed is recorded as running for ever: what is written days later isn't its. */
function isForgotten({ status, startedAt }: RunRecord): boolean {
  return status === 'running' && !(Date.now() - Date.parse(startedAt ?? '') < FORGOTTEN_MS);
}

function lineageOf(record: RunRecord): RunLineage {
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
