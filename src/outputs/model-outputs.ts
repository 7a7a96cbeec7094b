import picomatch from 'picomatch';
import { RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import type { Metrics } from '../registry/api.ts';
import { captureOutputs } from './capture.ts';
import { completenessOf, type OutputSample, sampleOutput } from './output-files.ts';
import type { WatchOptions } from './watcher.ts';

const SETTLE_MS = 400;
/** How much longer formats that don't say when they are complete must rest. */
const PLAUSIBLE_FACTOR = 4;
const MAX_RECHECK_MS = 5000;
/** How long metrics that are written after the model are waited for. */
const METRICS_PATIENCE_MS = 1500;

/** The outputs of one model: notices changes, waits until they are complete, registers them. */
export class ModelOutputs {
  readonly #name: string;
  readonly #model: ProjectModel;
  readonly #options: WatchOptions;
  readonly #settleMs: number;
  readonly #serially = serialQueue();
  readonly #isOutput: (path: string) => boolean;
  readonly #isMetrics: (path: string) => boolean;
  #timer: NodeJS.Timeout | undefined;
  #sample: { readonly value: OutputSample; readonly since: number } | undefined;
  #recheckMs: number;
  #waitingForMetricsSince: number | undefined;
  /** What the files looked like when they were registered, or found to be registered. */
  #registered: string | undefined;
  /** The last version registered here, where it lacks metrics files. */
  #incomplete: { readonly id: string; readonly files: readonly string[] } | undefined;
  #isDisposed = false;

  constructor(name: string, model: ProjectModel, options: WatchOptions) {
    this.#name = name;
    this.#model = model;
    this.#options = options;
    this.#settleMs = options.settleMs ?? SETTLE_MS;
    this.#recheckMs = this.#settleMs;
    const patterns = model.outputs.flatMap((pattern) => [pattern, `${pattern.replace(/\/$/, '')}/**`]);
    this.#isOutput = picomatch(patterns);
    this.#isMetrics = model.metrics.length === 0 ? () => false : picomatch([...model.metrics]);
  }

  /** Every pattern whose files matter. */
  get patterns(): readonly string[] {
    return [...this.#model.outputs, ...this.#model.metrics];
  }

  /** A file of the workspace changed. */
  noticed(path: string): void {
    if (this.#isOutput(path) || this.#isMetrics(path)) this.look();
  }

  /** Looks soon. */
  look(): void {
    this.#recheckMs = this.#settleMs;
    this.#schedule(0);
  }

  /** Looks now, and returns when that is done. What isn't complete yet is looked at again later. */
  async rescan(): Promise<void> {
    await this.#serially(() => this.#check());
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#serially(async () => undefined);
  }

  #schedule(delayMs: number): void {
    if (this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#serially(() => this.#check()), delayMs);
  }

  async #check(): Promise<void> {
    if (this.#isDisposed) return;
    try {
      const sample = await sampleOutput(this.#options.root, this.#model.outputs);
      if (!sample) {
        this.#sample = undefined;
        return;
      }
      if (sample.fingerprint === this.#registered) {
        await this.#addLateMetrics();
        return;
      }
      if (await this.#isSettled(sample)) await this.#register(sample);
    } catch (error) {
      this.#sample = undefined;
      this.#options.onProblem(error, this.#name);
    }
  }

  /** True once the files have stayed the same long enough; schedules the next look where they haven't. */
  async #isSettled(sample: OutputSample): Promise<boolean> {
    const now = performance.now();
    if (this.#sample?.value.fingerprint !== sample.fingerprint) {
      this.#sample = { value: sample, since: now };
      this.#recheckMs = this.#settleMs;
      this.#schedule(this.#settleMs);
      return false;
    }
    const completeness = await completenessOf(sample);
    if (completeness === 'incomplete') {
      this.#recheckMs = Math.min(MAX_RECHECK_MS, this.#recheckMs * 2);
      this.#schedule(this.#recheckMs);
      return false;
    }
    const restMs = completeness === 'complete' ? this.#settleMs : this.#settleMs * PLAUSIBLE_FACTOR;
    const leftMs = restMs - (now - this.#sample.since);
    if (leftMs <= 5) return true;
    this.#schedule(leftMs);
    return false;
  }

  async #register(sample: OutputSample): Promise<void> {
    const { root, providers, onRegistered, onBusy } = this.#options;
    const registry = await this.#options.registry();
    const latest = await this.#latest();
    const registeredAtMs = latest ? Date.parse(latest.createdAt) : 0;
    if (sample.changedAtMs < registeredAtMs) {
      // Nothing was written since the newest version: that is what was registered then.
      this.#registered = sample.fingerprint;
      return;
    }
    const { request, missingMetrics } = await captureOutputs(sample.files, {
      root,
      name: this.#name,
      model: this.#model,
      providers,
      metricsSinceMs: registeredAtMs,
    });
    if (missingMetrics.length > 0 && this.#shouldWaitForMetrics()) return;
    onBusy?.(true);
    try {
      const result = await registry.register({ ...request, onlyNewBytes: true, via: 'auto' });
      this.#registered = sample.fingerprint;
      this.#incomplete =
        result.isNew && missingMetrics.length > 0 ? { id: result.version.id, files: missingMetrics } : undefined;
      if (result.isNew) onRegistered(result);
    } catch (error) {
      if (!RegistryError.is(error, 'FILE_CHANGED') && !RegistryError.is(error, 'PATH_NOT_FOUND')) {
        // The same files would fail in the same way again: wait for the next change.
        this.#registered = sample.fingerprint;
        throw error;
      }
      this.#sample = undefined;
      this.#schedule(this.#settleMs);
    } finally {
      this.#waitingForMetricsSince = undefined;
      onBusy?.(false);
    }
  }

  #shouldWaitForMetrics(): boolean {
    this.#waitingForMetricsSince ??= performance.now();
    if (performance.now() - this.#waitingForMetricsSince >= METRICS_PATIENCE_MS) return false;
    this.#schedule(this.#settleMs);
    return true;
  }

  async #latest() {
    const registry = await this.#options.registry();
    try {
      return (await registry.listVersions({ model: this.#name, limit: 1 })).items[0];
    } catch (error) {
      if (RegistryError.is(error, 'MODEL_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** Metrics that were written after the version was registered complete it. */
  async #addLateMetrics(): Promise<void> {
    const incomplete = this.#incomplete;
    if (!incomplete) return;
    const registry = await this.#options.registry();
    const version = await registry.show({ ref: incomplete.id });
    const sinceMs = Date.parse(version.createdAt);
    const { request, missingMetrics } = await captureOutputs([], {
      root: this.#options.root,
      name: this.#name,
      model: { ...this.#model, data: [], params: [] },
      providers: this.#options.providers,
      metricsSinceMs: sinceMs,
    });
    const metrics: Metrics = request.metrics ?? {};
    if (Object.keys(metrics).length === 0) return;
    await registry.completeMetrics({ ref: incomplete.id, metrics });
    this.#incomplete = missingMetrics.length > 0 ? { ...incomplete, files: missingMetrics } : undefined;
  }
}
