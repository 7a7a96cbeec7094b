import { holds, nameOf, parentOf, pathBelow } from '../paths.ts';
import { metricsOfFile, paramsOfFile } from '../read-values.ts';
import type { FolderEntry, ReadContext, RunReader } from '../run-reader.ts';
import type { RunRecord } from '../run-record.ts';
import { RunValues } from '../values.ts';

const METRICS =
  /^(?:metrics?|eval|evals?|evaluation|scores?|results?|test_metrics|eval_metrics|performance)\.(?:json|ya?ml|toml|csv|tsv)$/i;
const PARAMS =
  /^(?:params?|parameters|hparams|hyper_?params?|hyper_?parameters|train(?:ing)?_(?:config|args|params))\.(?:json|ya?ml|toml)$/i;
/** Only beside the outputs, and not where it is the model's own: elsewhere, many programs keep one. */
const CONFIG = /^config\.(?:ya?ml|toml)$/i;
/** Folders beside the outputs, or above them, in which results are put. */
const RESULTS = /^(?:reports?|metrics|results?|eval|evaluation|outputs?|artifacts|logs?|\.hydra)$/i;
/** How long before or after the outputs a run may write its metrics. */
const RUN_MS = 10 * 60_000;
/** What the params of all files in one folder may come to, as JSON. */
const MAX_PARAMS_LENGTH = 128 * 1024;

/** Plain files of metrics and params whose names say what they are, beside the outputs and above, written about when they were. */
export const conventionalFilesReader: RunReader = {
  tracker: 'files',
  label: 'Files',
  recognise(folder, entries) {
    const isOurs = entries.some(
      ({ name, isFolder }) => !isFolder && (METRICS.test(name) || PARAMS.test(name) || CONFIG.test(name)),
    );
    return isOurs && !isOthers(folder, entries) ? [folder] : [];
  },
  async read(place, context) {
    const how = nearness(place, context);
    if (how === undefined) return [];
    const { files } = context;
    const records: RunRecord[] = [];
    let paramsLength = 0;
    for (const { name, isFolder } of await files.list(place)) {
      const path = pathBelow(place, name);
      const isMetrics = METRICS.test(name);
      const isParams = PARAMS.test(name) || (how === 'beside' && CONFIG.test(name));
      if (isFolder || !(isMetrics || isParams) || context.outputs.paths.includes(path)) continue;
      const record = await (isMetrics ? metricsRecord(path, context) : paramsRecord(path, context));
      if (!record) continue;
      paramsLength += JSON.stringify(record.params).length;
      if (paramsLength <= MAX_PARAMS_LENGTH) records.push(record);
    }
    // Of files that name the same value, the last one counts.
    return records.toReversed();
  },
};

async function metricsRecord(path: string, { files, outputs }: ReadContext): Promise<RunRecord | undefined> {
  const stat = await files.stat(path);
  if (!stat || Math.abs(stat.mtimeMs - outputs.changedAtMs) > RUN_MS) return undefined;
  const values = new RunValues();
  const found = await metricsOfFile(path, files, values);
  if (!found) return undefined;
  for (const [metric, value] of Object.entries(found.metrics)) values.metric(metric, value);
  const { history } = found;
  return {
    ...recordOf(path, values),
    endedAt: new Date(stat.mtimeMs).toISOString(),
    ...(history && Object.keys(history).length > 0 ? { history } : {}),
  };
}

async function paramsRecord(path: string, { files, outputs }: ReadContext): Promise<RunRecord | undefined> {
  const stat = await files.stat(path);
  // Params that were changed since are those of the next run.
  if (!stat || stat.mtimeMs > outputs.changedAtMs + RUN_MS) return undefined;
  const values = new RunValues();
  const found = await paramsOfFile(path, files, values);
  if (!found) return undefined;
  for (const [param, value] of Object.entries(found)) values.param(param, value);
  return recordOf(path, values);
}

/** One for each file: whose it is, is asked of each. */
function recordOf(path: string, values: RunValues): RunRecord {
  return {
    tracker: 'files',
    place: parentOf(path),
    status: 'unknown',
    metrics: values.metrics,
    params: values.params,
    sourceFiles: [path],
    ...values.problems,
  };
}

/** Folders of DVCLive and Lightning, whose files are read with what else is there. */
function isOthers(folder: string, entries: readonly FolderEntry[]): boolean {
  const has = (...names: readonly string[]) => names.every((name) => entries.some((entry) => entry.name === name));
  if (nameOf(folder) === 'dvclive' || has('metrics.json', 'plots')) return true;
  return (
    has('hparams.yaml') &&
    (has('checkpoints') || has('metrics.csv') || entries.some(({ name }) => name.startsWith('events.out.')))
  );
}

/** `beside`: in the folder of an output, or in it; `above`: in a folder around it, or in one for results there. */
function nearness(place: string, { outputs }: ReadContext): 'beside' | 'above' | undefined {
  if (outputs.paths.some((path) => place === parentOf(path) || place === path)) return 'beside';
  const around = (folder: string) => outputs.paths.some((path) => folder === '' || holds(folder, path));
  if (around(place) || (RESULTS.test(nameOf(place)) && around(parentOf(place)))) return 'above';
  return undefined;
}
