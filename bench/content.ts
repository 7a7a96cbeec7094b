/** What the registries of the benchmarks hold: the same for ours and for those that stand beside it, and the same at every run. */

export interface BenchVersion {
  /** Counts all versions from 0. */
  readonly index: number;
  readonly model: string;
  /** Counts the model's versions from 1. */
  readonly number: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
  readonly commit: string;
  readonly branch: string;
  readonly run: string;
  /** Which of the few artifacts it has. */
  readonly artifact: number;
  readonly at: number;
  /** What happened right after it was registered. */
  readonly fate: 'candidate' | 'staging' | 'production';
}

export const ARTIFACT_COUNT = 20;
const DESCRIPTION_LENGTH = 200;
const FIRST_MOMENT = Date.UTC(2022, 0, 3, 9);
const STEP_MS = 20 * 60_000;

const COMMON_WORDS =
  'baseline retrained weekly features window learning rate lower higher dropout batch data cleaned labels fixed sampling class weights calibrated threshold export quantised nightly review'.split(
    ' ',
  );
const TEAMS = ['risk', 'growth', 'search', 'pricing'];
const OPTIMIZERS = ['adam', 'sgd', 'lion'];

/** Ten models from 1,000 versions on, so that growth is that of the versions. */
export function modelCountFor(versions: number): number {
  return Math.min(10, Math.max(2, Math.floor(versions / 100)));
}

export function modelName(index: number): string {
  return `${['fraud', 'churn', 'ranking', 'pricing', 'search'][index % 5] ?? 'model'}-${String(index + 1).padStart(2, '0')}`;
}

/** A word that stands in the descriptions of about one version in a thousand. */
export function rareWord(index: number): string {
  return `ticket${index % 1000}`;
}

/** The version with this index in a registry of `versions`. */
export function versionAt(index: number, versions: number): BenchVersion {
  const models = modelCountFor(versions);
  const random = randomSource(index + 1);
  const number = Math.floor(index / models) + 1;
  const between = (from: number, to: number) => round(from + random() * (to - from));
  const auc = between(0.7, 0.99);
  return {
    index,
    model: modelName(index % models),
    number,
    metrics: {
      auc,
      accuracy: between(0.6, 0.99),
      f1: between(0.5, 0.99),
      precision: between(0.5, 0.99),
      recall: between(0.5, 0.99),
      loss: between(0.01, 0.7),
      'val.auc': round(auc - random() * 0.05),
      'val.loss': between(0.02, 0.8),
      latency_ms: between(2, 40),
      size_mb: between(1, 900),
    },
    params: {
      learning_rate: String(between(0.0001, 0.1)),
      epochs: String(1 + Math.floor(random() * 60)),
      batch_size: String(2 ** (4 + Math.floor(random() * 6))),
      optimizer: pick(OPTIMIZERS, random),
      seed: String(index),
    },
    tags: { team: pick(TEAMS, random), sweep: `sweep-${Math.floor(index / 50)}` },
    description: descriptionOf(index, random),
    commit: hexOf(random, 40),
    branch: index % 5 === 0 ? `try-${index}` : 'main',
    run: hexOf(random, 32),
    artifact: index % ARTIFACT_COUNT,
    at: FIRST_MOMENT + index * STEP_MS,
    fate: number % 20 === 1 ? 'production' : number % 20 === 11 ? 'staging' : 'candidate',
  };
}

/** Numbers in [0, 1) that are the same at every run (mulberry32, public domain, by Tommy Ettinger). */
export function randomSource(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}

function descriptionOf(index: number, random: () => number): string {
  let text = `Run ${index} for ${rareWord(index)}:`;
  while (text.length < DESCRIPTION_LENGTH) text += ` ${pick(COMMON_WORDS, random)}`;
  return text.slice(0, DESCRIPTION_LENGTH).trimEnd();
}

function hexOf(random: () => number, length: number): string {
  let hex = '';
  while (hex.length < length)
    hex += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return hex.slice(0, length);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
