import { messageOf, RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import { inlineInspector } from '../modelfiles/inspector.ts';
import { matcherOf } from '../project/declared-paths.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import { outputsByRun } from './checkpoints.ts';
import { latestVersion } from './latest-version.ts';
import { MetricsFiles } from './metrics-files.ts';
import { type OutputStamp, sampleOutput } from './output-files.ts';
import { RunOutputs } from './run-outputs.ts';
import type { RunSample } from './run-sample.ts';
import type { WatchOptions } from './watcher.ts';

const SETTLE_MS = 400;
/** Events come in bursts; one look serves them all. */
const LOOK_DELAY_MS = 30;
/** Where the registry is gone, it is looked for again after so many times that files rest. */
const GONE_RESTS = 10;

/** The outputs of one model: notices changes, and has each run's registered once they are complete. */
export class ModelOutputs {
  readonly #name: string;
  readonly #model: ProjectModel;
  readonly #options: WatchOptions;
  readonly #settleMs: number;
  readonly #watchedSinceMs = Date.now();
  readonly #serially = serialQueue();
  readonly #concerns: (path: string) => boolean;
  readonly #metrics: MetricsFiles;
  /** By the folder of the run. */
  readonly #runs = new Map<string, RunOutputs>();
  #timer: { readonly handle: NodeJS.Timeout; readonly dueAt: number } | undefined;
  #lastProblem: string | undefined;
  #hasLooked = false;
  #isDisposed = false;

  constructor(name: string, model: ProjectModel, options: WatchOptions) {
    this.#name = name;
    this.#model = model;
    this.#options = options;
    this.#settleMs = options.settleMs ?? SETTLE_MS;
    this.#metrics = new MetricsFiles(options.root, model.metrics);
    this.#concerns = matcherOf(this.patterns);
  }

  /** Every pattern whose files matter. */
  get patterns(): readonly string[] {
    return [...this.#model.outputs, ...this.#model.metrics];
  }

  /** A file of the workspace changed; its path is relative to the root. */
  noticed(path: string): void {
    if (this.#concerns(path)) this.look();
  }

  /** Looks soon. */
  look(): void {
    this.#schedule(LOOK_DELAY_MS);
  }

  /** Looks now, and returns when that is done. What isn't complete yet is looked at again later. */
  async check(): Promise<void> {
    await this.#serially(() => this.#check());
  }

  /** The same, and tries again what failed. */
  async rescan(): Promise<void> {
    for (const run of this.#runs.values()) run.retry();
    await this.check();
  }

  /** Stops what is being registered. */
  cancel(): void {
    for (const run of this.#runs.values()) run.cancel();
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer?.handle);
    await this.#serially(async () => undefined);
  }

  /** The earliest of the looks asked for is taken; it asks for the next one itself. */
  #schedule(delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    if (this.#isDisposed || (this.#timer && this.#timer.dueAt <= dueAt)) return;
    clearTimeout(this.#timer?.handle);
    const handle = setTimeout(() => {
      this.#timer = undefined;
      void this.#serially(() => this.#check());
    }, delayMs);
    this.#timer = { handle, dueAt };
  }

  async #check(): Promise<void> {
    if (this.#isDisposed) return;
    try {
      const stamps = await sampleOutput(this.#options.root, this.#model.outputs);
      const metrics = stamps ? await this.#metrics.present() : [];
      const samples = samplesOf(stamps ?? []);
      await this.#leaveOldRuns(samples);
      for (const sample of samples) {
        if (this.#isDisposed) return;
        await this.#runOf(sample)
          .check(sample, metrics)
          .catch((error: unknown) => this.#report(error));
      }
    } catch (error) {
      this.#report(error);
    }
  }

  /** At the first look, what earlier runs left in folders of their own is history: only the newest may have gone unseen. */
  async #leaveOldRuns(samples: readonly RunSample[]): Promise<void> {
    if (this.#hasLooked || samples.length === 0) return;
    const earlier = samples.toSorted((a, b) => b.changedAtMs - a.changedAtMs).slice(1);
    if (earlier.length > 0) {
      const latest = await latestVersion(await this.#options.registry(), this.#name);
      for (const sample of earlier)
        if (!latest || sample.changedAtMs < latest.createdAtMs) this.#runOf(sample).leave(sample);
    }
    this.#hasLooked = true;
  }

  #runOf({ outputs }: RunSample): RunOutputs {
    const known = this.#runs.get(outputs.folder);
    if (known) return known;
    const run = new RunOutputs({
      name: this.#name,
      model: this.#model,
      options: this.#options,
      settleMs: this.#settleMs,
      watchedSinceMs: this.#watchedSinceMs,
      metrics: this.#metrics,
      inspector: this.#options.inspector ?? inlineInspector(),
      schedule: (delayMs) => this.#schedule(delayMs),
      report: (error) => this.#report(error),
    });
    this.#runs.set(outputs.folder, run);
    return run;
  }

  /** Once for each thing that goes wrong, however often it is met. */
  #report(error: unknown): void {
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) return;
    // It may be put back: nothing tells of that but another look.
    if (RegistryError.is(error, 'REGISTRY_GONE')) this.#schedule(this.#settleMs * GONE_RESTS);
    const message = messageOf(error);
    if (message === this.#lastProblem) return;
    this.#lastProblem = message;
    this.#options.onProblem(error, this.#name);
  }
}

function samplesOf(stamps: readonly OutputStamp[]): readonly RunSample[] {
  const byPath = new Map(stamps.map((stamp) => [stamp.path, stamp]));
  return outputsByRun(stamps).map((outputs) => {
    const own = outputs.paths.flatMap((path) => byPath.get(path) ?? []);
    return {
      outputs,
      stamps: new Map(own.map((stamp) => [stamp.path, stamp])),
      changedAtMs: Math.max(...own.map(({ changedAtMs }) => changedAtMs)),
    };
  });
}
