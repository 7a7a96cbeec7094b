import { exponentText } from './exponent.ts';
import { formatNumber } from './language.ts';
import {
  type DeclaredDirections,
  type HeadlineOptions,
  headlineMetric,
  type MetricLike,
  metricDirection,
  type NamedMetric,
} from './metrics.ts';

/** What tells values of several versions apart. Pure, for the command line and the pages in the browser. */

/** Which of the values are the best of them: none where the metric's name doesn't say, or all are alike. Only finite numbers can be. */
export function bestOf(
  name: string,
  values: readonly (MetricLike | null | undefined)[],
  declared?: DeclaredDirections,
): readonly boolean[] {
  const direction = metricDirection(name, declared);
  const numbers = values.flatMap((value) => (typeof value === 'number' && Number.isFinite(value) ? [value] : []));
  const best = direction === 'lower' ? Math.min(...numbers) : Math.max(...numbers);
  const isTold = direction !== 'neutral' && numbers.some((value) => value !== best);
  return values.map((value) => isTold && value === best);
}

/** `+1.3 %` of the baseline's size; empty where there is nothing to take it from. */
export function formatRelative(value: MetricLike, baseline: MetricLike): string {
  if (typeof value !== 'number' || typeof baseline !== 'number' || baseline === 0) return '';
  const percent = ((value - baseline) / Math.abs(baseline)) * 100;
  if (!Number.isFinite(percent) || percent === 0) return '';
  const size = Math.abs(percent);
  const text =
    size >= 1e6 || size < 0.001
      ? exponentText(size, 1)
      : formatNumber(size, { maximumFractionDigits: size >= 100 ? 0 : size >= 0.1 ? 2 : 4 });
  return `${percent > 0 ? '+' : '−'}${text} %`;
}

/**
 * The metric by which two versions are told apart where there is room for one, of those that both have. Its values don't decide which it is: a
 * version whose most telling metric came out as NaN isn't told of by the next one.
 */
export function sharedHeadline(
  metrics: Readonly<Record<string, MetricLike>>,
  others: Readonly<Record<string, MetricLike>>,
  options: HeadlineOptions = {},
): (NamedMetric & { readonly before: MetricLike }) | undefined {
  const shared = Object.entries(metrics).flatMap(([name, value]) => {
    const before = Object.hasOwn(others, name) ? others[name] : undefined;
    return before === undefined ? [] : [{ name, value, before }];
  });
  const telling = shared.filter(({ value, before }) => value !== 'NaN' || before !== 'NaN');
  const candidates = telling.length > 0 ? telling : shared;
  const first = headlineMetric(Object.fromEntries(candidates.map(({ name }) => [name, 0])), options);
  return candidates.find(({ name }) => name === first?.name);
}

export interface SliceValue {
  readonly slice: string;
  readonly value: MetricLike;
}

/** The slice that does worst: one without a finite value before all others. Undefined where the metric's name doesn't say which way is worse. */
export function worstSlice(
  name: string,
  slices: readonly SliceValue[],
  declared?: DeclaredDirections,
): SliceValue | undefined {
  const direction = metricDirection(name, declared);
  if (direction === 'neutral') return undefined;
  const badness = ({ value }: SliceValue) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    return direction === 'higher' ? -value : value;
  };
  return slices.reduce<SliceValue | undefined>(
    (worst, next) => (worst === undefined || badness(next) > badness(worst) ? next : worst),
    undefined,
  );
}

export type Standing = 'same' | 'changed' | 'added' | 'removed' | 'unknown';

/** How data stands to that of another version, by the names of their content (`sha256:…`): names of unlike forms tell nothing. */
export function dataStanding(
  before: { readonly isThere: boolean; readonly name: string | null | undefined },
  after: { readonly isThere: boolean; readonly name: string | null | undefined },
): Standing {
  if (!before.isThere || !after.isThere)
    return before.isThere === after.isThere ? 'same' : before.isThere ? 'removed' : 'added';
  const [one, other] = [before.name ?? undefined, after.name ?? undefined];
  if (one === undefined || other === undefined) return 'unknown';
  if (one === other) return 'same';
  return formOf(one) === formOf(other) ? 'changed' : 'unknown';
}

function formOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

/** How a package stands to that of another version. Ranks are in the order of versions, where they have one. */
export function packageStanding(
  before: { readonly text: string | number | null | undefined; readonly rank?: number | null | undefined },
  after: { readonly text: string | number | null | undefined; readonly rank?: number | null | undefined },
): 'same' | 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed' {
  const [was, is] = [before.text ?? undefined, after.text ?? undefined];
  if (was === is) return 'same';
  if (was === undefined) return 'added';
  if (is === undefined) return 'removed';
  const [low, high] = [before.rank ?? undefined, after.rank ?? undefined];
  if (low === undefined || high === undefined || low === high) return 'changed';
  return high > low ? 'upgraded' : 'downgraded';
}
