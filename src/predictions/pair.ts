import { type Predictions, rowsOf } from './predictions.ts';

/** The same examples, in the same order, as two models saw them. */
export interface Pair {
  readonly ours: Predictions;
  readonly theirs: Predictions;
}

/** With a smaller part in common, the two weren't asked the same. */
const MIN_IN_COMMON = 0.9;

/** Pairs the predictions of two models by the names of their examples, or by their order where they have none; else says why they can't be. */
export function pairOf(ours: Predictions, theirs: Predictions): Pair | string {
  if (ours.task !== theirs.task) return `one is a ${ours.task} and the other a ${theirs.task}`;
  if (ours.ids && theirs.ids) return pairedByName(ours, ours.ids, theirs, theirs.ids);
  if (ours.rows !== theirs.rows)
    return `they have ${ours.rows} and ${theirs.rows} examples, and no column id that tells which are the same`;
  return agreed({ ours, theirs });
}

function pairedByName(ours: Predictions, ourIds: BigUint64Array, theirs: Predictions, theirIds: BigUint64Array) {
  const places = new Map<bigint, number>();
  for (const [row, id] of theirIds.entries()) places.set(id, row);
  const [own, other]: [number[], number[]] = [[], []];
  for (const [row, id] of ourIds.entries()) {
    const place = places.get(id);
    if (place === undefined) continue;
    own.push(row);
    other.push(place);
  }
  const most = Math.max(ours.rows, theirs.rows);
  if (own.length < most * MIN_IN_COMMON) return `they have ${own.length} of ${most} examples in common`;
  return agreed({ ours: rowsOf(ours, Uint32Array.from(own)), theirs: rowsOf(theirs, Uint32Array.from(other)) });
}

/** The same examples have the same truth. */
function agreed(pair: Pair): Pair | string {
  const { ours, theirs } = pair;
  const truth = (predictions: Predictions, row: number) => {
    const label = predictions.labels[row] ?? Number.NaN;
    return predictions.task === 'regression' ? label : predictions.classes[label];
  };
  for (let row = 0; row < ours.rows; row += 1) {
    if (truth(ours, row) !== truth(theirs, row))
      return `what is true of the same example differs (${truth(ours, row)} and ${truth(theirs, row)}), so that they aren’t of the same data`;
  }
  if (ours.task === 'binary' && ours.classes[1] !== theirs.classes[1])
    return `the positive class is ${ours.classes[1]} of one and ${theirs.classes[1]} of the other`;
  return pair;
}
