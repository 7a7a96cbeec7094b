import * as v from 'valibot';
import type { MetricValue } from '../../base/metric-value.ts';
import { mayBelong } from '../belonging.ts';
import { readYaml } from '../parse-yaml.ts';
import { nameOf, parentOf, pathBelow } from '../paths.ts';
import { pythonMetric } from '../python-number.ts';
import { RunFileInvalid, type RunFiles } from '../run-files.ts';
import type { FolderEntry, ReadContext, RunReader } from '../run-reader.ts';
import type { RunRecord, RunStatus } from '../run-record.ts';
import { artifactPlace } from './artifact-path.ts';
import { MlflowRunBuilder } from './mlflow-run.ts';

const META = 'meta.yaml';
/** The newest of those that can have written the outputs. */
const MAX_RUNS = 100;
const MAX_EXPERIMENTS = 1000;
const MAX_METRIC_BYTES = 16 * 1024 * 1024;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_NAME_DEPTH = 8;

const text = v.fallback(v.optional(v.string()), undefined);
const number = v.fallback(v.optional(v.number()), undefined);
const experimentSchema = v.object({ name: text, artifact_location: text });
const runSchema = v.object({
  run_id: text,
  run_uuid: text,
  run_name: text,
  status: v.fallback(v.union([v.number(), v.string()]), 0),
  start_time: number,
  end_time: number,
  lifecycle_stage: text,
});
const outputSchema = v.object({ destination_id: v.string() });
const inputSchema = v.object({ source_id: v.string(), tags: v.fallback(v.record(v.string(), v.string()), {}) });
const datasetSchema = v.object({ name: v.string(), digest: text, source_type: text });
const modelSchema = v.object({ artifact_location: text });

/** MLflow's runs in files: `mlruns/<experiment>/<run>/{meta.yaml, metrics/, params/, tags/, inputs/, outputs/}`. */
export const mlflowFilesReader: RunReader = {
  tracker: 'mlflow',
  label: 'MLflow',
  recognise(folder, entries) {
    const found = entries.filter(({ name, isFolder }) => isFolder && name === 'mlruns');
    const places = found.map(({ name }) => pathBelow(folder, name));
    // A store of another name is told by a run in it.
    if (isRun(entries) && folder.includes('/') && nameOf(parentOf(parentOf(folder))) !== 'mlruns')
      places.push(parentOf(parentOf(folder)));
    return places;
  },
  async read(place, context) {
    const runs = await candidates(place, context);
    const records: RunRecord[] = [];
    for (const run of runs) records.push(await readRun(run, place, context.files));
    return records;
  },
};

/** Certain runs of a store, whatever they wrote. */
export async function mlflowRunsInFiles(
  place: string,
  ids: readonly string[],
  files: RunFiles,
): Promise<readonly RunRecord[]> {
  const wanted = new Set(ids.filter(isPlainName));
  const experiments = (await files.list(place)).filter(({ name, isFolder }) => isFolder && !name.startsWith('.'));
  const records: RunRecord[] = [];
  for (const { name } of experiments.slice(0, MAX_EXPERIMENTS)) {
    if (wanted.size === 0) break;
    const folder = pathBelow(place, name);
    let experiment: string | undefined;
    for (const id of wanted) {
      const run = pathBelow(folder, id);
      if (!(await files.stat(run))?.isFolder) continue;
      const parsed = v.safeParse(runSchema, await yamlOrNothing(pathBelow(run, META), files));
      if (!parsed.success) continue;
      const named = v.safeParse(experimentSchema, await yamlOrNothing(pathBelow(folder, META), files));
      experiment ??= named.success ? named.output.name : undefined;
      wanted.delete(id);
      records.push(await readRun({ folder: run, experiment, meta: parsed.output, startMs: 0 }, place, files));
    }
  }
  return records;
}

function isRun(entries: readonly FolderEntry[]): boolean {
  return [META, 'metrics', 'params', 'tags'].every((name) => entries.some((entry) => entry.name === name));
}

interface Candidate {
  readonly folder: string;
  readonly experiment: string | undefined;
  readonly meta: v.InferOutput<typeof runSchema>;
  readonly startMs: number;
}

async function candidates(place: string, context: ReadContext): Promise<readonly Candidate[]> {
  const { files } = context;
  const found: Candidate[] = [];
  const experiments = (await files.list(place)).filter(({ name, isFolder }) => isFolder && !name.startsWith('.'));
  for (const { name } of experiments.slice(0, MAX_EXPERIMENTS)) {
    const folder = pathBelow(place, name);
    const experiment = v.safeParse(experimentSchema, await yamlOrNothing(pathBelow(folder, META), files));
    if (!experiment.success) continue;
    for (const entry of await files.list(folder)) {
      if (!entry.isFolder || !/^[0-9A-Za-z_-]{8,64}$/.test(entry.name) || entry.name === 'datasets') continue;
      const run = pathBelow(folder, entry.name);
      const parsed = v.safeParse(runSchema, await yamlOrNothing(pathBelow(run, META), files));
      if (!parsed.success || parsed.output.lifecycle_stage === 'deleted') continue;
      const { start_time: startMs = 0, end_time: endMs } = parsed.output;
      if (!mayBelong({ place: run, id: idOf(parsed.output), startMs, ...(endMs ? { endMs } : {}) }, context.outputs))
        continue;
      found.push({ folder: run, experiment: experiment.output.name, meta: parsed.output, startMs });
    }
  }
  return found.sort((a, b) => b.startMs - a.startMs).slice(0, MAX_RUNS);
}

function idOf({ run_id, run_uuid }: v.InferOutput<typeof runSchema>): string | undefined {
  return run_id ?? run_uuid;
}

async function readRun(candidate: Candidate, store: string, files: RunFiles): Promise<RunRecord> {
  const { folder, experiment, meta } = candidate;
  const builder = new MlflowRunBuilder({
    id: idOf(meta) ?? nameOf(folder),
    ...(meta.run_name ? { name: meta.run_name } : {}),
    ...(experiment === undefined ? {} : { experiment }),
    status: statusOf(meta.status),
    ...(meta.start_time ? { startMs: meta.start_time } : {}),
    ...(meta.end_time ? { endMs: meta.end_time } : {}),
  });
  builder.source(pathBelow(folder, META));
  await eachFile(pathBelow(folder, 'metrics'), files, (name, file) => readMetric(name, file, files, builder));
  await eachFile(pathBelow(folder, 'params'), files, async (name, file) => {
    builder.values.param(name, await valueIn(file, files, builder));
  });
  await eachFile(pathBelow(folder, 'tags'), files, async (name, file) => {
    builder.tag(name, (await valueIn(file, files, builder)) ?? '');
  });
  await readInputs(folder, files, builder);
  await readOutputs(folder, store, files, builder);
  return builder.record(folder);
}

/** Names with slashes are files in folders. */
async function eachFile(
  folder: string,
  files: RunFiles,
  read: (name: string, file: string) => Promise<void>,
  prefix = '',
  depth = 0,
): Promise<void> {
  for (const { name, isFolder } of await files.list(folder)) {
    const path = pathBelow(folder, name);
    if (!isFolder) await read(`${prefix}${name}`, path);
    else if (depth < MAX_NAME_DEPTH) await eachFile(path, files, read, `${prefix}${name}/`, depth + 1);
  }
}

/** Lines of milliseconds, value and step; old ones without a step. */
async function readMetric(name: string, file: string, files: RunFiles, builder: MlflowRunBuilder): Promise<void> {
  const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
  const start = Math.max(0, sizeBytes - MAX_METRIC_BYTES);
  const bytes = await files.read(file, MAX_METRIC_BYTES, start);
  if (start > 0) builder.values.problem(`${file} is large: only its end was read`);
  const lines = new TextDecoder().decode(bytes).split('\n');
  const points: { readonly step: number; readonly value: MetricValue; readonly atMs: number }[] = [];
  for (const line of start > 0 ? lines.slice(1) : lines) {
    const [at, value, step = '0'] = line.split(' ');
    const metric = value === undefined ? undefined : pythonMetric(value);
    const atMs = Number(at);
    if (metric === undefined || !Number.isFinite(atMs) || !Number.isFinite(Number(step))) continue;
    points.push({ step: Number(step), value: metric, atMs });
  }
  // Of values of one step and time, the largest is MLflow's last one.
  points.sort((a, b) => a.step - b.step || a.atMs - b.atMs || Number(a.value) - Number(b.value));
  for (const point of points) builder.point(name, point);
}

async function valueIn(file: string, files: RunFiles, builder: MlflowRunBuilder): Promise<string | undefined> {
  try {
    return await files.readText(file, MAX_VALUE_BYTES);
  } catch (error) {
    if (!(error instanceof RunFileInvalid)) throw error;
    builder.values.problem(error.message);
    return undefined;
  }
}

async function readInputs(folder: string, files: RunFiles, builder: MlflowRunBuilder): Promise<void> {
  for (const { name } of (await files.list(pathBelow(folder, 'inputs'))).slice(0, 100)) {
    const input = v.safeParse(inputSchema, await yamlOrNothing(pathBelow(folder, `inputs/${name}/${META}`), files));
    if (!input.success || !isPlainName(input.output.source_id)) continue;
    const meta = pathBelow(parentOf(folder), `datasets/${input.output.source_id}/${META}`);
    const dataset = v.safeParse(datasetSchema, await yamlOrNothing(meta, files));
    if (!dataset.success) continue;
    const context = input.output.tags['mlflow.data.context'];
    builder.dataset({
      name: dataset.output.name,
      ...(dataset.output.digest === undefined ? {} : { digest: dataset.output.digest }),
      ...(context === undefined ? {} : { context }),
    });
  }
}

/** The models that MLflow 3 keeps beside the runs, and what the run logged as artifacts. */
async function readOutputs(folder: string, store: string, files: RunFiles, builder: MlflowRunBuilder): Promise<void> {
  for (const { name } of (await files.list(pathBelow(folder, 'outputs'))).slice(0, 100)) {
    const output = v.safeParse(outputSchema, await yamlOrNothing(pathBelow(folder, `outputs/${name}/${META}`), files));
    if (!output.success || !isPlainName(output.output.destination_id)) continue;
    const model = pathBelow(parentOf(folder), `models/${output.output.destination_id}`);
    const own = pathBelow(model, 'artifacts');
    const meta = v.safeParse(modelSchema, await yamlOrNothing(pathBelow(model, META), files));
    const uri = meta.success ? meta.output.artifact_location : undefined;
    const place = (await files.stat(own))
      ? own
      : uri === undefined
        ? undefined
        : await artifactPlace(uri, parentOf(store), files);
    if (place !== undefined) builder.modelPath(place);
  }
}

async function yamlOrNothing(path: string, files: RunFiles): Promise<unknown> {
  try {
    return await readYaml(path, files);
  } catch (error) {
    if (error instanceof RunFileInvalid) return undefined;
    throw error;
  }
}

function isPlainName(name: string): boolean {
  return /^[0-9A-Za-z_-]{1,64}$/.test(name);
}

/** RunStatus of MLflow's protocol; names in old stores. */
function statusOf(status: number | string): RunStatus {
  if (status === 3 || status === 'FINISHED') return 'finished';
  if (status === 4 || status === 5 || status === 'FAILED' || status === 'KILLED') return 'failed';
  return status === 1 || status === 2 || status === 'RUNNING' || status === 'SCHEDULED' ? 'running' : 'unknown';
}
