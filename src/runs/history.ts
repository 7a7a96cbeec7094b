import { isTooLarge, type MetricValue } from '../base/metric-value.ts';
import type { MetricHistory, MetricPoint } from './run-record.ts';
import { isUsableName } from './values.ts';

/** The most points of one metric, and of all metrics of a run. */
export const MAX_POINTS = 500;
const MAX_ALL_POINTS = 50_000;
const MIN_POINTS = 8;
const MAX_METRICS = 2000;

/** Collects the courses of a run's metrics in bounded memory, however many points come. */
export class HistoryBuilder {
  readonly #series = new Map<string, Series>();
  /** Some of those that have no course, because the log doesn't take their names: who records them shall say so. */
  readonly #unusable = new Map<string, MetricValue>();

  add(name: string, point: MetricPoint): void {
    let series = this.#series.get(name);
    if (!series) {
      if (!isUsableName(name) && this.#unusable.size < 10) this.#unusable.set(name, point.value);
      if (this.#series.size >= MAX_METRICS || !isUsableName(name)) return;
      series = new Series();
      this.#series.set(name, series);
    }
    series.add(point, 2 * this.#limit());
  }

  /** The value with the highest step of each metric, of equal steps the one that came last, also where it is too large to be recorded. */
  *last(): Iterable<readonly [string, MetricValue]> {
    for (const [name, series] of this.#series) if (series.last) yield [name, series.last.value];
    yield* this.#unusable;
  }

  /** The courses of metrics that have more than one value, to be spread into a record. */
  build(): { readonly history?: Readonly<Record<string, MetricHistory>> } {
    const limit = this.#limit();
    const found: (readonly [string, MetricHistory])[] = [];
    for (const [name, series] of this.#series) if (series.total > 1) found.push([name, series.thinned(limit)]);
    return found.length === 0 ? {} : { history: Object.fromEntries(found) };
  }

  #limit(): number {
    return Math.max(MIN_POINTS, Math.min(MAX_POINTS, Math.floor(MAX_ALL_POINTS / Math.max(1, this.#series.size))));
  }
}

/** Every n-th point, n doubling whenever there are too many, and the ends and extremes. */
class Series {
  total = 0;
  last: MetricPoint | undefined;
  #first: MetricPoint | undefined;
  #least: MetricPoint | undefined;
  #most: MetricPoint | undefined;
  #kept: MetricPoint[] = [];
  #stride = 1;

  add(point: MetricPoint, limit: number): void {
    if (isTooLarge(point.value)) {
      if (!this.last || point.step >= this.last.step) this.last = point;
      return;
    }
    if (this.total % this.#stride === 0) this.#kept.push(point);
    this.total += 1;
    if (!this.#first || point.step < this.#first.step) this.#first = point;
    if (!this.last || point.step >= this.last.step) this.last = point;
    if (typeof point.value === 'number') {
      if (!this.#least || point.value < Number(this.#least.value)) this.#least = point;
      if (!this.#most || point.value > Number(this.#most.value)) this.#most = point;
    }
    while (this.#kept.length > limit) {
      this.#kept = this.#kept.filter((_, place) => place % 2 === 0);
      this.#stride *= 2;
    }
  }

  thinned(limit: number): MetricHistory {
    const last = this.last && !isTooLarge(this.last.value) ? this.last : undefined;
    const marks = [this.#first, last, this.#least, this.#most].filter((point) => point !== undefined);
    let kept = this.#kept;
    while (kept.length > limit - marks.length) kept = kept.filter((_, place) => place % 2 === 0);
    const points = [...new Set([...kept, ...marks])].sort((a, b) => a.step - b.step || (a.atMs ?? 0) - (b.atMs ?? 0));
    return { points, total: this.total };
  }
}
