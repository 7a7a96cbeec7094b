import { metricValueOf } from '../base/metric-value.ts';
import type { MeasuredPredictions, PredictionMetrics, ReadPredictions } from './asked.ts';
import { encodePredictions } from './encode.ts';
import { measuresOf } from './measures.ts';
import { groupsOf, type Predictions, rowsOf } from './predictions.ts';
import { readPredictions } from './read-predictions.ts';

/** Reads predictions, and computes all metrics of the whole and of each group. Throws what `readPredictions` throws. */
export async function measureFile(file: string, options: ReadPredictions): Promise<MeasuredPredictions> {
  const predictions = await readPredictions(file, options);
  const { task, rows, classes, groups } = predictions;
  return {
    task,
    rows,
    classes,
    metrics: metricsOf(predictions),
    slices: groups.flatMap(({ name }) =>
      (groupsOf(predictions, name) ?? []).map((group) => ({
        slice: group.slice,
        metrics: metricsOf(rowsOf(predictions, group.rows)),
      })),
    ),
    bytes: encodePredictions(predictions),
  };
}

/** All metrics, and of how many examples they are. */
function metricsOf(predictions: Predictions): PredictionMetrics {
  const found = [...measuresOf(predictions)].map(
    ([name, measure]) => [name, metricValueOf(measure()) ?? 'NaN'] as const,
  );
  return Object.fromEntries([...found, ['examples', predictions.rows]]);
}
