import type { Predictions } from './predictions.ts';

/** How often each row counts: once each where there are none, else as often as a resample drew it. */
export type Weights = Uint32Array;

/** A metric of predictions. NaN where it isn't defined: the recall of a class that no example has. */
export type Measure = (weights?: Weights) => number;

/**
 * The metrics of predictions by name, as scikit-learn defines them. Macro averages are over the classes that occur; a class that is never
 * predicted has the precision 0 in them.
 */
export function measuresOf(predictions: Predictions): ReadonlyMap<string, Measure> {
  switch (predictions.task) {
    case 'binary':
      return new Map(binaryMeasures(predictions));
    case 'multiclass':
      return new Map(multiclassMeasures(predictions));
    case 'regression':
      return new Map(regressionMeasures(predictions));
  }
}

type Named = readonly (readonly [string, Measure])[];

function binaryMeasures(predictions: Predictions): Named {
  const { labels, predicted, scores } = predictions;
  return [
    ...(predicted ? confusionMeasures(labels, predicted) : []),
    ...(scores ? rankMeasures(labels, scores) : []),
    ...(scores?.every((score) => score >= 0 && score <= 1) ? probabilityMeasures(labels, scores) : []),
  ];
}

interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

function confusionMeasures(labels: Float64Array, predicted: Float64Array): Named {
  const counted = (weights?: Weights): Confusion => {
    const counts = [0, 0, 0, 0];
    for (let row = 0; row < labels.length; row += 1) {
      const cell = (labels[row] ?? 0) * 2 + (predicted[row] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + (weights ? (weights[row] ?? 0) : 1);
    }
    const [tn = 0, fp = 0, fn = 0, tp = 0] = counts;
    return { tp, fp, tn, fn };
  };
  const of =
    (measure: (counts: Confusion) => number): Measure =>
    (weights) =>
      measure(counted(weights));
  return [
    ['accuracy', of(({ tp, fp, tn, fn }) => (tp + tn) / (tp + fp + tn + fn))],
    // Of the class that occurs alone, where only one does.
    [
      'balanced_accuracy',
      of(({ tp, fp, tn, fn }) => mean([tp / (tp + fn), tn / (tn + fp)].filter((recall) => !Number.isNaN(recall)))),
    ],
    ['precision', of(({ tp, fp }) => tp / (tp + fp))],
    ['recall', of(({ tp, fn }) => tp / (tp + fn))],
    ['f1', of(({ tp, fp, fn }) => (2 * tp) / (2 * tp + fp + fn))],
    ['false_positive_rate', of(({ fp, tn }) => fp / (fp + tn))],
    ['selection_rate', of(({ tp, fp, tn, fn }) => (tp + fp) / (tp + fp + tn + fn))],
  ];
}

/** Rows from the highest score down, in runs of equal scores. */
function rankMeasures(labels: Float64Array, scores: Float64Array): Named {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  /** Calls `run` with the positives and negatives of each run of equal scores. */
  const eachRun = (weights: Weights | undefined, run: (positives: number, negatives: number) => void) => {
    let [positives, negatives] = [0, 0];
    for (let place = 0; place < order.length; place += 1) {
      const row = order[place] ?? 0;
      const weight = weights ? (weights[row] ?? 0) : 1;
      if (labels[row] === 1) positives += weight;
      else negatives += weight;
      const next = order[place + 1];
      if (next !== undefined && scores[next] === scores[row]) continue;
      run(positives, negatives);
      [positives, negatives] = [0, 0];
    }
  };
  return [
    [
      'auc',
      (weights) => {
        // Pairs of a positive with a higher score and a negative; of equal scores half of them.
        let [above, pairs, negativesInAll] = [0, 0, 0];
        eachRun(weights, (positives, negatives) => {
          pairs += negatives * (above + positives / 2);
          above += positives;
          negativesInAll += negatives;
        });
        return pairs / (above * negativesInAll);
      },
    ],
    [
      'average_precision',
      (weights) => {
        let [found, seen, sum] = [0, 0, 0];
        eachRun(weights, (positives, negatives) => {
          found += positives;
          seen += positives + negatives;
          if (positives > 0) sum += positives * (found / seen);
        });
        return sum / found;
      },
    ],
  ];
}

function probabilityMeasures(labels: Float64Array, scores: Float64Array): Named {
  const losses = scores.map((score, row) => {
    const sure = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, labels[row] === 1 ? score : 1 - score));
    return -Math.log(sure);
  });
  const squares = scores.map((score, row) => (score - (labels[row] ?? 0)) ** 2);
  return [
    ['log_loss', (weights) => weightedMean(losses, weights)],
    ['brier_score', (weights) => weightedMean(squares, weights)],
  ];
}

function multiclassMeasures({ labels, predicted, classes }: Predictions): Named {
  if (!predicted) return [];
  const size = classes.length;
  interface PerClass {
    readonly hits: Float64Array;
    readonly actual: Float64Array;
    readonly predicted: Float64Array;
  }
  const counted = (weights?: Weights): PerClass => {
    const counts = {
      hits: new Float64Array(size),
      actual: new Float64Array(size),
      predicted: new Float64Array(size),
    };
    for (let row = 0; row < labels.length; row += 1) {
      const weight = weights ? (weights[row] ?? 0) : 1;
      const [actual, guess] = [labels[row] ?? 0, predicted[row] ?? 0];
      counts.actual[actual] = (counts.actual[actual] ?? 0) + weight;
      counts.predicted[guess] = (counts.predicted[guess] ?? 0) + weight;
      if (actual === guess) counts.hits[actual] = (counts.hits[actual] ?? 0) + weight;
    }
    return counts;
  };
  const averaged = (
    one: (hits: number, actual: number, guessed: number) => number,
    isPresent: (actual: number, guessed: number) => boolean,
  ): Measure => {
    return (weights) => {
      const { hits, actual, predicted: guessed } = counted(weights);
      const values: number[] = [];
      for (let index = 0; index < size; index += 1) {
        const [a, g] = [actual[index] ?? 0, guessed[index] ?? 0];
        if (isPresent(a, g)) values.push(one(hits[index] ?? 0, a, g));
      }
      return mean(values);
    };
  };
  const occurs = (actual: number, guessed: number) => actual + guessed > 0;
  return [
    [
      'accuracy',
      (weights) => {
        const { hits, actual } = counted(weights);
        return sum(hits) / sum(actual);
      },
    ],
    [
      'balanced_accuracy',
      averaged(
        (hits, actual) => hits / actual,
        (actual) => actual > 0,
      ),
    ],
    ['precision_macro', averaged((hits, _, guessed) => (guessed === 0 ? 0 : hits / guessed), occurs)],
    ['recall_macro', averaged((hits, actual) => (actual === 0 ? 0 : hits / actual), occurs)],
    ['f1_macro', averaged((hits, actual, guessed) => (2 * hits) / (actual + guessed), occurs)],
  ];
}

function regressionMeasures({ labels, predicted }: Predictions): Named {
  if (!predicted) return [];
  const squares = labels.map((label, row) => ((predicted[row] ?? Number.NaN) - label) ** 2);
  const distances = squares.map(Math.sqrt);
  return [
    ['rmse', (weights) => Math.sqrt(weightedMean(squares, weights))],
    ['mae', (weights) => weightedMean(distances, weights)],
    [
      'r2',
      (weights) => {
        const centre = weightedMean(labels, weights);
        const spread = weightedMean(
          labels.map((label) => (label - centre) ** 2),
          weights,
        );
        const rest = weightedMean(squares, weights);
        if (labels.length < 2) return Number.NaN;
        if (spread === 0) return rest === 0 ? 1 : 0;
        return 1 - rest / spread;
      },
    ],
  ];
}

function weightedMean(values: Float64Array, weights: Weights | undefined): number {
  if (!weights) return sum(values) / values.length;
  let [total, count] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const weight = weights[row] ?? 0;
    total += weight * (values[row] ?? 0);
    count += weight;
  }
  return total / count;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
