import { bootstrapIntervals, type Interval, type Resampling } from './bootstrap.ts';
import { measuresOf, type Weights } from './measures.ts';
import { pairOf } from './pair.ts';
import { type Group, groupsOf, type Predictions, rowsOf } from './predictions.ts';

/** Which metric is asked about, of which examples. */
export interface CertaintyQuestion extends Resampling {
  readonly metric: string;
  /** All examples; those of one slice, `country=DE`; or each slice of a column, `country`. */
  readonly slice?: string;
  readonly eachOf?: string;
}

/** How sure a metric is on some examples. */
export interface CertainSample {
  readonly slice?: string;
  readonly rows: number;
  readonly value: number;
  readonly interval: Interval;
  /** Of the other model on the same examples. */
  readonly theirs?: number;
  /** Of the value minus theirs. */
  readonly difference?: Interval;
}

/** The samples, or why there are none. */
export type CertaintyAnswer = { readonly samples: readonly CertainSample[] } | { readonly problem: string };

/** With fewer examples a resample says little of others. */
const MIN_ROWS = 10;

/**
 * How sure a metric is by resampling the examples; with the predictions of another model also how sure its difference from that one is, by
 * drawing the same examples for both (a paired bootstrap).
 */
export function certaintyOf(
  ours: Predictions,
  theirs: Predictions | undefined,
  question: CertaintyQuestion,
): CertaintyAnswer {
  const pair = theirs && pairOf(ours, theirs);
  if (typeof pair === 'string') return { problem: `their predictions can’t be paired: ${pair}` };
  const both = { ours: pair?.ours ?? ours, theirs: pair?.theirs };
  const groups = groupsAsked(both.ours, question);
  if (!groups || groups.length === 0)
    return { problem: `the predictions have no slice ${question.slice ?? `${question.eachOf}=…`}` };
  const samples: CertainSample[] = [];
  for (const group of groups) {
    const sample = sampleOf(group, both, question);
    if (typeof sample === 'string') return { problem: sample };
    samples.push(sample);
  }
  return { samples };
}

/** All rows where `group` is undefined. */
function sampleOf(
  group: Group | undefined,
  { ours, theirs }: { readonly ours: Predictions; readonly theirs: Predictions | undefined },
  question: CertaintyQuestion,
): CertainSample | string {
  const part = (whole: Predictions) => (group ? rowsOf(whole, group.rows) : whole);
  const own = part(ours);
  const where = group ? ` in ${group.slice}` : '';
  if (own.rows < MIN_ROWS) return `there are only ${own.rows} examples${where}, too few to resample`;
  const measures = measuresOf(own);
  const measure = measures.get(question.metric);
  if (!measure)
    return `${question.metric} isn’t computed from predictions such as these, but ${[...measures.keys()].join(', ')} are`;
  const rival = theirs && measuresOf(part(theirs)).get(question.metric);
  if (theirs && !rival) return `${question.metric} isn’t computed from the predictions of the other version`;
  const statistics = [measure, ...(rival ? [(weights: Weights) => measure(weights) - rival(weights)] : [])];
  const [interval, difference] = bootstrapIntervals(own.rows, statistics, question);
  if (!interval || (rival && !difference)) return `${question.metric}${where} isn’t defined in most resamples`;
  return {
    ...(group ? { slice: group.slice } : {}),
    rows: own.rows,
    value: measure(),
    interval,
    ...(rival ? { theirs: rival() } : {}),
    ...(difference ? { difference } : {}),
  };
}

/** Undefined for those that there aren't. */
function groupsAsked(
  predictions: Predictions,
  { slice, eachOf }: CertaintyQuestion,
): readonly (Group | undefined)[] | undefined {
  if (eachOf === '*') return predictions.groups.flatMap(({ name }) => groupsOf(predictions, name) ?? []);
  if (eachOf !== undefined) return groupsOf(predictions, eachOf);
  if (slice === undefined) return [undefined];
  const group = groupsOf(predictions, slice.slice(0, slice.indexOf('=')))?.find((one) => one.slice === slice);
  return group && [group];
}
