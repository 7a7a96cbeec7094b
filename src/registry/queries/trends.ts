import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { type MeasuredNumber, metricsAround } from '../../catalog/trend-queries.ts';
import type { MetricTrend } from '../api/listing.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';

/** So many versions are looked at on either side, of which each metric keeps those that have it. */
const LOOKED_AT = { before: 200, after: 60 };
const MOST_POINTS = 60;
/** As many as a page draws. */
const MOST_METRICS = 300;

/** See `RegistryQueries.trends`. */
export async function trends(session: Session, request: { readonly ref: string }): Promise<readonly MetricTrend[]> {
  await readToHead(session);
  const version = findVersion(session, request.ref);
  const around = metricsAround(dbOf(session), version.modelId, version.number, LOOKED_AT);
  return Object.keys(version.metrics)
    .slice(0, MOST_METRICS)
    .map((name) => ({ name, points: pointsOf(name, around, version) }));
}

/** The newest ones, and the version itself with as many as there are before it. */
function pointsOf(name: string, around: readonly MeasuredNumber[], { number }: VersionSummary): MetricTrend['points'] {
  const points = around.flatMap(({ number: at, metrics }): MetricTrend['points'] => {
    const value = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
    return typeof value === 'number' ? [[at, value]] : [];
  });
  const own = points.findIndex(([at]) => at >= number);
  const end =
    own < 0 ? points.length : Math.min(points.length, Math.max(own + Math.ceil(MOST_POINTS / 3), MOST_POINTS));
  return points.slice(Math.max(0, end - MOST_POINTS), end);
}
