import * as v from 'valibot';
import { expect } from 'vitest';
import type { VersionDetails } from '../../../src/catalog/read-models/versions.ts';

/** A training script as people write it, and what a project declares for it: the outputs, and nothing of its runs. */
export interface Training {
  readonly name: string;
  readonly script: string;
  readonly outputs: string;
  /** Which of the two environments has its framework. */
  readonly environment: 'torch' | 'keras';
}

export const trainings: readonly Training[] = [
  { name: 'PyTorch', script: 'pytorch.py', outputs: 'models/**', environment: 'torch' },
  { name: 'Lightning', script: 'lightning_run.py', outputs: 'lightning_logs/**/*.ckpt', environment: 'torch' },
  { name: 'Hugging Face', script: 'huggingface.py', outputs: 'out/**', environment: 'torch' },
  { name: 'scikit-learn', script: 'sklearn_mlflow.py', outputs: 'models/*.joblib', environment: 'torch' },
  { name: 'XGBoost', script: 'xgboost_run.py', outputs: 'models/**', environment: 'torch' },
  { name: 'Keras', script: 'keras_run.py', outputs: 'models/**', environment: 'keras' },
];

const metric = v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]);

/** What a script says of its run in its last line, as its framework told it. */
export const toldSchema = v.object({
  metrics: v.record(v.string(), metric),
  params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  /** The files that the version is to hold. */
  files: v.array(v.string()),
  run: v.record(v.string(), v.string()),
});
export type Told = v.InferOutput<typeof toldSchema>;

/** What is asked of the version. */
export type Compared = Pick<VersionDetails, 'metrics' | 'params'> & {
  readonly run: VersionDetails['lineage']['run'];
  readonly paths: readonly string[];
};

/** Fails where a version isn't what the run says of itself. */
export function expectAsTold(version: Compared, told: Told): void {
  for (const [name, value] of Object.entries(told.metrics)) {
    const found = version.metrics[name];
    // TensorBoard keeps single precision.
    if (typeof value === 'number') expect(found, name).toBeCloseTo(value, 6);
    else expect(found, name).toBe(value);
  }
  const params = Object.fromEntries(Object.entries(told.params).map(([name, value]) => [name, String(value)]));
  expect(version.params).toMatchObject(params);
  expect(version.run).toMatchObject(told.run);
  const names = version.paths.map((path) => path.split('/').at(-1));
  expect(names.toSorted()).toEqual(told.files.toSorted());
}
