import type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { newestBySlice, tolerance } from './samples.ts';
import { failed, type GateSubject, notEvaluated, numberText, passed, type Verdict } from './verdict.ts';

/** A rate that is compared over groups: what it is called for people, and the metrics that are it. */
interface Rate {
  readonly text: string;
  /** What it is in the groups that are furthest apart. */
  readonly measured: (ends: string) => string;
  readonly names: readonly string[];
}

const SELECTION: Rate = {
  text: 'selection rate',
  measured: (ends) => `selection rate ${ends}`,
  names: ['selection_rate'],
};
const TRUE_POSITIVE: Rate = {
  text: 'true positive rate',
  measured: (ends) => `true positive rate ${ends}`,
  names: ['recall', 'true_positive_rate', 'tpr', 'sensitivity'],
};
const FALSE_POSITIVE: Rate = {
  text: 'false positive rate',
  measured: (ends) => `false positive rate ${ends}`,
  names: ['false_positive_rate', 'fpr'],
};

/** As fairlearn defines them; of equalised odds the worse of both rates counts. */
const RATES: Readonly<Record<NonNullable<DeclaredGate['bias']>, readonly Rate[]>> = {
  'demographic-parity': [SELECTION],
  'equal-opportunity': [TRUE_POSITIVE],
  'equalised-odds': [TRUE_POSITIVE, FALSE_POSITIVE],
};

interface GroupRate {
  readonly slice: string;
  readonly value: number;
}

/** Rates that have to be alike over groups, from the newest evaluation of each slice. */
export function checkBias(gate: DeclaredGate, candidate: GateSubject): Verdict {
  const { bias, by = '', dataset, 'min-examples': least = 1 } = gate;
  const entries = [...newestBySlice(candidate.evaluations, { dataset, slices: by }).values()];
  const on = dataset === undefined ? '' : ` on ${dataset}`;
  if (entries.length === 0)
    return notEvaluated(
      `${candidate.label} has no evaluation of slices ${by}=…${on}: evaluate it with --predictions and --by ${by}`,
    );
  const groups = entries.filter((entry) => !(examplesOf(entry) < least));
  if (groups.length < 2) return notEvaluated(`there is only ${groups.length} group of ${by}${on} to compare`);
  const left = entries.length - groups.length;
  const note = left === 0 ? [] : [`${left} with fewer than ${least} examples left out`];
  const verdicts: Verdict[] = [];
  for (const rate of bias === undefined ? [] : RATES[bias]) verdicts.push(checkRate(gate, rate, groups));
  const shown = [...verdicts.map(({ measured }) => measured), ...note].join('; ');
  const details = Object.assign({}, ...verdicts.map((verdict) => verdict.details ?? {}));
  const worst =
    verdicts.find(({ outcome }) => outcome === 'failed') ?? verdicts.find(({ outcome }) => outcome === 'not-evaluated');
  return { ...(worst ?? passed(shown)), measured: shown, details };
}

function checkRate(gate: DeclaredGate, rate: Rate, groups: readonly EvaluationEntry[]): Verdict {
  const rates: GroupRate[] = [];
  for (const { slice = '', metrics } of groups) {
    const name = rate.names.find((one) => Object.hasOwn(metrics, one));
    const value = name === undefined ? undefined : metrics[name];
    if (value === undefined) return notEvaluated(`the ${rate.text} (${rate.names[0]}) of ${slice} isn’t recorded`);
    if (typeof value !== 'number')
      return notEvaluated(`the ${rate.text} of ${slice} isn’t defined: it has no examples of that kind`);
    rates.push({ slice, value });
  }
  const sorted = rates.toSorted((a, b) => a.value - b.value);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (!lowest || !highest) return notEvaluated('there are no groups');
  const ends = `${lowest.slice} ${numberText(lowest.value)}, ${highest.slice} ${numberText(highest.value)}`;
  const difference = highest.value - lowest.value;
  const details = { [rate.text]: Object.fromEntries(rates.map(({ slice, value }) => [slice, value])) };
  const measured = rate.measured(ends);
  const { max, 'min-ratio': minRatio } = gate;
  if (max !== undefined && difference > max + tolerance(highest.value, lowest.value)) {
    const why = `the ${rate.text} differs by ${numberText(difference)} (${ends}), more than ${numberText(max)}`;
    return { ...failed(measured, why), details };
  }
  if (minRatio !== undefined) {
    if (highest.value === 0)
      return { ...notEvaluated(`the ${rate.text} is 0 everywhere, of which there is no ratio`, measured), details };
    const ratio = lowest.value / highest.value;
    if (ratio < minRatio - tolerance(ratio, minRatio)) {
      const why = `the smallest ${rate.text} is ${numberText(ratio)} of the largest (${ends}), less than ${numberText(minRatio)}`;
      return { ...failed(measured, why), details };
    }
  }
  return { ...passed(measured), details };
}

/** Infinite where the evaluation doesn't say. */
function examplesOf({ metrics }: EvaluationEntry): number {
  const examples = Object.hasOwn(metrics, 'examples') ? metrics.examples : undefined;
  return typeof examples === 'number' ? examples : Number.POSITIVE_INFINITY;
}
