import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { MetricValue } from '../base/metric-value.ts';
import type { Intervals, Metrics } from '../catalog/read-models/values.ts';
import type { EvaluateResult } from '../registry/api/evaluating.ts';
import { parseMetric, readMeasuredFile } from '../runs/values-file.ts';
import { keyValue } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { labelOf } from './format/values.ts';
import { type PredictionOptions, predictionsIn, predictionsText } from './predictions.ts';
import { shownPath } from './registering.ts';
import { print, printJson, safeLine } from './terminal.ts';

export interface EvaluateOptions extends PredictionOptions {
  readonly metrics?: readonly string[];
  readonly dataset?: string;
  readonly slice?: string;
}

/** `evaluate`: attaches metrics from files and from the command line. */
export async function evaluateVersion(context: CommandContext, options: EvaluateOptions, ref: string): Promise<void> {
  const { dataset, slice } = options;
  if (dataset === '' || slice === '') {
    throw new RegistryError('ARGUMENT_INVALID', 'The dataset or slice is empty. Name it, or leave the option out.');
  }
  const { metrics, intervals } = await measured(context.cwd, options.metrics ?? []);
  const predictions = predictionsIn(context.cwd, options);
  const result = await context.withRegistry((registry) =>
    context.withProgress((operation) =>
      registry.evaluate(
        {
          ref,
          metrics,
          ...(Object.keys(intervals).length === 0 ? {} : { intervals }),
          ...(dataset === undefined ? {} : { dataset: placeOf(context.cwd, dataset) }),
          ...(slice === undefined ? {} : { slice }),
          ...(predictions ? { predictions } : {}),
        },
        operation,
      ),
    ),
  );
  if (context.isJson) {
    const { version, pending } = result;
    return printJson({
      version: versionJson(version),
      metrics,
      intervals,
      dataset: result.dataset ?? null,
      slice: slice ?? null,
      predictions: result.predictions ?? null,
      pending,
    });
  }
  print(evaluatedText(result, metrics, slice));
  if (result.predictions) print(predictionsText(result.predictions));
}

function evaluatedText(result: EvaluateResult, metrics: Metrics, slice: string | undefined) {
  const { version, dataset, pending } = result;
  const count = Object.keys({ ...metrics, ...result.predictions?.metrics }).length;
  const on = [dataset?.name, slice].flatMap((text) => (text === undefined ? [] : [safeLine(text)])).join(', ');
  const waits = pending ? ' (not shared yet)' : '';
  const what = `${count} ${count === 1 ? 'metric' : 'metrics'}`;
  return `Added ${what} to ${labelOf(version)}${on === '' ? '' : `, measured on ${on}`}${waits}`;
}

/** What is there is hashed; anything else is only a name. */
function placeOf(cwd: string, dataset: string): { readonly name: string; readonly source?: string } {
  const source = resolve(cwd, dataset);
  if (existsSync(source)) return { name: shownPath(cwd, dataset), source };
  if (/[/\\]|\.(?:csv|tsv|parquet|jsonl?|npz|arrow)$/i.test(dataset)) {
    throw new RegistryError(
      'PATH_NOT_FOUND',
      `${dataset} doesn't exist. Correct the path, or give the dataset a name without slashes. Nothing was changed.`,
    );
  }
  return { name: dataset };
}

async function measured(
  cwd: string,
  items: readonly string[],
): Promise<{ readonly metrics: Metrics; readonly intervals: Intervals }> {
  const metrics: [string, MetricValue][] = [];
  const intervals: [string, { readonly low: number; readonly high: number }][] = [];
  for (const item of items) {
    if (/^[^=/\\]+=/.test(item)) {
      const [name, text] = keyValue(item);
      metrics.push([name, parseMetric(name, text)]);
      continue;
    }
    const read = await readMeasuredFile(resolve(cwd, item));
    metrics.push(...Object.entries(read.metrics));
    intervals.push(...Object.entries(read.intervals));
  }
  return { metrics: Object.fromEntries(metrics), intervals: Object.fromEntries(intervals) };
}
