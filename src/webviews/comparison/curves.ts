import { html, nothing, svg, type TemplateResult } from 'lit';
import { shareOf, spanOf } from '../../base/axis-scale.ts';
import { formatNumber, t } from '../../base/language.ts';
import { headlineMetrics, metricDirection } from '../../base/metrics.ts';
import type { MetricCourses } from '../../extension/messages/core-types.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { metricText } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { coded, emptyState, filtered, icon } from '../shared/parts.ts';
import { directionText } from '../shared/word.ts';
import { nameOf } from './export.ts';

const WIDTH = 360;
const HEIGHT = 150;
const MARGIN = 4;
const patienceMs = 60_000;

type Points = MetricCourses[string]['points'];

/** What a version measured in its run, and its place among the columns, which gives the look of its line. */
interface Curve {
  readonly column: number;
  readonly name: string;
  readonly points: Points;
}

/** The courses of each metric over each other, one picture for a metric. */
export function curvesPanel(comparison: ComparisonPageData, page: PageContext): TemplateResult {
  const { versions, hasHistory, declared } = comparison;
  const asked = versions.flatMap((version, column) =>
    hasHistory[column] === true
      ? [
          {
            column,
            name: nameOf(version),
            later: page.later(`history:${version.id}`, () =>
              page.read('history', { versionId: version.id }, { timeoutMs: patienceMs }),
            ),
          },
        ]
      : [],
  );
  if (asked.length === 0)
    return emptyState(
      t(
        'No training curves were recorded for these versions. They are read from what trackers and trainers leave behind.',
      ),
    );
  const curves = new Map<string, Curve[]>();
  for (const { column, name, later } of asked) {
    if (later.state !== 'ready') continue;
    for (const [metric, { points }] of Object.entries(later.data))
      curves.set(metric, [...(curves.get(metric) ?? []), { column, name, points }]);
  }
  const named = Object.fromEntries([...curves.keys()].map((metric) => [metric, 0]));
  const inOrder = headlineMetrics(named, Number.POSITIVE_INFINITY, { declared });
  const { rows, field, more } = filtered(page, 'curves', t('Filter metrics'), inOrder, ({ name }) => name);
  const without = versions.filter((_, column) => hasHistory[column] !== true).map(nameOf);
  return html`<section class="curves-panel" aria-label=${t('Curves')}>
    ${field}
    ${asked.map(({ name, later }) =>
      later.state === 'failed'
        ? html`<p class="warning" role="alert">${icon('warning')}&nbsp;<span class="wrap">${name}: ${coded(later.message)}</span> <button class="link" @click=${later.retry}>${t('Retry')}</button></p>`
        : nothing,
    )}
    ${asked.some(({ later }) => later.state === 'loading') ? html`<p class="muted" role="status">${t('Reading the curves of the metrics…')}</p>` : nothing}
    <div class="curves">${rows.map(({ name }) => figure(name, curves.get(name) ?? [], comparison))}</div>
    ${more}
    ${without.length === 0 ? nothing : html`<p class="muted aside">${icon('info')}&nbsp;${t('Not recorded for {versions}.', { versions: without.join(', ') })}</p>`}
  </section>`;
}

function figure(metric: string, curves: readonly Curve[], { declared }: ComparisonPageData): TemplateResult {
  const direction = metricDirection(metric, declared);
  const all = curves.flatMap(({ points }) => points);
  const values = all.flatMap(([, value]) => (typeof value === 'number' ? [value] : []));
  const upright = spanOf(values) ?? { least: 0, greatest: 0, isLog: false };
  const { least, greatest, isLog } = upright;
  const steps = { ...(spanOf(all.map(([step]) => step)) ?? upright), isLog: false };
  const [first, last] = [steps.least, steps.greatest];
  const x = (step: number) => MARGIN + shareOf(steps, step) * (WIDTH - 2 * MARGIN);
  const y = (value: number) => HEIGHT - MARGIN - shareOf(upright, value) * (HEIGHT - 2 * MARGIN);
  const label = curves.map((curve) => `${curve.name}: ${endText(curve.points, direction)}`).join('; ');
  return html`<figure class="curve-figure">
    <figcaption>
      <b class="ellipsis">${cutName(metric)}</b>
      <span class="muted">${[...(direction === 'neutral' ? [] : [directionText(direction)]), ...(isLog ? [t('logarithmic')] : [])].join(', ')}</span>
    </figcaption>
    <div class="curve-frame ${least === greatest ? 'constant' : ''}">
      <span class="curve-bound">${values.length === 0 ? '' : metricText(greatest)}</span>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${metric}. ${label}">
        ${curves.map(({ column, name, points }) => svg`<path class="curve curve-${column}" d=${lineOf(points, x, y)} vector-effect="non-scaling-stroke"><title>${name}</title></path>`)}
      </svg>
      <span class="curve-bound bottom">${least === greatest ? '' : metricText(least)}</span>
      <div class="curve-steps muted"><span>${t('step {step}', { step: formatNumber(first) })}</span><span>${formatNumber(last)}</span></div>
    </div>
    <ul class="curve-keys">
      ${curves.map(
        ({ column, name, points }) => html`<li>
          <svg class="curve-key" viewBox="0 0 26 8" width="26" height="8" aria-hidden="true"><path class="curve curve-${column}" d="M 0 4 L 26 4"></path></svg>
          ${cutName(name)} <span class="muted">${endText(points, direction)}</span>
        </li>`,
      )}
    </ul>
  </figure>`;
}

/** The last value and, where it is known which way is better, the best with its step. */
function endText(points: Points, direction: ReturnType<typeof metricDirection>): string {
  const last = points.at(-1)?.[1];
  const end = last === undefined ? '–' : t('ends at {value}', { value: metricText(last) });
  const best = points.reduce<readonly [number, number] | undefined>((found, [step, value]) => {
    if (typeof value !== 'number') return found;
    return found === undefined || (direction === 'lower' ? value < found[1] : value > found[1]) ? [step, value] : found;
  }, undefined);
  if (direction === 'neutral' || best === undefined || best[1] === last) return end;
  return `${end}, ${t('best {value} at step {step}', { value: metricText(best[1]), step: formatNumber(best[0]) })}`;
}

/** A line through what are numbers, with gaps where they aren't. */
function lineOf(points: Points, x: (step: number) => number, y: (value: number) => number): string {
  let isDown = false;
  return points
    .map(([step, value]) => {
      const move = isDown ? 'L' : 'M';
      isDown = typeof value === 'number';
      return typeof value === 'number' ? `${move}${x(step).toFixed(1)} ${y(value).toFixed(1)}` : '';
    })
    .join('');
}
