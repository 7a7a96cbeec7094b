import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { formatNumber, t, tCount } from '../../base/language.ts';
import type { DeclaredDirections } from '../../base/metrics.ts';
import type { MetricCourses, MetricValue } from '../../extension/messages/core-types.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import { metricText } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState, failedLine, filtered } from '../shared/parts.ts';
import { foldable } from './foldable.ts';
import { betterWhen } from './metric-facts.ts';
import type { SparkPoint } from './spark-line.ts';
import './spark-line.ts';
import { cutName } from '../shared/cut-name.ts';

const shownAtFirst = 24;

type Course = MetricCourses[string];

/** The course of each metric as a small curve, where it was recorded. */
export function coursesSection(
  { version, declared }: VersionPageData,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (!version.hasHistory) return nothing;
  const later = page.later('history', () => page.read('history', {}, { timeoutMs: 60_000 }));
  const options = { id: 'courses', title: t('Training curves') };
  switch (later.state) {
    case 'loading':
      return foldable(
        options,
        html`<div class="courses-place"><p class="muted" role="status">${t('Reading the curves of the metrics…')}</p></div>
          <div class="below-place"></div>`,
        page,
      );
    case 'failed':
      return foldable(options, failedLine(later), page);
    case 'ready': {
      const all = Object.entries(later.data);
      if (all.length === 0) return foldable(options, emptyState(t('The run recorded no values of metrics.')), page);
      const { rows, field, more } = filtered(page, 'courses', t('Filter metrics'), all, ([name]) => name);
      const isWhole = page.ui['whole.courses'] === true;
      const shown = isWhole ? rows : rows.slice(0, shownAtFirst);
      const toggle = html`<button
        class="link courses-toggle"
        aria-expanded=${String(isWhole)}
        @click=${() => page.setUi('whole.courses', !isWhole)}
      >
        ${isWhole ? t('Show less') : t('Show all curves')}
      </button>`;
      // As high as it was while it was read, until the person wants more.
      return foldable(
        { ...options, count: all.length, actions: field },
        html`<div class="courses-place ${isWhole ? 'courses-whole' : ''}">
            <ul class="courses" ${ref(followRoom)}>${shown.map(([name, course], index) => courseItem(name, course, declared, index === 0))}</ul>
          </div>
          <div class="below-place">${isWhole ? more : nothing}${all.length > 1 ? toggle : nothing}</div>`,
        page,
      );
    }
  }
}

let rooms: ResizeObserver | undefined;

/** Tells the style sheet whether there are curves that don't fit: it depends on the width of the page. */
function followRoom(list: Element | undefined): void {
  rooms ??= new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const place = target.parentElement;
      place?.toggleAttribute('data-overflows', place.scrollHeight > place.clientHeight);
    }
  });
  if (list) rooms.observe(list);
}

function courseItem(
  name: string,
  { points, total }: Course,
  declared: DeclaredDirections | undefined,
  isFirst: boolean,
): TemplateResult {
  const [first, last] = [points[0], points.at(-1)];
  const steps = tCount(total, 'steps {from} to {to}, {count} point', 'steps {from} to {to}, {count} points', {
    from: formatNumber(first?.[0] ?? 0),
    to: formatNumber(last?.[0] ?? 0),
  });
  const label = t('{metric}, {steps}', { metric: name, steps });
  // What isn't finite has no place in a curve, which breaks off there; the ends say it.
  const drawn = points.flatMap(([step, value]): SparkPoint[] => (typeof value === 'number' ? [[step, value]] : []));
  return html`<li class="course">
    ${cutName(name, { title: `${name}${betterWhen(name, declared)}` })}
    <span class="course-curve" title=${steps}>${
      drawn.length === 0
        ? nothing
        : html`<spark-line
            .points=${drawn}
            .gaps=${points.flatMap(([step, value]) => (typeof value === 'number' ? [] : [step]))}
            .label=${label}
            .isFirst=${isFirst}
            .textOf=${([step, value]: SparkPoint) => t('step {step}: {value}', { step: formatNumber(step), value: metricText(value) })}
          ></spark-line>`
    }</span>
    <span class="course-ends"><span>${textOf(first?.[1])}</span><span>${textOf(last?.[1])}</span></span>
  </li>`;
}

function textOf(value: MetricValue | undefined): string {
  return value === undefined ? '–' : metricText(value);
}
