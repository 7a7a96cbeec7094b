import { html, nothing, svg, type TemplateResult } from 'lit';
import { type DeclaredDirections, formatMetric } from '../../base/metrics.ts';
import type { MetricCourses, MetricValue, VersionPageData } from '../../extension/messages.ts';
import { countOf } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { failedLine, filtered, section } from '../shared/parts.ts';
import { betterWhen } from './metric-facts.ts';

const width = 200;
const height = 40;
const margin = 2;
const shownAtFirst = 24;

type Course = MetricCourses[string];

/** The course of each metric as a small curve, where it was recorded. */
export function coursesSection(
  { version, declared }: VersionPageData,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (!version.hasHistory) return nothing;
  const later = page.later('history', () => page.read('history', {}, { timeoutMs: 60_000 }));
  const options = { id: 'courses', title: 'Course of the metrics' };
  switch (later.state) {
    case 'loading':
      return section(options, html`<p class="muted" role="status">Reading the course of the metrics…</p>`);
    case 'failed':
      return section(options, failedLine(later));
    case 'ready': {
      const all = Object.entries(later.data);
      const { rows, field, more } = filtered(page, 'courses', 'Filter metrics', all, ([name]) => name);
      const isWhole = page.ui['whole.courses'] === true || rows.length <= shownAtFirst;
      const rest = html`<button class="link" @click=${() => page.setUi('whole.courses', true)}>
        Show ${rows.length - shownAtFirst} more
      </button>`;
      return section(
        { ...options, count: all.length, actions: field },
        html`<ul class="courses">${(isWhole ? rows : rows.slice(0, shownAtFirst)).map(([name, course]) => courseItem(name, course, declared))}</ul>
          ${isWhole ? more : rest}`,
      );
    }
  }
}

function courseItem(name: string, { points, total }: Course, declared: DeclaredDirections | undefined): TemplateResult {
  const [first, last] = [points[0]?.[1], points.at(-1)?.[1]];
  const path = lineOf(points);
  const steps = `steps ${points[0]?.[0] ?? 0} to ${points.at(-1)?.[0] ?? 0}, ${countOf(total, 'point')}`;
  return html`<li class="course">
    <span class="ellipsis" title="${name}${betterWhen(name, declared)}">${name}</span>
    <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name} from ${textOf(first)} to ${textOf(last)}, ${steps}">
      <title>${steps}</title>
      ${path === '' ? nothing : svg`<path d=${path} vector-effect="non-scaling-stroke"></path>`}
    </svg>
    <span class="course-ends"><span>${textOf(first)}</span><span>${textOf(last)}</span></span>
  </li>`;
}

function textOf(value: MetricValue | undefined): string {
  return value === undefined ? '–' : formatMetric(value);
}

/** A line through what are numbers, with gaps where they aren't. */
function lineOf(points: Course['points']): string {
  const numbers = points.flatMap(([step, value]) => (typeof value === 'number' ? [{ step, value }] : []));
  const [firstStep, lastStep] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const [least, greatest] = extremes(numbers.map(({ value }) => value));
  const x = (step: number) => margin + ((step - firstStep) / (lastStep - firstStep || 1)) * (width - 2 * margin);
  const y = (value: number) =>
    greatest === least ? height / 2 : height - margin - ((value - least) / (greatest - least)) * (height - 2 * margin);
  let isDrawing = false;
  const parts = points.map(([step, value]) => {
    if (typeof value !== 'number') {
      isDrawing = false;
      return '';
    }
    const move = isDrawing ? 'L' : 'M';
    isDrawing = true;
    return `${move}${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return parts.join('');
}

function extremes(values: readonly number[]): readonly [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}
