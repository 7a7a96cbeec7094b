import * as v from 'valibot';
import { readYaml } from '../parse-yaml.ts';
import { parentOf, pathBelow } from '../paths.ts';
import { metricsOfFile } from '../read-values.ts';
import type { RunFiles } from '../run-files.ts';
import type { RunReader } from '../run-reader.ts';
import type { MetricHistory, RunDataset, RunRecord } from '../run-record.ts';
import { MAX_TEXT_LENGTH, RunValues } from '../values.ts';

const LOCK = 'dvc.lock';
const MAX_STAGES = 1000;

const entrySchema = v.object({
  path: v.string(),
  md5: v.fallback(v.optional(v.string()), undefined),
  size: v.fallback(v.optional(v.number()), undefined),
});
const entries = v.fallback(v.array(entrySchema), []);
const lockSchema = v.object({
  stages: v.record(
    v.string(),
    v.object({
      cmd: v.fallback(v.union([v.string(), v.array(v.string())]), ''),
      deps: entries,
      outs: entries,
      params: v.fallback(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});
/** A path, or one with its options. */
const listed = v.fallback(v.array(v.union([v.string(), v.record(v.string(), v.unknown())])), []);
const pipelineSchema = v.object({
  stages: v.fallback(
    v.record(
      v.string(),
      v.fallback(v.object({ wdir: v.fallback(v.string(), '.'), metrics: listed, plots: listed }), {
        wdir: '.',
        metrics: [],
        plots: [],
      }),
    ),
    {},
  ),
});

type Locked = v.InferOutput<typeof lockSchema>['stages'][string];

/** Stages of a DVC pipeline as `dvc.lock` recorded them after they ran, with the metrics and plots that `dvc.yaml` names. */
export const dvcReader: RunReader = {
  tracker: 'dvc',
  label: 'DVC',
  recognise(folder, found) {
    return found.some(({ name, isFolder }) => !isFolder && name === LOCK) ? [pathBelow(folder, LOCK)] : [];
  },
  async read(place, { files, sinceMs }) {
    const stat = await files.stat(place);
    if (!stat || stat.mtimeMs < sinceMs) return [];
    const lock = v.safeParse(lockSchema, await readYaml(place, files));
    if (!lock.success) return [];
    const folder = parentOf(place);
    const pipelineFile = pathBelow(folder, 'dvc.yaml');
    const pipeline = v.safeParse(pipelineSchema, await readYaml(pipelineFile, files).catch(() => undefined));
    const records: RunRecord[] = [];
    for (const [name, locked] of Object.entries(lock.output.stages).slice(0, MAX_STAGES)) {
      // `train@0` is one of the stages that `foreach` and `matrix` make.
      const stages = pipeline.success ? pipeline.output.stages : {};
      const stage = stages[name] ?? stages[name.replace(/@.*$/, '')];
      const endedAt = new Date(stat.mtimeMs).toISOString();
      records.push(await recordOf({ place, folder, name, locked, stage, endedAt }, files));
    }
    return records;
  },
};

interface Stage {
  readonly place: string;
  readonly folder: string;
  readonly name: string;
  readonly locked: Locked;
  readonly stage: v.InferOutput<typeof pipelineSchema>['stages'][string] | undefined;
  readonly endedAt: string;
}

async function recordOf({ place, folder, name, locked, stage, endedAt }: Stage, files: RunFiles): Promise<RunRecord> {
  const values = new RunValues();
  const history: Record<string, MetricHistory> = {};
  const at = (path: string) => normalised(pathBelow(folder, `${stage?.wdir ?? '.'}/${path}`));
  const sourceFiles = [place];
  const read = new Set<string>();
  for (const path of [...(stage?.metrics ?? []), ...(stage?.plots ?? [])].map(pathOf)) {
    const file = path === undefined ? undefined : at(path);
    if (file === undefined || !/\.(?:json|ya?ml|toml|csv|tsv)$/i.test(file)) continue;
    const found = (await files.stat(file))?.isFolder === false ? await metricsOfFile(file, files, values) : undefined;
    if (!found) continue;
    sourceFiles.push(file);
    read.add(file);
    for (const [metric, value] of Object.entries(found.metrics)) values.metric(metric, value);
    Object.assign(history, found.history);
  }
  // Of other files than the usual one, DVC shows the name with the param.
  for (const [file, params] of Object.entries(locked.params)) values.param(file === 'params.yaml' ? '' : file, params);
  const outs = await outsOf(locked, at, files);
  const command = (typeof locked.cmd === 'string' ? locked.cmd : locked.cmd.join(' && ')).slice(0, MAX_TEXT_LENGTH);
  return {
    tracker: 'dvc',
    place,
    name,
    status: 'finished',
    endedAt,
    metrics: values.metrics,
    params: values.params,
    ...(Object.keys(history).length > 0 ? { history } : {}),
    datasets: locked.deps.slice(0, 100).map((entry) => datasetOf(entry, at)),
    ...(command === '' ? {} : { command }),
    modelPaths: outs.filter((path) => !read.has(path)),
    sourceFiles,
    ...values.problems,
  };
}

/** What the stage wrote, as far as it is still what DVC recorded: a file of another size is one that a newer run writes. */
async function outsOf(
  locked: Locked,
  at: (path: string) => string | undefined,
  files: RunFiles,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path, size } of locked.outs.slice(0, 1000)) {
    const place = at(path);
    const stat = place === undefined ? undefined : await files.stat(place);
    if (place === undefined || !stat) continue;
    if (stat.isFolder || size === undefined || stat.sizeBytes === size) found.push(place);
  }
  return found;
}

function datasetOf(
  { path, md5 }: v.InferOutput<typeof entrySchema>,
  at: (path: string) => string | undefined,
): RunDataset {
  const source = at(path);
  return {
    name: path,
    ...(md5 === undefined ? {} : { digest: `md5:${md5}` }),
    context: 'dependency',
    ...(source === undefined ? {} : { source }),
  };
}

function pathOf(entry: string | Readonly<Record<string, unknown>>): string | undefined {
  return typeof entry === 'string' ? entry : Object.keys(entry)[0];
}

/** Without `.` and `..`; undefined for a path that leaves the workspace. */
function normalised(path: string): string | undefined {
  if (/^(?:[\\/]|[A-Za-z]:)/.test(path)) return undefined;
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join('/');
}
