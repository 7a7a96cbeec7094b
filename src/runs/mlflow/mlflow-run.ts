import type { MetricValue } from '../../base/metric-value.ts';
import { HistoryBuilder } from '../history.ts';
import type { RunDataset, RunRecord, RunStatus } from '../run-record.ts';
import { isUsableName, RunValues } from '../values.ts';

/** A run as MLflow's file store and its database both know it. */
export interface MlflowRun {
  readonly id: string;
  readonly name?: string;
  readonly experiment?: string;
  readonly status: RunStatus;
  readonly startMs?: number;
  readonly endMs?: number;
}

/** Collects what is recorded about one run. */
export class MlflowRunBuilder {
  readonly values = new RunValues();
  readonly #run: MlflowRun;
  readonly #history = new HistoryBuilder();
  readonly #tags = new Map<string, string>();
  readonly #datasets: RunDataset[] = [];
  readonly #modelPaths = new Set<string>();
  readonly #sourceFiles: string[] = [];

  constructor(run: MlflowRun) {
    this.#run = run;
  }

  point(name: string, point: { readonly step: number; readonly value: MetricValue; readonly atMs: number }): void {
    this.#history.add(name, point);
  }

  tag(name: string, value: string): void {
    if (isUsableName(name)) this.#tags.set(name, value);
  }

  dataset(dataset: RunDataset): void {
    if (this.#datasets.length < 100) this.#datasets.push(dataset);
  }

  modelPath(path: string): void {
    if (this.#modelPaths.size < 100) this.#modelPaths.add(path);
  }

  source(file: string): void {
    this.#sourceFiles.push(file);
  }

  record(place: string): RunRecord {
    const { id, experiment, status, startMs, endMs } = this.#run;
    for (const [name, value] of this.#history.last()) this.values.metric(name, value);
    const name = this.#run.name ?? this.#tags.get('mlflow.runName');
    const gitCommit = this.#tags.get('mlflow.source.git.commit');
    const script = this.#tags.get('mlflow.source.name');
    const user = this.#tags.get('mlflow.user');
    // What begins with `mlflow.` is MLflow's own, told where it belongs.
    const tags = [...this.#tags].filter(([tag]) => !tag.startsWith('mlflow.'));
    return {
      tracker: 'mlflow',
      place,
      id,
      ...(name ? { name } : {}),
      ...(experiment === undefined ? {} : { group: experiment }),
      status,
      ...timeOf('startedAt', startMs),
      ...timeOf('endedAt', endMs),
      metrics: this.values.metrics,
      params: this.values.params,
      ...(tags.length > 0 ? { tags: Object.fromEntries(tags) } : {}),
      ...this.#history.build(),
      ...(this.#datasets.length > 0 ? { datasets: this.#datasets } : {}),
      ...(gitCommit && /^[0-9a-f]{40,64}$/.test(gitCommit) ? { gitCommit } : {}),
      ...(script ? { command: script } : {}),
      ...(user ? { user } : {}),
      ...(this.#modelPaths.size > 0 ? { modelPaths: [...this.#modelPaths] } : {}),
      sourceFiles: this.#sourceFiles,
      ...this.values.problems,
    };
  }
}

function timeOf(name: 'startedAt' | 'endedAt', ms: number | undefined): { readonly [key in typeof name]?: string } {
  return ms !== undefined && ms > 0 && ms < 8.64e15 ? { [name]: new Date(ms).toISOString() } : {};
}
