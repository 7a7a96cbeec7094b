import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { EventOf, RegistryEvent } from '../../log/events.ts';
import type { MeasuredPredictions } from '../../predictions/asked.ts';
import { whileStoring } from '../../storage/leases.ts';
import type { EvaluateRequest } from '../api/evaluating.ts';
import { storeAttached } from '../facts/attached.ts';
import { refuseSecrets } from '../secrets-in-events.ts';
import { record, type Session } from '../session.ts';

/** Slices that one intent holds beside others. */
const SLICES_AT_ONCE = 200;

type Evaluated = EventOf<'version.evaluated'>;

/**
 * Reads predictions and computes what they come to. Throws `PREDICTIONS_INVALID`, `DATASET_MISSING`, `METRIC_COMPUTED`, and `SECRET_FOUND`
 * where a class or group looks like a secret.
 */
export async function measurePredictions(
  session: Session,
  { predictions, dataset, slice, metrics }: EvaluateRequest,
  options: OperationOptions,
): Promise<MeasuredPredictions | undefined> {
  if (!predictions) return undefined;
  if (dataset === undefined)
    throw new RegistryError(
      'DATASET_MISSING',
      'Predictions are of a dataset: name it with --dataset. Nothing was changed.',
    );
  if (slice !== undefined)
    throw new RegistryError(
      'ARGUMENT_INVALID',
      'Predictions have their slices in columns: name these with --by instead of --slice. Nothing was changed.',
    );
  const { source, ...read } = predictions;
  const measured = await session.statistician.measure({ file: source, ...read }, options);
  const twice = Object.keys(metrics).find((name) => Object.hasOwn(measured.metrics, name));
  if (twice !== undefined)
    throw new RegistryError(
      'METRIC_COMPUTED',
      `${twice} is computed from the predictions: leave it out of the metrics. Nothing was changed.`,
    );
  await refuseSecrets([measured.classes, measured.slices.map((one) => one.slice)]);
  return measured;
}

/** Records an evaluation with its predictions, and one for each slice. `pending` is that of the last. */
export async function recordMeasured(
  session: Session,
  whole: Evaluated,
  { bytes, rows, metrics, slices }: MeasuredPredictions,
): Promise<{ readonly pending: boolean }> {
  return whileStoring(session.location.dir, async () => {
    const object = await storeAttached(session, bytes);
    const { intervals: _, ...common } = whole;
    const ofSlices = slices.map((one): RegistryEvent => ({ ...common, metrics: { ...one.metrics }, slice: one.slice }));
    const first = { ...whole, metrics: { ...metrics, ...whole.metrics }, predictions: { object, rows } };
    let last = await record(session, { events: [first, ...ofSlices.slice(0, SLICES_AT_ONCE)] });
    for (let at = SLICES_AT_ONCE; at < ofSlices.length; at += SLICES_AT_ONCE)
      last = await record(session, { events: ofSlices.slice(at, at + SLICES_AT_ONCE) });
    return last;
  });
}
