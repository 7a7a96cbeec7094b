import { html, nothing, type TemplateResult } from 'lit';
import { t, tCount } from '../../base/language.ts';
import type { MetricTrend, VersionDetails } from '../../extension/messages/core-types.ts';
import { metricText } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { failedLine } from '../shared/parts.ts';
import type { SparkPoint } from './spark-line.ts';
import './spark-line.ts';

/** What stands beside the metrics: a curve for each, and why there are none where they didn't come. */
export interface Trends {
  readonly curve: (name: string) => TemplateResult;
  readonly problem: TemplateResult | typeof nothing;
}

/** The curve of each metric over the versions around this one. Its place is there from the start. */
export function trendsOf(version: VersionDetails, page: PageContext): Trends {
  const later = page.later('trends', () => page.read('trends', {}), version);
  const trends = later.state === 'ready' ? later.data : [];
  const byName = new Map(trends.map((trend) => [trend.name, trend]));
  const first = trends.find(isCurve)?.name;
  return {
    curve(name) {
      const trend = byName.get(name);
      return isCurve(trend) ? curveOf(trend, version, page, name === first) : html``;
    },
    problem:
      later.state === 'failed'
        ? failedLine({
            ...later,
            message: t('The curves over versions couldn’t be read: {message}', { message: later.message }),
          })
        : nothing,
  };
}

/** One value is no curve. */
function isCurve(trend: MetricTrend | undefined): trend is MetricTrend {
  return trend !== undefined && trend.points.length > 1;
}

function curveOf(
  { name, points }: MetricTrend,
  version: VersionDetails,
  page: PageContext,
  isFirst: boolean,
): TemplateResult {
  const label = tCount(points.length, '{metric} of {count} version', '{metric} of {count} versions', { metric: name });
  const textOf = ([number, value]: SparkPoint) =>
    number === version.number
      ? t('@{number}, this version: {value}', { number, value: metricText(value) })
      : t('@{number}: {value}', { number, value: metricText(value) });
  return html`<spark-line
    .points=${points}
    .own=${version.number}
    .label=${label}
    .textOf=${textOf}
    .isFirst=${isFirst}
    .isChoosable=${true}
    @choose=${({ detail }: CustomEvent<number>) => page.openVersion(`${version.modelId}@${detail}`)}
  ></spark-line>`;
}
