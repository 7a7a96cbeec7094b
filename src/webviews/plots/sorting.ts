import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import { metricDirection } from '../../base/metrics.ts';
import { compareNaturally } from '../../base/natural-order.ts';
import { cutName } from '../shared/cut-name.ts';
import type { PageContext } from '../shared/page.ts';
import { icon } from '../shared/parts.ts';
import type { Plots } from './looked-at.ts';

/** The column that the rows are in order of; without one, the best come first. */
export interface TableOrder {
  /** `version`, `stage`, or the key of a param or metric. */
  readonly key: string;
  readonly isDescending: boolean;
}

/** What was saved as `metric:auc down`: keys may hold anything. */
export function orderIn(saved: unknown): TableOrder | undefined {
  if (typeof saved !== 'string') return undefined;
  const end = saved.lastIndexOf(' ');
  const way = saved.slice(end + 1);
  return end > 0 && (way === 'up' || way === 'down')
    ? { key: saved.slice(0, end), isDescending: way === 'down' }
    : undefined;
}

/** Places of the versions that pass the filters, as the person wants them in order. Those without a value are last, either way. */
export function sortedRows({ data, choices, columns, order, isPassing }: Plots): readonly number[] {
  const bestFirst = order.filter((index) => isPassing[index]).toReversed();
  const { sort } = choices;
  const compare = sort && comparing(sort.key, data.columns.versions, columns.all);
  if (!sort || !compare) return bestFirst;
  const way = sort.isDescending ? -1 : 1;
  return bestFirst.toSorted((a, b) => compare.missing(a) - compare.missing(b) || way * compare.values(a, b));
}

interface Comparing {
  /** 1 for a version that has no value. */
  missing(index: number): number;
  values(a: number, b: number): number;
}

const none = () => 0;

function comparing(
  key: string,
  versions: Plots['data']['columns']['versions'],
  all: Plots['columns']['all'],
): Comparing | undefined {
  // What has no number yet came after all that have one.
  const number = (index: number) => {
    const version = versions[index];
    return version?.pending ? Number.MAX_SAFE_INTEGER : (version?.number ?? 0);
  };
  if (key === 'version') return { missing: none, values: (a, b) => number(a) - number(b) };
  if (key === 'stage')
    return {
      missing: none,
      values: (a, b) => compareNaturally(versions[a]?.stage ?? '', versions[b]?.stage ?? ''),
    };
  const column = all.find((one) => one.key === key);
  if (!column) return undefined;
  const { values, texts } = column;
  const value = (index: number) => values[index] ?? Number.NaN;
  const text = (index: number) => texts?.[value(index)] ?? '';
  return {
    missing: (index) => Number(Number.isNaN(value(index))),
    values: texts ? (a, b) => compareNaturally(text(a), text(b)) : (a, b) => value(a) - value(b) || 0,
  };
}

export interface SortedHead {
  readonly key: string;
  readonly name: string;
  readonly isNumeric: boolean;
}

/** The head of a column, which puts the rows in its order: first as one most often wants it, then the other way around. */
export function sortHead({ key, name, isNumeric }: SortedHead, plots: Plots, page: PageContext): TemplateResult {
  const now = orderNow(plots);
  const isSorted = now?.key === key;
  const isDown = isSorted ? !now.isDescending : isFirstDown(key, name, plots);
  const aria = isSorted ? (now.isDescending ? 'descending' : 'ascending') : 'none';
  return html`<th scope="col" class=${isNumeric ? 'numeric' : ''} aria-sort=${aria}
    ><button class="sort-head" title=${name} @click=${() => page.setUi('sort', `${key} ${isDown ? 'down' : 'up'}`)}
      >${cutName(name)}${isSorted ? icon(now.isDescending ? 'arrow-small-down' : 'arrow-small-up') : nothing}</button
    ></th
  >`;
}

function orderNow({ choices, columns, data }: Plots): TableOrder | undefined {
  if (choices.sort || !columns.metric) return choices.sort;
  const { key, name } = columns.metric;
  return { key, isDescending: metricDirection(name, data.declared) !== 'lower' };
}

/** The newest, and the best, first; of all else the least. */
function isFirstDown(key: string, name: string, { data }: Plots): boolean {
  if (key === 'version') return true;
  return key.startsWith('metric:') && metricDirection(name, data.declared) !== 'lower';
}

/** What the list of versions is called, by its order. */
export function tableTitle({ choices }: Plots): string {
  return choices.sort ? t('Versions') : t('Versions, best first');
}
