import { messageOf, RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import type { RegisterResult, Registry, VersionSummary } from '../registry/api.ts';
import { captureOutputs, readAll } from './capture.ts';
import { latestVersion, versionWithFiles } from './latest-version.ts';
import { MetricsFiles } from './metrics-files.ts';
import { completenessOf, type FileStamp, matcherOf, type OutputSample, sampleOutput } from './output-files.ts';
import type { WatchOptions } from './watcher.ts';

const SETTLE_MS = 400;
/** How much longer formats that don't say when they are complete must rest. */
const PLAUSIBLE_FACTOR = 4;
/** How much longer files must rest where metrics are declared that the run may still write. */
const METRICS_FACTOR = 5;
/** After how much rest a file that isn't complete is taken for abandoned. */
const ABANDONED_FACTOR = 75;
const MAX_RECHECK_MS = 5000;
/** Events come in bursts; one look serves them all. */
const LOOK_DELAY_MS = 30;

/** The outputs of one model: notices changes, waits until they are complete, registers them. */
export class ModelOutputs {
  readonly #name: string;
  readonly #model: ProjectModel;
  readonly #options: WatchOptions;
  readonly #settleMs: number;
  readonly #serially = serialQueue();
  readonly #concerns: (path: string) => boolean;
  readonly #metrics: MetricsFiles;
  #timer: { readonly handle: NodeJS.Timeout; readonly dueAt: number } | undefined;
  /** Since when everything has been as it is. */
  #rest: { readonly key: string; readonly since: number } | undefined;
  /** The outputs that were registered, or found to be registered, with their version. */
  #registered: { readonly fingerprint: string; readonly version: VersionSummary } | undefined;
  /** What couldn't be registered: not tried again until it changes or a person comes back. */
  #failed: string | undefined;
  /** What a person didn't want registered: not tried again until it changes. */
  #cancelled: string | undefined;
  #running: AbortController | undefined;
  #lastProblem: string | undefined;
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
  async rescan(): Promise<void> {
    this.#failed = undefined;
    await this.#serially(() => this.#check());
  }

  /** Stops what is being registered. */
  cancel(): void {
    this.#running?.abort();
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
      const sample = await sampleOutput(this.#options.root, this.#model.outputs);
      if (!sample) {
        this.#rest = undefined;
        return;
      }
      const metrics = await this.#metrics.present();
      if (sample.fingerprint === this.#registered?.fingerprint) await this.#completeRegistered(sample, metrics);
      else if (!this.#isGivenUp(sample, metrics) && (await this.#isSettled(sample, metrics))) {
        await this.#register(sample, metrics);
      }
    } catch (error) {
      this.#rest = undefined;
      this.#report(error);
    }
  }

  #isGivenUp(sample: OutputSample, metrics: readonly FileStamp[]): boolean {
    return [this.#failed, this.#cancelled].includes(stateOf(sample, metrics));
  }

  /** True once outputs and metrics files have been as they are for long enough; else, the next look is scheduled. */
  async #isSettled(sample: OutputSample, metrics: readonly FileStamp[]): Promise<boolean> {
    const restedMs = this.#restedMs(sample, metrics);
    if (restedMs === 0) return this.#isRested(0, this.#settleMs);
    const completeness = await completenessOf(sample);
    if (typeof completeness === 'string') {
      return this.#isRested(restedMs, completeness === 'complete' ? this.#settleMs : this.#settleMs * PLAUSIBLE_FACTOR);
    }
    if (restedMs < this.#settleMs * ABANDONED_FACTOR) {
      this.#schedule(Math.min(MAX_RECHECK_MS, restedMs));
      return false;
    }
    throw new RegistryError(
      'OUTPUT_INCOMPLETE',
      `${completeness.incomplete} isn't complete, and nothing has been written to it for a while: did training stop? It isn't registered. Train again, or remove it.`,
    );
  }

  /** For how long everything has been as it is; 0 at the first look. */
  #restedMs(sample: OutputSample, metrics: readonly FileStamp[]): number {
    const key = stateOf(sample, metrics);
    const now = performance.now();
    if (this.#rest?.key !== key) this.#rest = { key, since: now };
    return now - this.#rest.since;
  }

  #isRested(restedMs: number, neededMs: number): boolean {
    // Timers may come a little early.
    if (restedMs >= neededMs - 2) return true;
    this.#schedule(neededMs - restedMs);
    return false;
  }

  async #register(sample: OutputSample, present: readonly FileStamp[]): Promise<void> {
    const registry = await this.#options.registry();
    const latest = await latestVersion(registry, this.#name);
    // Not written since the newest version: registered then, unless another worktree or person made that version.
    const isOld = latest !== undefined && sample.changedAtMs < latest.createdAtMs;
    const known = isOld ? await this.#orRetry(() => versionWithFiles(registry, this.#name, sample.files)) : undefined;
    if (known === 'retry') return;
    if (known) {
      this.#registered = { fingerprint: sample.fingerprint, version: known };
      await this.#completeRegistered(sample, present);
      return;
    }
    const files = this.#metrics.ofRun(present, {
      changedAtMs: sample.changedAtMs,
      previousUntilMs: latest?.completedAtMs ?? 0,
    });
    const isWaiting = !isOld && !(await this.#metrics.isAllOf(files));
    if (isWaiting && !this.#isRested(this.#restedMs(sample, present), this.#settleMs * METRICS_FACTOR)) return;
    const result = await this.#record(registry, sample, files, isOld).catch((error: unknown) => {
      // The same files would fail in the same way again.
      this.#failed = stateOf(sample, present);
      if (RegistryError.is(error, 'OPERATION_CANCELLED')) this.#cancelled = this.#failed;
      throw error;
    });
    if (result === 'retry') return;
    this.#metrics.settle(present);
    this.#registered = { fingerprint: sample.fingerprint, version: result.version };
    // What was written meanwhile may be its metrics, or already the next run.
    this.look();
    if (result.isNew) this.#options.onRegistered(result);
  }

  async #record(
    registry: Registry,
    sample: OutputSample,
    metrics: readonly FileStamp[],
    isOld: boolean,
  ): Promise<RegisterResult | 'retry'> {
    const { root, providers, onBusy, onProgress } = this.#options;
    const running = new AbortController();
    this.#running = running;
    onBusy?.(true);
    try {
      const captured = await captureOutputs(
        sample.files,
        metrics.map(({ file }) => file),
        { root, name: this.#name, model: this.#model, providers },
      );
      for (const problem of captured.problems) this.#report(problem);
      if (captured.problems.length === 0) this.#lastProblem = undefined;
      // The code of today says nothing about outputs from before the newest version.
      const { code, ...withoutCode } = captured.request;
      const request = isOld ? withoutCode : captured.request;
      return await this.#orRetry(() =>
        registry.register({ ...request, onlyNewBytes: true, via: 'auto' }, { signal: running.signal, onProgress }),
      );
    } finally {
      this.#running = undefined;
      onBusy?.(false);
    }
  }

  /** Files that change or vanish while they are read are still being written: they are looked at again. */
  async #orRetry<T>(read: () => Promise<T>): Promise<T | 'retry'> {
    try {
      return await read();
    } catch (error) {
      if (!RegistryError.is(error, 'FILE_CHANGED') && !RegistryError.is(error, 'PATH_NOT_FOUND')) throw error;
      this.#rest = undefined;
      this.#schedule(this.#settleMs);
      return 'retry';
    }
  }

  /**
   * Adds metrics that the run wrote after its outputs were registered. Values that contradict the version's are not of its run: they
   * are left for the outputs that follow.
   */
  async #completeRegistered(sample: OutputSample, present: readonly FileStamp[]): Promise<void> {
    const version = this.#registered?.version;
    const late = this.#metrics.lateFor(present, sample);
    if (!version || late.length === 0) return;
    // The outputs of a next run may follow its metrics at once.
    if (!this.#isRested(this.#restedMs(sample, present), this.#settleMs * METRICS_FACTOR)) return;
    const registry = await this.#options.registry();
    for (const stamp of late) {
      const metrics = await readAll([stamp.file], this.#options.providers.metrics);
      const { metrics: own } = await registry.show({ ref: version.id });
      const names = Object.keys(metrics);
      if (names.some((name) => own[name] !== undefined && own[name] !== metrics[name])) continue;
      if (names.some((name) => own[name] === undefined)) await registry.completeMetrics({ ref: version.id, metrics });
      this.#metrics.settle([stamp]);
    }
  }

  /** Once for each thing that goes wrong, however often it is met. */
  #report(error: unknown): void {
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) return;
    const message = messageOf(error);
    if (message === this.#lastProblem) return;
    this.#lastProblem = message;
    this.#options.onProblem(error, this.#name);
  }
}

/** Equal as long as neither outputs nor metrics files change. */
function stateOf(sample: OutputSample, metrics: readonly FileStamp[]): string {
  return [sample.fingerprint, ...metrics.map((stamp) => stamp.key)].join('\n');
}
