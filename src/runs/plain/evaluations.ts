import * as v from 'valibot';
import { writtenMetric } from '../../base/metric-value.ts';
import { HistoryBuilder } from '../history.ts';
import { parsePythonJson } from '../parse-json.ts';
import { nameOf, pathBelow } from '../paths.ts';
import type { RunReader } from '../run-reader.ts';
import { RunValues } from '../values.ts';

const FILE = /^[\w.-]*(?:evals?_result|history|learning_curve|training_log)[\w.-]*\.json$/i;
const MAX_BYTES = 16 * 1024 * 1024;

const values = v.array(v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]));
/** `evals_result` of XGBoost and LightGBM: by data set and metric; `history` of Keras: by metric. */
const schema = v.record(v.string(), v.union([values, v.record(v.string(), values)]));

/** The course of metrics as JSON: `{"test": {"auc": [0.8, 0.9]}}` or `{"loss": [0.3, 0.2]}`. */
export const evaluationsReader: RunReader = {
  tracker: 'evaluations',
  label: 'Evaluations',
  recognise(folder, entries) {
    const found = entries.filter(({ name, isFolder }) => !isFolder && FILE.test(name));
    return found.map(({ name }) => pathBelow(folder, name));
  },
  async read(place, { files, sinceMs }) {
    const stat = await files.stat(place);
    if (!stat || stat.mtimeMs < sinceMs || stat.sizeBytes > MAX_BYTES) return [];
    const parsed = v.safeParse(schema, await jsonIn((await files.readText(place, MAX_BYTES)) ?? ''));
    if (!parsed.success) return [];
    const history = new HistoryBuilder();
    const add = (name: string, course: readonly unknown[]) => {
      for (const [step, item] of course.entries()) {
        const value = writtenMetric(item);
        if (value !== undefined) history.add(name, { step, value });
      }
    };
    for (const [name, found] of Object.entries(parsed.output)) {
      if (Array.isArray(found)) add(name, found);
      // As XGBoost itself prints it.
      else for (const [metric, course] of Object.entries(found)) add(`${name}-${metric}`, course);
    }
    const result = new RunValues();
    for (const [name, value] of history.last()) result.metric(name, value);
    if (Object.keys(result.metrics).length === 0) return [];
    return [
      {
        tracker: 'evaluations',
        place,
        name: nameOf(place),
        status: 'unknown',
        endedAt: new Date(stat.mtimeMs).toISOString(),
        metrics: result.metrics,
        params: {},
        ...history.build(),
        sourceFiles: [place],
        ...result.problems,
      },
    ];
  },
};

async function jsonIn(text: string): Promise<unknown> {
  try {
    return parsePythonJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
