import { HistoryBuilder } from '../history.ts';
import { nameOf, pathBelow } from '../paths.ts';
import { pythonMetric } from '../python-number.ts';
import { metricsOfFile, paramsOfFile } from '../read-values.ts';
import { RunFileInvalid, type RunFiles } from '../run-files.ts';
import type { RunReader } from '../run-reader.ts';
import type { RunRecord } from '../run-record.ts';
import { parseTable } from '../table.ts';
import { RunValues } from '../values.ts';

const METRICS = 'metrics.json';
const PLOTS = 'plots/metrics';
const MAX_TSV_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 6;

/** Runs of DVCLive: a folder, `dvclive` unless told otherwise, with `metrics.json`, `params.yaml` and a TSV file for each metric. */
export const dvcliveReader: RunReader = {
  tracker: 'dvclive',
  label: 'DVCLive',
  recognise(folder, entries) {
    const hasMetrics = entries.some(({ name, isFolder }) => !isFolder && name === METRICS);
    const hasPlots = entries.some(({ name, isFolder }) => isFolder && name === 'plots');
    return hasMetrics && (hasPlots || nameOf(folder) === 'dvclive') ? [folder] : [];
  },
  async read(place, { files, sinceMs }) {
    const metricsFile = pathBelow(place, METRICS);
    const stat = await files.stat(metricsFile);
    if (!stat || stat.mtimeMs < sinceMs) return [];
    const values = new RunValues();
    const history = new HistoryBuilder();
    const startMs = await readPlots(pathBelow(place, PLOTS), '', files, history, values, 0);
    // It writes `train/loss` as `{"train": {"loss": …}}`.
    const named = new Map<string, string>();
    for (const [name, value] of history.last()) {
      named.set(name.replaceAll('/', '.'), name);
      values.metric(name, value);
    }
    const found = await metricsOfFile(metricsFile, files, values);
    for (const [name, value] of Object.entries(found?.metrics ?? {}))
      if (name !== 'step') values.metric(named.get(name) ?? name.replaceAll('.', '/'), value);
    const paramsFile = pathBelow(place, 'params.yaml');
    const params = await paramsOfFile(paramsFile, files, values);
    for (const [name, value] of Object.entries(params ?? {})) values.param(name, value);
    const record: RunRecord = {
      tracker: 'dvclive',
      place,
      status: 'unknown',
      ...(startMs === undefined ? {} : { startedAt: new Date(startMs).toISOString() }),
      endedAt: new Date(stat.mtimeMs).toISOString(),
      metrics: values.metrics,
      params: values.params,
      ...history.build(),
      sourceFiles: [metricsFile, ...(params ? [paramsFile] : [])],
      ...values.problems,
    };
    return [record];
  },
};

/** Returns the earliest time that is written there. */
async function readPlots(
  folder: string,
  prefix: string,
  files: RunFiles,
  history: HistoryBuilder,
  values: RunValues,
  depth: number,
): Promise<number | undefined> {
  let earliest: number | undefined;
  for (const { name, isFolder } of await files.list(folder)) {
    const path = pathBelow(folder, name);
    let startMs: number | undefined;
    if (isFolder && depth < MAX_DEPTH)
      startMs = await readPlots(path, `${prefix}${name}/`, files, history, values, depth + 1);
    else if (name.endsWith('.tsv'))
      startMs = await readPlot(path, `${prefix}${name.slice(0, -4)}`, files, history, values);
    if (startMs !== undefined) earliest = Math.min(earliest ?? startMs, startMs);
  }
  return earliest;
}

/** Columns `step` and the metric's last name, with `timestamp` in milliseconds where it was asked for. */
async function readPlot(
  path: string,
  name: string,
  files: RunFiles,
  history: HistoryBuilder,
  values: RunValues,
): Promise<number | undefined> {
  try {
    const table = parseTable((await files.readText(path, MAX_TSV_BYTES)) ?? '');
    if (!table) return undefined;
    const [at, stepAt] = ['timestamp', 'step'].map((column) => table.columns.indexOf(column));
    const valueAt = table.columns.lastIndexOf(nameOf(name));
    let earliest: number | undefined;
    for (const [row, cells] of table.rows.entries()) {
      const value = pythonMetric(cells[valueAt] ?? '');
      if (value === undefined) continue;
      const step = Number(cells[stepAt ?? -1] ?? row);
      const atMs = Number(cells[at ?? -1] ?? Number.NaN);
      const isTime = atMs > 0 && atMs < 8.64e15;
      if (isTime) earliest = Math.min(earliest ?? atMs, atMs);
      history.add(name, { step: Number.isFinite(step) ? step : row, value, ...(isTime ? { atMs } : {}) });
    }
    return earliest;
  } catch (error) {
    if (!(error instanceof RunFileInvalid)) throw error;
    values.problem(error.message);
    return undefined;
  }
}
