import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { versionById } from '../../catalog/version-queries.ts';
import type { EventOf } from '../../log/events.ts';
import type { MeasuredPredictions } from '../../predictions/asked.ts';
import { dataWithoutSecrets } from '../../secrets/remove-secrets.ts';
import type { EvaluateRequest, EvaluateResult } from '../api/evaluating.ts';
import { describeData } from '../data/describe-data.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToWrite, record, type Session } from '../session.ts';
import { measurePredictions, recordMeasured } from './evaluate-predictions.ts';
import { completeMetrics } from './register.ts';

/**
 * Attaches what was measured of a version. Without a dataset and a slice, metrics complete the version's own. Throws `METRICS_MISSING`,
 * `INTERVAL_INVALID`, `METRIC_FIXED`, and what reading predictions and hashing the dataset throws.
 */
export async function evaluate(
  session: Session,
  given: EvaluateRequest,
  options: OperationOptions = {},
): Promise<EvaluateResult> {
  const { dataset, predictions, ...recorded } = given;
  const request = await dataWithoutSecrets(recorded);
  if (Object.keys(request.metrics).length === 0 && !predictions) {
    throw new RegistryError(
      'METRICS_MISSING',
      'No metric was given. Name a file of metrics, auc=0.93, or a file of predictions.',
    );
  }
  checkIntervals(request);
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const measured = await measurePredictions(
    session,
    { ...request, ...(predictions ? { predictions } : {}), ...(dataset ? { dataset } : {}) },
    options,
  );
  if (dataset === undefined && request.slice === undefined) {
    if (Object.keys(request.intervals ?? {}).length > 0) {
      throw new RegistryError(
        'INTERVAL_INVALID',
        'Confidence intervals are of a dataset: name it with --dataset. Nothing was changed.',
      );
    }
    await completeMetrics(session, { ref: version.id, metrics: request.metrics });
    return resultOf(session, version.id, false);
  }
  const measuredOn = dataset && (await datasetOf(session, dataset, options));
  const event: EventOf<'version.evaluated'> = {
    type: 'version.evaluated',
    version: version.id,
    metrics: { ...request.metrics },
    ...(request.intervals ? { intervals: copyOf(request.intervals) } : {}),
    ...(measuredOn ? { dataset: measuredOn } : {}),
    ...(request.slice === undefined ? {} : { slice: request.slice }),
  };
  const { pending } = measured
    ? await recordMeasured(session, event, measured)
    : await record(session, { events: [event] });
  return {
    ...resultOf(session, version.id, pending),
    ...(measuredOn ? { dataset: measuredOn } : {}),
    ...(measured ? { predictions: measuredResult(measured) } : {}),
  };
}

async function datasetOf(
  session: Session,
  dataset: NonNullable<EvaluateRequest['dataset']>,
  options: OperationOptions,
): Promise<NonNullable<EventOf<'version.evaluated'>['dataset']>> {
  if (dataset.source === undefined) return { name: dataset.name };
  const { entry } = await describeData(session, { path: dataset.name, source: dataset.source }, options);
  return { name: entry.path, ...(entry.sha256 === undefined ? {} : { sha256: entry.sha256 }) };
}

/** What was computed, without the bytes that are stored. */
function measuredResult({ bytes: _, ...measured }: MeasuredPredictions): NonNullable<EvaluateResult['predictions']> {
  return measured;
}

function checkIntervals({ metrics, intervals = {} }: Omit<EvaluateRequest, 'dataset'>): void {
  for (const [name, { low, high }] of Object.entries(intervals)) {
    if (Object.hasOwn(metrics, name) && Number.isFinite(low) && Number.isFinite(high) && low <= high) continue;
    throw new RegistryError(
      'INTERVAL_INVALID',
      `The interval of ${name} must be of one of the metrics, from a number low to one that isn't smaller, but it is ${low} to ${high}. Nothing was changed.`,
    );
  }
}

function copyOf(intervals: NonNullable<EvaluateRequest['intervals']>) {
  return Object.fromEntries(Object.entries(intervals).map(([name, { low, high }]) => [name, { low, high }]));
}

function resultOf(session: Session, id: string, pending: boolean): EvaluateResult {
  const version = versionById(dbOf(session), id);
  if (version) return { version, pending };
  throw new RegistryError('VERSION_NOT_FOUND', 'The version was deleted by somebody else in the meantime.');
}
