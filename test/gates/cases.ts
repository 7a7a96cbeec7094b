import type { EvaluationEntry } from '../../src/catalog/read-models/evaluations.ts';
import type { Measured } from '../../src/gates/benchmark.ts';
import type { GateContext } from '../../src/gates/check-gate.ts';
import type { GateSubject } from '../../src/gates/verdict.ts';
import type { CertainSample } from '../../src/predictions/certainty.ts';

/** A gate with a version that passes it, one that doesn't, and how it is written wrongly. */
export interface GateCase {
  /** What it checks, for the documentation. */
  readonly checks: string;
  /** As it stands in model-registry.yaml, in one line. */
  readonly gate: string;
  readonly passing: Partial<GateContext> | Partial<GateSubject>;
  readonly failing: Partial<GateContext> | Partial<GateSubject>;
  readonly why: string;
  readonly malformed: string;
  readonly problem: string;
}

export const SUBJECT: GateSubject = {
  label: 'fraud@7',
  metrics: {},
  evaluations: [],
  sizeBytes: 1000,
  data: [],
  locks: [],
};
const RIVAL: GateSubject = { ...SUBJECT, label: 'fraud@6' };
const BY = { name: 'Ann', email: 'ann@example.org' };

export function evaluation(metrics: EvaluationEntry['metrics'], more: Partial<EvaluationEntry> = {}): EvaluationEntry {
  return { at: '2026-11-25T00:00:00.000Z', by: BY, metrics, ...more };
}

const slices = (de: number, fr: number) => ({
  evaluations: [
    evaluation({ auc: de }, { dataset: 'holdout', slice: 'country=DE' }),
    evaluation({ auc: fr }, { dataset: 'holdout', slice: 'country=FR' }),
    evaluation({ auc: 0.1 }, { dataset: 'holdout', slice: 'age=old' }),
  ],
});
const against = (ours: number, theirs: number) => ({
  candidate: { ...SUBJECT, metrics: { auc: ours } },
  rival: { ...RIVAL, metrics: { auc: theirs } },
});
const sure = (sample: Omit<CertainSample, 'rows'>) => ({
  candidate: { ...SUBJECT, evaluations: [evaluation({ auc: sample.value }, { dataset: 'holdout' })] },
  rival: sample.theirs === undefined ? undefined : RIVAL,
  certainty: { samples: [{ rows: 1000, ...sample }] },
});
const DROP = { value: 0.93, theirs: 0.931, interval: { low: 0.9, high: 0.95 } };
const groups = (women: EvaluationEntry['metrics'], men: EvaluationEntry['metrics']) => ({
  evaluations: [
    evaluation({ ...women, examples: 50 }, { dataset: 'holdout', slice: 'sex=F' }),
    evaluation({ ...men, examples: 50 }, { dataset: 'holdout', slice: 'sex=M' }),
    evaluation(
      { selection_rate: 0, recall: 0.85, false_positive_rate: 0.15, examples: 2 },
      { dataset: 'march', slice: 'sex=X' },
    ),
  ],
});
const code = { commit: 'a'.repeat(40), capturedAt: 'start' } as const;
const vote = { person: 'bob@example.org', isGiven: true, isCounted: true, isAuthor: false };
const input = (name: string, dtype: string) => ({
  inputs: [{ name, dtype }],
  outputs: [{ name: 'score', dtype: 'float32' }],
});

export const CASES: readonly GateCase[] = [
  {
    checks: 'a metric is not too low',
    gate: '{metric: auc, min: 0.85}',
    passing: { metrics: { auc: 0.85 } },
    failing: { metrics: { auc: 0.849 } },
    why: 'auc 0.849 is below 0.85',
    malformed: '{metric: auc, min: high}',
    problem: 'must be a number',
  },
  {
    checks: 'a metric is not too high',
    gate: '{metric: latency_p95_ms, max: 40}',
    passing: { metrics: { latency_p95_ms: 40 } },
    failing: { metrics: { latency_p95_ms: 41 } },
    why: 'latency_p95_ms 41 is above 40',
    malformed: '{metric: latency_p95_ms}',
    problem: 'says nothing of the metric',
  },
  {
    checks: 'a metric on a dataset, in the newest evaluation',
    gate: '{metric: auc, min: 0.85, dataset: holdout}',
    passing: {
      evaluations: [evaluation({ auc: 0.1 }, { dataset: 'holdout' }), evaluation({ auc: 0.9 }, { dataset: 'holdout' })],
    },
    failing: { metrics: { auc: 0.9 }, evaluations: [evaluation({ auc: 0.8 }, { dataset: 'holdout' })] },
    why: 'auc 0.8 is below 0.85',
    malformed: '{dataset: holdout}',
    problem: 'is no gate: it needs one of metric',
  },
  {
    checks: 'a metric on a slice',
    gate: '{metric: auc, min: 0.85, dataset: holdout, slice: country=DE}',
    passing: slices(0.85, 0.1),
    failing: slices(0.8, 0.9),
    why: 'auc of country=DE 0.8 is below 0.85',
    malformed: '{metric: auc, min: 0.85, slice: country=DE, worst-of: country}',
    problem: 'several of slice, worst-of and gap-of',
  },
  {
    checks: 'the worst of the slices',
    gate: '{metric: auc, min: 0.85, dataset: holdout, worst-of: country}',
    passing: slices(0.85, 0.9),
    failing: slices(0.9, 0.84),
    why: 'auc of country=FR 0.84 is below 0.85',
    malformed: '{metric: auc, worst-of: country}',
    problem: 'says nothing of the metric',
  },
  {
    checks: 'the gap between slices',
    gate: '{metric: auc, max: 0.05, dataset: holdout, gap-of: country}',
    passing: slices(0.85, 0.9),
    failing: slices(0.84, 0.9),
    why: 'auc differs by 0.06 over country, more than 0.05',
    malformed: '{metric: auc, min: 0.1, gap-of: country}',
    problem: 'gap-of without max',
  },
  {
    checks: 'the worse end of a confidence interval',
    gate: '{metric: auc, min: 0.85, dataset: holdout, by-interval: true}',
    passing: {
      evaluations: [evaluation({ auc: 0.9 }, { dataset: 'holdout', intervals: { auc: { low: 0.86, high: 0.94 } } })],
    },
    failing: {
      evaluations: [evaluation({ auc: 0.9 }, { dataset: 'holdout', intervals: { auc: { low: 0.84, high: 0.96 } } })],
    },
    why: 'auc 0.84 is below 0.85',
    malformed: '{metric: auc, min: 0.85, by-interval: maybe}',
    problem: 'must be true or false',
  },
  {
    checks: 'not worse than production by more than a number',
    gate: '{metric: auc, vs: production, max-drop: 0.005}',
    passing: against(0.925, 0.93),
    failing: against(0.924, 0.93),
    why: 'auc is 0.006 worse than that of fraud@6, more than 0.005',
    malformed: '{metric: auc, max-drop: 0.005}',
    problem: 'without vs',
  },
  {
    checks: 'not worse than production by more than a percentage',
    gate: '{metric: rmse, vs: production, max-drop: 2 %}',
    passing: {
      candidate: { ...SUBJECT, metrics: { rmse: 102 } },
      rival: { ...RIVAL, metrics: { rmse: 100 } },
    },
    failing: {
      candidate: { ...SUBJECT, metrics: { rmse: 103 } },
      rival: { ...RIVAL, metrics: { rmse: 100 } },
    },
    why: 'rmse is 3 (3 %) worse than that of fraud@6, more than 2 %',
    malformed: '{metric: rmse, vs: production, max-drop: a bit}',
    problem: 'a percentage such as 2 %',
  },
  {
    checks: 'better than production by so much',
    gate: '{metric: auc, vs: production, min-gain: 0.01}',
    passing: against(0.94, 0.93),
    failing: against(0.935, 0.93),
    why: 'auc is 0.005 better than that of fraud@6, not as much as 0.01',
    malformed: '{metric: auc, vs: production}',
    problem: 'vs without max-drop or min-gain',
  },
  {
    checks: 'a metric with some confidence, by resampling predictions',
    gate: '{metric: auc, min: 0.85, dataset: holdout, confidence: 95 %}',
    passing: sure({ value: 0.9, interval: { low: 0.86, high: 0.94 } }),
    failing: sure({ value: 0.9, interval: { low: 0.84, high: 0.95 } }),
    why: 'the 95 % interval of auc, 0.84 to 0.95, begins below 0.85',
    malformed: '{metric: auc, min: 0.85, confidence: 95 %}',
    problem: 'confidence without dataset',
  },
  {
    checks: 'not worse than production with some confidence, on the same examples',
    gate: '{metric: auc, vs: production, max-drop: 0.005, dataset: holdout, confidence: 95 %, resamples: 2000, seed: 7}',
    passing: sure({ ...DROP, difference: { low: -0.004, high: 0.01 } }),
    failing: sure({ ...DROP, difference: { low: -0.012, high: 0.01 } }),
    why: 'auc may be 0.012 worse than that of fraud@6 (95 % interval of the difference -0.012 to 0.01), more than 0.005',
    malformed: '{metric: auc, vs: production, max-drop: 0.005, dataset: holdout, confidence: 20 %}',
    problem: 'must be from 50 % to 99.9 %, such as 95 %',
  },
  {
    checks: 'as many of each group are selected',
    gate: '{bias: demographic-parity, by: sex, max: 0.1, dataset: holdout}',
    passing: groups({ selection_rate: 0.4 }, { selection_rate: 0.5 }),
    failing: groups({ selection_rate: 0.3 }, { selection_rate: 0.5 }),
    why: 'the selection rate differs by 0.2 (sex=F 0.3, sex=M 0.5), more than 0.1',
    malformed: '{bias: parity, by: sex, max: 0.1}',
    problem: 'is demographic-parity, equalised-odds or equal-opportunity',
  },
  {
    checks: 'the same, by the ratio',
    gate: '{bias: demographic-parity, by: sex, min-ratio: 0.8, dataset: holdout, min-examples: 30}',
    passing: groups({ selection_rate: 0.4 }, { selection_rate: 0.5 }),
    failing: groups({ selection_rate: 0.3 }, { selection_rate: 0.5 }),
    why: 'the smallest selection rate is 0.6 of the largest (sex=F 0.3, sex=M 0.5), less than 0.8',
    malformed: '{bias: demographic-parity, by: sex, min-ratio: 8}',
    problem: 'is more than 1',
  },
  {
    checks: 'positives of each group are found as often',
    gate: '{bias: equal-opportunity, by: sex, max: 0.1, dataset: holdout}',
    passing: groups({ recall: 0.8 }, { recall: 0.9 }),
    failing: groups({ recall: 0.7 }, { recall: 0.9 }),
    why: 'the true positive rate differs by 0.2 (sex=F 0.7, sex=M 0.9), more than 0.1',
    malformed: '{bias: equal-opportunity, max: 0.1}',
    problem: 'bias without by',
  },
  {
    checks: 'and negatives of each group are taken for positives as often',
    gate: '{bias: equalised-odds, by: sex, max: 0.1, dataset: holdout}',
    passing: groups({ recall: 0.8, false_positive_rate: 0.1 }, { recall: 0.9, false_positive_rate: 0.2 }),
    failing: groups({ recall: 0.8, false_positive_rate: 0.1 }, { recall: 0.9, false_positive_rate: 0.3 }),
    why: 'the false positive rate differs by 0.2 (sex=F 0.1, sex=M 0.3), more than 0.1',
    malformed: '{bias: equalised-odds, by: sex}',
    problem: 'needs max, the largest difference, or min-ratio',
  },
  {
    checks: 'the size of the files',
    gate: '{max-size: 1 MB}',
    passing: { sizeBytes: 1_000_000 },
    failing: { sizeBytes: 1_000_001 },
    why: '1000001 bytes, more than 1000000',
    malformed: '{max-size: huge}',
    problem: 'a size such as 500 MB',
  },
  {
    checks: 'where it came from is known',
    gate: '{lineage: [clean, pushed, data, lock]}',
    passing: {
      code: { ...code, isDirty: false, isPushed: true },
      data: [{ path: 'train.csv', sha256: 'b'.repeat(64) }],
      locks: [{ path: 'uv.lock', sha256: 'c'.repeat(64) }],
    },
    failing: { code: { ...code, isDirty: true }, data: [{ path: 'train.csv' }] },
    why: 'the working tree had changes that the commit hasn’t; the commit wasn’t pushed, as far as it was known when the version was registered; no digest of train.csv was recorded; no lock file was recorded',
    malformed: '{lineage: [tidy]}',
    problem: 'is clean, pushed, data or lock',
  },
  {
    checks: 'what loading the files could run',
    gate: '{danger: none-found}',
    passing: { danger: 'none-found' },
    failing: { danger: 'unknown' },
    why: 'loading the files may run code that isn’t known',
    malformed: '{danger: none}',
    problem: 'is none-found or not-dangerous',
  },
  {
    checks: 'the licences of the model and its base model',
    gate: '{licence: [apache-2.0, mit]}',
    passing: { licence: 'Apache-2.0', base: { label: 'bert@1', licence: 'mit' } },
    failing: { licence: 'mit', base: { label: 'bert@1', licence: 'cc-by-nc-4.0' } },
    why: 'bert@1 has the licence cc-by-nc-4.0',
    malformed: '{licence: []}',
    problem: 'names no licence',
  },
  {
    checks: 'whoever calls production can call it, too',
    gate: '{signature: compatible}',
    passing: {
      candidate: { ...SUBJECT, signature: input('amount', 'float32') },
      rival: { ...RIVAL, signature: input('amount', 'float32') },
    },
    failing: {
      candidate: { ...SUBJECT, signature: input('amount', 'int64') },
      rival: { ...RIVAL, signature: input('amount', 'float32') },
    },
    why: 'the input amount is int64 instead of float32',
    malformed: '{signature: same}',
    problem: 'is compatible',
  },
  {
    checks: 'people who approved it, beside its author',
    gate: '{approvals: 1}',
    passing: { votes: [vote] },
    failing: { votes: [{ ...vote, isAuthor: true }] },
    why: 'no approval yet, 1 needed; that of whoever registered the version doesn’t count',
    malformed: '{approvals: some}',
    problem: 'must be a number',
  },
  {
    checks: 'approvals of some people',
    gate: '{approvals: 1, of: [carl@example.org]}',
    passing: { votes: [vote, { ...vote, person: 'carl@example.org' }] },
    failing: { votes: [vote] },
    why: 'no approval yet, 1 needed from carl@example.org',
    malformed: '{approvals: 2, of: [carl@example.org]}',
    problem: 'asks for more approvals than its of names people',
  },
];

/** Gates that have to run something, by what that came to. */
export interface RunCase extends Pick<GateCase, 'checks' | 'gate' | 'why' | 'malformed' | 'problem'> {
  readonly passing: Measured;
  readonly failing: Measured;
}

export const RUN_CASES: readonly RunCase[] = [
  {
    checks: 'a program ends with 0',
    gate: '{command: python validate.py, time-limit: 300, memory-limit: 4 GB}',
    passing: { timesMs: [1] },
    failing: { problem: 'it ended with 1' },
    why: 'it ended with 1',
    malformed: "{command: 'python \"validate.py'}",
    problem: 'names no program, or has a quote without its end',
  },
  {
    checks: 'a program is quick enough, and uses no more memory',
    gate: '{benchmark: python score.py, warm-up: 2, repetitions: 20, p95: 40 ms, max-memory: 2 GB}',
    passing: { timesMs: [30, 40], peakBytes: 2e9 },
    failing: { timesMs: [30, 50], peakBytes: 2e9 },
    why: 'p95 is 49 ms, more than 40 ms',
    malformed: '{benchmark: python score.py}',
    problem: 'needs p50, p95, p99 or max-memory',
  },
];

export function contextOf(part: GateCase['passing']): GateContext {
  const context = { candidate: SUBJECT, rival: undefined, votes: [], ...part };
  return { ...context, candidate: { ...context.candidate, ...part } };
}
