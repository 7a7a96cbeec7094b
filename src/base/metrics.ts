import { orderOf } from './by-name.ts';
import { exponentText } from './exponent.ts';
import { formatNumber, numberLocale } from './language.ts';

/**
 * What the name of a metric says about it, and how its value is written. Pure: the command line, the editor's
 * tree and the pages in the browser all use it.
 */

/** Whether a larger value is better, a smaller one, or the name doesn't say. */
export type MetricDirection = 'higher' | 'lower' | 'neutral';

/** What a project declares for names that say nothing, or the wrong thing. `*` stands for any text. */
export interface DeclaredDirections {
  readonly higher: readonly string[];
  readonly lower: readonly string[];
}

/** As in the registry: infinite and undefined results are strings. */
export type MetricLike = number | string;

export interface NamedMetric {
  readonly name: string;
  readonly value: MetricLike;
}

/** `different` where the name doesn't say which way is better. What came out as NaN is worse than any number. */
export type MetricVerdict = 'better' | 'worse' | 'same' | 'different';

export interface MetricChange {
  readonly verdict: MetricVerdict;
  /** Value minus baseline; undefined where one of them isn't finite. */
  readonly difference?: number;
}

const higher = new Set(
  `auc auroc auprc aucpr rocauc prauc ap map accuracy acc f1 f2 fbeta fscore precision recall r2 specificity sensitivity tpr tnr bleu rouge
  rouge1 rouge2 rougel meteor iou miou jaccard dice ndcg mrr hits kappa mcc gini psnr ssim lift throughput explained`.split(
    /\s+/,
  ),
);
const lower = new Set(
  `loss logloss error err rmse mse mae mape smape msle rmsle brier ece latency perplexity ppl wer cer fpr fnr fdr false fid divergence gap
  hinge crossentropy entropy`.split(/\s+/),
);
/** Facts about a metric rather than the metric: `auc_std`, `precision_threshold`. */
const aboutMetric = new Set('std stddev stdev var variance count n support threshold weight epoch step lr'.split(' '));

/** `valRocAUC@5` is `val roc auc 5`. */
function wordsOf(segment: string): string[] {
  return segment
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function directionOfSegment(segment: string): MetricDirection | undefined {
  const words = wordsOf(segment);
  const joined = words.join('');
  if (joined === 'map') return 'higher';
  if (words.includes('explained') && words.includes('variance')) return 'higher';
  if (words.includes('false')) return 'lower';
  for (const word of words.toReversed()) {
    if (aboutMetric.has(word)) return 'neutral';
    const found = higher.has(word) ? 'higher' : lower.has(word) ? 'lower' : undefined;
    if (found === undefined) continue;
    // scikit-learn's `neg_mean_squared_error`: negated, so that larger is better.
    if (words[0] === 'neg' || words[0] === 'negative') return found === 'higher' ? 'lower' : 'higher';
    return found;
  }
  return undefined;
}

/**
 * Which way is better: as declared for the name or for its last parts (`cost` for `slices.DE.cost`), else as far as the name tells, where the last
 * part of `train/val.roc_auc` that says anything decides.
 */
export function metricDirection(name: string, declared?: DeclaredDirections): MetricDirection {
  if (declared?.higher.some((pattern) => isDeclaredBy(pattern, name))) return 'higher';
  if (declared?.lower.some((pattern) => isDeclaredBy(pattern, name))) return 'lower';
  for (const segment of name.split(/[./:]/).toReversed()) {
    const found = directionOfSegment(segment);
    if (found !== undefined) return found;
  }
  return 'neutral';
}

function isDeclaredBy(pattern: string, name: string): boolean {
  if (isLike(pattern, name)) return true;
  for (let place = 0; place < name.length; place += 1)
    if (/[./:]/.test(name.charAt(place)) && isLike(pattern, name.slice(place + 1))) return true;
  return false;
}

/** Whether a text is as the pattern says. Goes over the text once for each `*`, whatever the pattern. */
function isLike(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let place = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, place);
    if (found === -1) return false;
    place = found + part.length;
  }
  return text.length - place >= last.length && text.endsWith(last);
}

/** A value as people read it: `0.9312`, `1,204`, `3.2e-7`, `NaN`. Rounded; the exact value belongs in a tooltip. */
export function formatMetric(value: MetricLike): string {
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e9 || size < 1e-4) return shortExponent(value);
  const decimals = Number.isInteger(value) ? 0 : size >= 1000 ? 1 : size >= 100 ? 2 : size >= 0.01 ? 4 : 6;
  // Numbers without groups of digits don't need the rules of English, which take milliseconds to load.
  if (size < 999 && numberLocale() === 'en-US') return String(Number(value.toFixed(decimals)));
  return formatNumber(value, { maximumFractionDigits: decimals });
}

function shortExponent(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return formatNumber(value);
  return exponentText(value, 3);
}

/** How `value` stands to `baseline` for the metric of this name. */
export function metricChange(
  name: string,
  value: MetricLike,
  baseline: MetricLike,
  declared?: DeclaredDirections,
): MetricChange {
  if (value === baseline) return typeof value === 'number' ? { verdict: 'same', difference: 0 } : { verdict: 'same' };
  const difference = Number(value) - Number(baseline);
  const told = Number.isFinite(difference) ? { difference } : {};
  const direction = metricDirection(name, declared);
  if (direction === 'neutral') return { verdict: 'different', ...told };
  const isBetter = goodness(value, direction) > goodness(baseline, direction);
  return { verdict: isBetter ? 'better' : 'worse', ...told };
}

/** Larger for what is better; NaN has no value at all. */
function goodness(value: MetricLike, direction: 'higher' | 'lower'): number {
  const number = Number(value);
  if (Number.isNaN(number)) return Number.NEGATIVE_INFINITY;
  return direction === 'higher' ? number : -number;
}

/** A difference with its sign: `+0.0121`, `−3`, `±0`. */
export function formatDifference(difference: number): string {
  if (difference === 0) return '±0';
  const size = Math.abs(difference);
  // Four decimals tell enough of a difference, unless they would tell nothing.
  const rounded = size >= 0.001 && size < 1 ? Number(size.toFixed(4)) : size;
  return `${difference > 0 ? '+' : '−'}${formatMetric(rounded)}`;
}

const kinds = [
  'auc',
  'auroc',
  'f1',
  'accuracy',
  'acc',
  'r2',
  'map',
  'ap',
  'ndcg',
  'precision',
  'recall',
  'rmse',
  'mae',
  'loss',
  'error',
];
const splits = ['test', 'holdout', 'eval', 'val', 'valid', 'validation', 'dev'];

/** Smaller is more telling: whole before sliced, test before validation before training, known kinds before others. */
function rank(name: string, declared: DeclaredDirections | undefined): readonly number[] {
  const words = wordsOf(name);
  const split = splits.findIndex((word) => words.includes(word));
  const kind = kinds.findIndex((word) => words.includes(word));
  const depth = name.split('.').length - 1 - (split >= 0 || words.includes('train') ? 1 : 0);
  return [
    Math.max(depth, 0),
    metricDirection(name, declared) === 'neutral' ? 1 : 0,
    words.includes('train') || words.includes('training') ? 1 : 0,
    kind < 0 ? kinds.length : kind,
    split < 0 ? splits.length : split,
  ];
}

function byRank(
  a: string,
  b: string,
  declared: DeclaredDirections | undefined,
  inOrder: ReturnType<typeof orderOf>,
): number {
  const [left, right] = [rank(a, declared), rank(b, declared)];
  for (const [place, value] of left.entries()) {
    const other = right[place] ?? 0;
    if (value !== other) return value - other;
  }
  return inOrder(a, b);
}

export interface HeadlineOptions {
  /** The name of the metric that comes first where the version has it. */
  readonly preferred?: string | undefined;
  readonly declared?: DeclaredDirections | undefined;
}

/** The `limit` metrics that tell most about a version, most telling first. */
export function headlineMetrics(
  metrics: Readonly<Record<string, MetricLike>>,
  limit: number,
  { preferred, declared }: HeadlineOptions = {},
): readonly NamedMetric[] {
  const inOrder = orderOf(Object.keys(metrics));
  const ranked = Object.entries(metrics)
    .map(([name, value]) => ({ name, value }))
    // What has no value tells nothing.
    .sort((a, b) => Number(a.value === 'NaN') - Number(b.value === 'NaN') || byRank(a.name, b.name, declared, inOrder));
  const first = ranked.filter(({ name }) => name === preferred);
  return [...first, ...ranked.filter(({ name }) => name !== preferred)].slice(0, limit);
}

/** The one metric to show where there is room for one; undefined where there is none. */
export function headlineMetric(
  metrics: Readonly<Record<string, MetricLike>>,
  options: HeadlineOptions = {},
): NamedMetric | undefined {
  return headlineMetrics(metrics, 1, options)[0];
}
