import { metricDirection } from '../base/metrics.ts';
import type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';
import type { CertainSample, CertaintyAnswer } from '../predictions/certainty.ts';
import { changeOf, confidenceOf, DEFAULT_RESAMPLES, DEFAULT_SEED, type DeclaredGate } from '../project/gates-schema.ts';
import type { CertaintyQuery } from '../registry/api/evaluating.ts';
import { absent, isOtherData, type MetricContext, nameOf, otherData, samplesOf, worstOf } from './metric-gate.ts';
import { newestBySlice, tolerance } from './samples.ts';
import { failed, type GateSubject, notEvaluated, numberText, passed, type Verdict } from './verdict.ts';

export interface SureContext extends MetricContext {
  /** What resampling the predictions came to, where both versions have some. */
  readonly certainty?: CertaintyAnswer | undefined;
}

type Sure = Omit<CertainSample, 'rows'> & { readonly rows?: number };

/** What to ask of the predictions of both versions; undefined where they haven't any, so that intervals that were given count. */
export function certaintyQuery(
  gate: DeclaredGate,
  candidate: GateSubject,
  rival: GateSubject | undefined,
): CertaintyQuery | undefined {
  const own = measuredWhole(gate, candidate)?.predictions;
  const other = rival && measuredWhole(gate, rival)?.predictions;
  if (gate.confidence === undefined || !own || (rival && !other)) return undefined;
  const { metric = '', slice, 'worst-of': eachOf } = gate;
  return {
    ours: own.object,
    ...(other ? { theirs: other.object } : {}),
    metric,
    ...(slice === undefined ? {} : { slice }),
    ...(eachOf === undefined ? {} : { eachOf }),
    ...resamplingOf(gate),
  };
}

function measuredWhole(gate: DeclaredGate, subject: GateSubject): EvaluationEntry | undefined {
  return newestBySlice(subject.evaluations, { dataset: gate.dataset, metric: gate.metric }).get('');
}

function resamplingOf({ confidence = 0, resamples = DEFAULT_RESAMPLES, seed = DEFAULT_SEED }: DeclaredGate) {
  return { confidence: confidenceOf(confidence), resamples, seed };
}

/** A gate on a metric that has to hold with some confidence: the worse end of an interval counts. */
export function checkSure(gate: DeclaredGate, context: SureContext): Verdict {
  const { candidate, rival, certainty } = context;
  const [ours, theirs] = [measuredWhole(gate, candidate), rival && measuredWhole(gate, rival)];
  if (rival && ours && theirs && isOtherData(ours, theirs)) return otherData(gate, rival);
  if (certainty && 'problem' in certainty) return notEvaluated(certainty.problem);
  const samples = certainty ? certainty.samples : givenSamples(gate, context);
  if (typeof samples === 'string') return notEvaluated(samples);
  const verdict = worstOf([
    ...boundVerdicts(gate, samples),
    ...(gate.vs === undefined ? [] : changeVerdicts(gate, samples, context)),
  ]);
  const method = certainty ? (rival ? 'paired bootstrap' : 'bootstrap') : 'intervals that were given';
  return { ...verdict, details: { method, ...(certainty ? resamplingOf(gate) : {}), samples } };
}

/** From intervals that came with the evaluations; says why not. */
function givenSamples(gate: DeclaredGate, { candidate, rival }: SureContext): readonly Sure[] | string {
  const own = samplesOf(gate, candidate);
  if (own.length === 0) return absent(gate, candidate);
  const others = rival ? samplesOf(gate, rival) : [];
  const samples: Sure[] = [];
  for (const { slice, value, interval } of own) {
    const name = nameOf(gate, { slice });
    if (typeof value !== 'number' || !interval)
      return `${name} of ${candidate.label} has neither predictions nor a confidence interval in its evaluation`;
    const sample = { ...(slice === undefined ? {} : { slice }), value, interval };
    const other = others.find((one) => one.slice === slice);
    if (!rival) samples.push(sample);
    else if (typeof other?.value !== 'number' || !other.interval)
      return `${name} of ${rival.label} has neither predictions nor a confidence interval in its evaluation`;
    else
      samples.push({ ...sample, theirs: other.value, difference: differenceOf(sample, other.value, other.interval) });
  }
  return samples;
}

/** Of independent estimates, from their own intervals (Zou and Donner 2008, MOVER). Of the same examples it is too wide, never too narrow, where they go together. */
function differenceOf(
  ours: { readonly value: number; readonly interval: CertainSample['interval'] },
  value: number,
  interval: CertainSample['interval'],
): CertainSample['interval'] {
  const difference = ours.value - value;
  return {
    low: difference - Math.hypot(ours.value - ours.interval.low, interval.high - value),
    high: difference + Math.hypot(ours.interval.high - ours.value, value - interval.low),
  };
}

function boundVerdicts(gate: DeclaredGate, samples: readonly Sure[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  for (const sample of samples) {
    const { low, high } = sample.interval;
    const measured = measuredText(gate, sample);
    const what = `the ${confidenceText(gate)} interval of ${nameOf(gate, sample)}, ${numberText(low)} to ${numberText(high)},`;
    if (gate.min !== undefined)
      verdicts.push(
        low < gate.min ? failed(measured, `${what} begins below ${numberText(gate.min)}`) : passed(measured),
      );
    if (gate.max !== undefined)
      verdicts.push(
        high > gate.max ? failed(measured, `${what} ends above ${numberText(gate.max)}`) : passed(measured),
      );
  }
  return verdicts;
}

function changeVerdicts(
  gate: DeclaredGate,
  samples: readonly Sure[],
  { rival, directions }: SureContext,
): readonly Verdict[] {
  const direction = metricDirection(gate.metric ?? '', directions);
  if (direction === 'neutral') {
    return [
      notEvaluated(
        `the name ${gate.metric} doesn't say which way is better: add it to higher-is-better or lower-is-better of the model`,
      ),
    ];
  }
  return samples.flatMap((sample): readonly Verdict[] => {
    const { theirs, difference } = sample;
    if (!rival || theirs === undefined || !difference)
      return [
        passed(measuredText(gate, sample), `no other version is in ${gate.vs}, so there is nothing to compare with`),
      ];
    // How much better it is at the worse end.
    const least = direction === 'higher' ? difference.low : -difference.high;
    const ends = `${confidenceText(gate)} interval of the difference ${numberText(difference.low)} to ${numberText(difference.high)}`;
    const measured = `${measuredText(gate, sample)}, while ${rival.label} has ${numberText(theirs)}; difference [${numberText(difference.low)}, ${numberText(difference.high)}]`;
    const name = nameOf(gate, sample);
    return (['max-drop', 'min-gain'] as const).flatMap((key): readonly Verdict[] => {
      const written = gate[key];
      if (written === undefined) return [];
      const { amount, isRelative } = changeOf(written);
      if (isRelative && theirs === 0)
        return [notEvaluated(`${rival.label} has 0, of which there is no percentage`, measured)];
      const allowed = isRelative ? amount * Math.abs(theirs) : amount;
      const slack = tolerance(sample.value, theirs);
      if (key === 'max-drop' ? -least <= allowed + slack : least >= allowed - slack) return [passed(measured)];
      const how = least < 0 ? `may be ${numberText(-least)} worse` : `may be only ${numberText(least)} better`;
      const limit = key === 'max-drop' ? `more than ${written}` : `not as much better as ${written}`;
      return [failed(measured, `${name} ${how} than that of ${rival.label} (${ends}), ${limit}`)];
    });
  });
}

function measuredText(gate: DeclaredGate, { slice, value, interval }: Sure): string {
  const which = gate['worst-of'] !== undefined && slice !== undefined ? ` (${slice})` : '';
  return `${numberText(value)} [${numberText(interval.low)}, ${numberText(interval.high)}]${which}`;
}

function confidenceText({ confidence = 0 }: DeclaredGate): string {
  return `${numberText(confidenceOf(confidence) * 100)} %`;
}
