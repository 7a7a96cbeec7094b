import type { MetricValue } from '../base/metric-value.ts';
import { type DeclaredDirections, metricDirection } from '../base/metrics.ts';
import { changeOf, type DeclaredGate } from '../project/gates-schema.ts';
import { newestBySlice, tolerance } from './samples.ts';
import { failed, type GateSubject, notEvaluated, numberText, passed, type Verdict } from './verdict.ts';

export interface Sample {
  readonly slice?: string | undefined;
  readonly value: MetricValue;
  readonly interval?: { readonly low: number; readonly high: number } | undefined;
  readonly datasetSha256?: string | undefined;
}

/** A sample that counts, and the number that counts of it. */
interface Counted {
  readonly sample: Sample;
  readonly value: number;
}

export interface MetricContext {
  readonly candidate: GateSubject;
  /** The version in the stage of `vs`; undefined where there is none, or it is the candidate. */
  readonly rival: GateSubject | undefined;
  readonly directions?: DeclaredDirections | undefined;
}

/** A gate on a metric: bounds, slices, and the comparison with another version. */
export function checkMetric(gate: DeclaredGate, context: MetricContext): Verdict {
  const { candidate } = context;
  const samples = samplesOf(gate, candidate);
  if (samples.length === 0) return notEvaluated(absent(gate, candidate));
  const undefinedOne = samples.find(({ value }) => typeof value !== 'number');
  if (undefinedOne) return failed(String(undefinedOne.value), `${nameOf(gate, undefinedOne)} is ${undefinedOne.value}`);
  if (gate['gap-of'] !== undefined) return checkGap(gate, samples);
  if (gate['by-interval'] && samples.some(({ interval }) => !interval))
    return notEvaluated(`${gate.metric} has no confidence interval in that evaluation`);
  return worstOf([
    ...checkBounds(gate, samples),
    ...(gate.vs === undefined ? [] : [checkAgainst(gate, samples, context)]),
  ]);
}

function checkBounds(gate: DeclaredGate, samples: readonly Sample[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  if (gate.min !== undefined) {
    const { sample, value } = extreme(gate, samples, 'low');
    const measured = measuredText(gate, sample, value);
    verdicts.push(
      value < gate.min
        ? failed(measured, `${nameOf(gate, sample)} ${numberText(value)} is below ${numberText(gate.min)}`)
        : passed(measured),
    );
  }
  if (gate.max !== undefined) {
    const { sample, value } = extreme(gate, samples, 'high');
    const measured = measuredText(gate, sample, value);
    verdicts.push(
      value > gate.max
        ? failed(measured, `${nameOf(gate, sample)} ${numberText(value)} is above ${numberText(gate.max)}`)
        : passed(measured),
    );
  }
  return verdicts;
}

function checkGap(gate: DeclaredGate, samples: readonly Sample[]): Verdict {
  if (samples.length < 2) return notEvaluated(`${gate.metric} was measured on one slice of ${gate['gap-of']} only`);
  const [least, most] = [extreme(gate, samples, 'low'), extreme(gate, samples, 'high')];
  const gap = most.value - least.value;
  const ends = `${least.sample.slice} ${numberText(least.value)}, ${most.sample.slice} ${numberText(most.value)}`;
  const max = gate.max ?? 0;
  const measured = `${numberText(gap)} (${ends})`;
  if (gap > max + tolerance(most.value, least.value))
    return failed(
      measured,
      `${gate.metric} differs by ${numberText(gap)} over ${gate['gap-of']}, more than ${numberText(max)}`,
    );
  return passed(measured);
}

/** Better and worse as the name of the metric, or the project file, says it. */
function checkAgainst(gate: DeclaredGate, samples: readonly Sample[], { rival, directions }: MetricContext): Verdict {
  const direction = metricDirection(gate.metric ?? '', directions);
  if (direction === 'neutral') {
    return notEvaluated(
      `the name ${gate.metric} doesn't say which way is better: add it to higher-is-better or lower-is-better of the model`,
    );
  }
  const side = direction === 'higher' ? 'low' : 'high';
  const { sample, value } = extreme(gate, samples, side);
  const measured = measuredText(gate, sample, value);
  if (!rival) return passed(measured, `no other version is in ${gate.vs}, so there is nothing to compare with`);
  const all = samplesOf(gate, rival);
  const theirs = all.filter((other) => typeof other.value === 'number');
  const [unusable] = all;
  if (theirs.length === 0 && unusable)
    return notEvaluated(
      `${gate.metric} of ${rival.label}, which is in ${gate.vs}, is ${unusable.value}, and nothing can be compared with that`,
      measured,
    );
  if (theirs.length === 0) return notEvaluated(`${absent(gate, rival)}, which is in ${gate.vs}`, measured);
  // The interval is of the candidate: how sure its own result is.
  const baseline = extreme({ ...gate, 'by-interval': false }, theirs, side);
  if (isOtherData(sample, baseline.sample)) return otherData(gate, rival, measured);
  return judgeChange(gate, {
    value,
    baseline: baseline.value,
    isHigherBetter: direction === 'higher',
    rival,
    measured,
  });
}

function judgeChange(
  gate: DeclaredGate,
  change: {
    readonly value: number;
    readonly baseline: number;
    readonly isHigherBetter: boolean;
    readonly rival: GateSubject;
    readonly measured: string;
  },
): Verdict {
  const { value, baseline, isHigherBetter, rival } = change;
  const gain = isHigherBetter ? value - baseline : baseline - value;
  const measured = `${change.measured}, while ${rival.label} has ${numberText(baseline)}`;
  const verdicts: Verdict[] = [];
  for (const key of ['max-drop', 'min-gain'] as const) {
    const written = gate[key];
    if (written === undefined) continue;
    const { amount, isRelative } = changeOf(written);
    if (isRelative && baseline === 0) {
      verdicts.push(notEvaluated(`${rival.label} has 0, of which there is no percentage`, measured));
      continue;
    }
    const allowed = isRelative ? amount * Math.abs(baseline) : amount;
    const slack = tolerance(value, baseline);
    const isBroken = key === 'max-drop' ? -gain > allowed + slack : gain < allowed - slack;
    const said = `${numberText(Math.abs(gain))}${isRelative ? ` (${shortText(Math.abs(gain / baseline) * 100, amount * 100)} %)` : ''}`;
    const how = gain < 0 ? 'worse' : 'better';
    const limit = `${key === 'max-drop' ? 'more' : 'not as much'} than ${written}`.replace('much than', 'much as');
    const why = `${gate.metric} is ${said} ${how} than that of ${rival.label}, ${limit}`;
    verdicts.push(isBroken ? failed(measured, why) : passed(measured));
  }
  return worstOf(verdicts);
}

/** In so few digits that it still isn't the limit: nobody needs more of a percentage. */
function shortText(value: number, limit: number): string {
  for (const digits of [3, 4, 5, 6, 7, 8, 9]) {
    const short = Number(value.toPrecision(digits));
    if (Math.sign(short - limit) === Math.sign(value - limit)) return String(short);
  }
  return numberText(value);
}

/** The newest of what was measured, by slice. */
export function samplesOf(gate: DeclaredGate, subject: GateSubject): readonly Sample[] {
  const { metric = '', dataset, slice } = gate;
  const slices = gate['worst-of'] ?? gate['gap-of'];
  if (dataset === undefined && slice === undefined && slices === undefined) {
    const value = Object.hasOwn(subject.metrics, metric) ? subject.metrics[metric] : undefined;
    return value === undefined ? [] : [{ value }];
  }
  return [...newestBySlice(subject.evaluations, { dataset, slice, slices, metric }).values()].flatMap((entry) => {
    const { intervals = {}, datasetSha256, metrics } = entry;
    const value = metrics[metric];
    const interval = Object.hasOwn(intervals, metric) ? intervals[metric] : undefined;
    return value === undefined ? [] : [{ slice: entry.slice, value, interval, datasetSha256 }];
  });
}

/** The lowest or highest of what counts: the value, or the end of its interval on that side. */
function extreme(gate: DeclaredGate, samples: readonly Sample[], side: 'low' | 'high'): Counted {
  const counted = samples.flatMap((sample) => {
    const value = gate['by-interval'] ? sample.interval?.[side] : sample.value;
    return typeof value === 'number' ? [{ sample, value }] : [];
  });
  return counted.reduce((worst, next) =>
    (side === 'low' ? next.value < worst.value : next.value > worst.value) ? next : worst,
  );
}

export function absent(gate: DeclaredGate, subject: GateSubject): string {
  const { metric, dataset, slice } = gate;
  const slices = gate['worst-of'] ?? gate['gap-of'];
  const where = [
    ...(dataset === undefined ? [] : [`on ${dataset}`]),
    ...(slice === undefined ? [] : [`on the slice ${slice}`]),
    ...(slices === undefined ? [] : [slices === '*' ? 'on any slice' : `on any slice ${slices}=…`]),
  ].join(', ');
  return `${metric} of ${subject.label} isn't recorded${where === '' ? '' : ` ${where}`}`;
}

type OnData = Pick<Sample, 'datasetSha256'>;

/** Whether two were measured on other data of the same name; unknown where one doesn't say on which. */
export function isOtherData({ datasetSha256: ours }: OnData, { datasetSha256: theirs }: OnData): boolean {
  return ours !== undefined && theirs !== undefined && ours !== theirs;
}

export function otherData(gate: DeclaredGate, rival: GateSubject, measured?: string): Verdict {
  return notEvaluated(
    `${rival.label} was measured on other data of the name ${gate.dataset}: measure both on the same`,
    measured,
  );
}

export function nameOf(gate: DeclaredGate, { slice }: Pick<Sample, 'slice'>): string {
  return slice === undefined ? (gate.metric ?? '') : `${gate.metric} of ${slice}`;
}

function measuredText(gate: DeclaredGate, sample: Sample, value: number): string {
  const slice = gate['worst-of'] !== undefined && sample.slice !== undefined ? ` (${sample.slice})` : '';
  const { interval } = sample;
  const range = gate['by-interval'] && interval ? ` [${numberText(interval.low)}, ${numberText(interval.high)}]` : '';
  return `${numberText(value)}${range}${slice}`;
}

export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst =
    verdicts.find(({ outcome }) => outcome === 'failed') ??
    verdicts.find(({ outcome }) => outcome === 'not-evaluated') ??
    // One that has something to say, too.
    verdicts.find(({ why }) => why !== undefined) ??
    verdicts.at(-1);
  return worst ?? notEvaluated('the gate asks for nothing');
}
