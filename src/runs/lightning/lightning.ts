import type { MetricValue } from '../../base/metric-value.ts';
import { readYaml } from '../parse-yaml.ts';
import { nameOf, parentOf, pathBelow } from '../paths.ts';
import { pythonMetric } from '../python-number.ts';
import { RunFileInvalid, type RunFiles } from '../run-files.ts';
import type { FolderEntry, RunReader } from '../run-reader.ts';
import type { RunCheckpoint, RunRecord } from '../run-record.ts';
import { parseTable, type Table } from '../table.ts';
import { courseOf } from '../table-values.ts';
import { RunValues } from '../values.ts';
import { type CheckpointChoice, checkpointChoice } from './checkpoint-choice.ts';

const METRICS = 'metrics.csv';
const HPARAMS = 'hparams.yaml';
const FOLDER = 'checkpoints';
const MAX_CSV_BYTES = 64 * 1024 * 1024;
/** Of a checkpoint, where the callbacks' states are. */
const MAX_HEAD_BYTES = 8 * 1024 * 1024;
const MAX_CHECKPOINTS = 200;

/** Runs of Lightning: a folder of a logger, `lightning_logs/version_0`, with the checkpoints in it, or a folder of checkpoints alone. */
export const lightningReader: RunReader = {
  tracker: 'lightning',
  label: 'Lightning',
  recognise(folder, entries) {
    const has = (name: string) => entries.some((entry) => entry.name === name);
    if (has(HPARAMS) && (has(METRICS) || has(FOLDER) || entries.some(({ name }) => name.startsWith('events.out.'))))
      return [folder];
    if (has(METRICS) && has(FOLDER)) return [folder];
    if (!entries.some(isCheckpoint)) return [];
    return [nameOf(folder) === FOLDER ? parentOf(folder) : folder];
  },
  async read(place, { files, sinceMs }) {
    const values = new RunValues();
    const checkpoints = await checkpointsOf(place, files);
    const table = await tableIn(pathBelow(place, METRICS), files, values);
    const sources = [HPARAMS, METRICS].map((name) => pathBelow(place, name));
    const stats = await Promise.all(sources.map(async (path) => ({ path, stat: await files.stat(path) })));
    const present = stats.filter(({ stat }) => stat && !stat.isFolder);
    const endMs = Math.max(
      0,
      ...present.map(({ stat }) => stat?.mtimeMs ?? 0),
      ...checkpoints.map((one) => one.mtimeMs),
    );
    if (endMs === 0 || endMs < sinceMs) return [];
    await addParams(pathBelow(place, HPARAMS), files, values);
    const course = table && courseOf(table);
    for (const [name, value] of course?.last() ?? []) values.metric(name, value);
    const record: RunRecord = {
      tracker: 'lightning',
      place,
      ...(place === '' ? {} : { name: nameOf(place) }),
      status: 'unknown',
      endedAt: new Date(endMs).toISOString(),
      metrics: values.metrics,
      params: values.params,
      ...course?.build(),
      ...(checkpoints.length > 0 ? { checkpoints: await judged(checkpoints, table, files) } : {}),
      sourceFiles: present.map(({ path }) => path),
      ...values.problems,
    };
    return [record];
  },
};

interface FoundCheckpoint {
  readonly path: string;
  readonly mtimeMs: number;
  readonly step?: number;
  readonly isLast: boolean;
}

function isCheckpoint({ name, isFolder }: FolderEntry): boolean {
  return !isFolder && name.endsWith('.ckpt');
}

/** In the order in which they were written. */
async function checkpointsOf(place: string, files: RunFiles): Promise<readonly FoundCheckpoint[]> {
  const found: FoundCheckpoint[] = [];
  for (const folder of [pathBelow(place, FOLDER), place]) {
    for (const entry of await files.list(folder)) {
      if (!isCheckpoint(entry) || found.length >= MAX_CHECKPOINTS) continue;
      const path = pathBelow(folder, entry.name);
      const stat = await files.stat(path);
      const step = /step=(\d{1,15})/.exec(entry.name)?.[1];
      if (!stat) continue;
      found.push({
        path,
        mtimeMs: stat.mtimeMs,
        isLast: /^last(?:-v\d+)?\.ckpt$/.test(entry.name),
        ...(step === undefined ? {} : { step: Number(step) }),
      });
    }
  }
  return found.sort(
    (a, b) => Number(a.isLast) - Number(b.isLast) || (a.step ?? 0) - (b.step ?? 0) || a.mtimeMs - b.mtimeMs,
  );
}

async function judged(
  checkpoints: readonly FoundCheckpoint[],
  table: Table | undefined,
  files: RunFiles,
): Promise<readonly RunCheckpoint[]> {
  const newest = checkpoints.at(-1);
  const head = newest && (await files.read(newest.path, MAX_HEAD_BYTES));
  const choice: CheckpointChoice = head ? checkpointChoice(head) : {};
  const best = bestOf(checkpoints, choice);
  const last = checkpoints.findLast(({ isLast }) => isLast) ?? newest;
  return checkpoints.map(({ path, step }) => {
    const metrics = metricsAt(path, step, table);
    const value = choice.monitor === undefined ? undefined : metrics[choice.monitor];
    return {
      path,
      ...(step === undefined ? {} : { step }),
      ...(choice.monitor !== undefined && value !== undefined ? { metric: { name: choice.monitor, value } } : {}),
      ...(Object.keys(metrics).length > 0 ? { metrics } : {}),
      ...(path === best ? { isBest: true } : {}),
      ...(path === last?.path ? { isLast: true } : {}),
    };
  });
}

/** By Lightning's own record, else the only one that it kept beside the last. */
function bestOf(checkpoints: readonly FoundCheckpoint[], choice: CheckpointChoice): string | undefined {
  const named = checkpoints.find(({ path }) => nameOf(path) === choice.bestName);
  if (named) return named.path;
  const kept = checkpoints.filter(({ isLast }) => !isLast);
  return kept.length === 1 ? kept[0]?.path : undefined;
}

/** What was logged up to a checkpoint and since the one before: steps are counted from 0, and a checkpoint's is how many were made. */
function metricsAt(
  path: string,
  step: number | undefined,
  table: Table | undefined,
): Readonly<Record<string, MetricValue>> {
  const epoch = /epoch=(\d{1,15})/.exec(nameOf(path))?.[1];
  const at = table?.columns.indexOf('step') ?? -1;
  const epochAt = table?.columns.indexOf('epoch') ?? -1;
  const values = new RunValues();
  for (const row of table?.rows ?? []) {
    const isOfEpoch = epoch !== undefined && epochAt >= 0 && Number(row[epochAt]) === Number(epoch);
    const isUpToStep = step !== undefined && at >= 0 && Number(row[at]) < step;
    if (!isOfEpoch || (at >= 0 && step !== undefined && !isUpToStep)) continue;
    for (const [place, name] of (table?.columns ?? []).entries())
      if (place !== at && place !== epochAt) values.metric(name, pythonMetric(row[place] ?? ''));
  }
  return values.metrics;
}

async function tableIn(path: string, files: RunFiles, values: RunValues): Promise<Table | undefined> {
  try {
    const text = await files.readText(path, MAX_CSV_BYTES);
    return text === undefined ? undefined : parseTable(text);
  } catch (error) {
    if (!(error instanceof RunFileInvalid)) throw error;
    values.problem(error.message);
    return undefined;
  }
}

async function addParams(path: string, files: RunFiles, values: RunValues): Promise<void> {
  try {
    values.param('', await readYaml(path, files));
  } catch (error) {
    if (!(error instanceof RunFileInvalid)) throw error;
    values.problem(error.message);
  }
}
