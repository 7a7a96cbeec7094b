import { dirname } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { Inspector } from '../modelfiles/inspector.ts';
import type { Completeness } from '../modelfiles/model-format.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import type { RegisterResult } from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import { type Checkpoint, wantedCheckpoints } from './checkpoints.ts';
import { addLateMetrics, addMissing } from './late-metrics.ts';
import { latestVersion, versionWithFiles } from './latest-version.ts';
import type { MetricsFiles } from './metrics-files.ts';
import type { FileStamp } from './output-files.ts';
import { type Part, type Recording, recordRun } from './record-run.ts';
import {
  abandonedRestMs,
  completeRestMs,
  earlyMs,
  lateLooksMs,
  metricsRestMs,
  neededRestMs,
  recheckMs,
} from './rest.ts';
import type { RunLink } from './run-link.ts';
import { incomplete, runFailed } from './run-problems.ts';
import { keyOf, type RunSample, stampsOf, writtenIn } from './run-sample.ts';
import type { RunState, Writer } from './running.ts';
import { withoutCopies } from './saved-copies.ts';
import { providersAt } from './several-writers.ts';
import { withWriter } from './started-runs.ts';
import { TrackersOfRun } from './trackers-of-run.ts';
import type { WatchOptions } from './watcher.ts';
import { wholenessOf } from './wholeness.ts';

/** Clocks of file systems are coarser than the system's. */
const CLOCK_SLACK_MS = 1000;

/** What the outputs of one run need from those of their model. */
export interface RunOutputsContext {
  readonly name: string;
  readonly model: ProjectModel;
  readonly options: WatchOptions;
  readonly settleMs: number;
  /** Since when somebody is there who may be told what was written, milliseconds since the epoch. */
  readonly watchedSinceMs: number;
  readonly metrics: MetricsFiles;
  readonly inspector: Pick<Inspector, 'completeness'>;
  /** Looks again after this time. */
  readonly schedule: (delayMs: number) => void;
  readonly report: (error: unknown) => void;
}

/** What is known once outputs may be registered. */
interface Ready {
  readonly parts: readonly Part[];
  readonly link: RunLink;
  readonly state: RunState;
  /** By their own account. */
  readonly isComplete: boolean;
}

/** What was registered, or found to be. */
interface Registered {
  readonly version: VersionSummary;
  /** The state of each file then. */
  readonly keys: ReadonlySet<string>;
  readonly runId: string | undefined;
  /** Who may have written the outputs. */
  readonly writers: ReadonlySet<string>;
  /** That the run had not ended would have been seen. */
  readonly isSure: boolean;
  readonly atMs: number;
}

/** The outputs of one run: waits until they are complete and the run is over, and registers one version, or all checkpoints. */
export class RunOutputs {
  readonly #context: RunOutputsContext;
  /** Since when everything has been as it is. */
  #rest: { readonly key: string; readonly since: number } | undefined;
  readonly #trackers: TrackersOfRun;
  #registered: Registered | undefined;
  /** The registered version's run was seen to go on. */
  #isContinued = false;
  /** When the run of the registered version is looked at for the last metrics. */
  #lateLooks: readonly number[] = [];
  /** What couldn't be registered: not tried again until it changes or a person comes back. */
  #failed: string | undefined;
  /** What a person didn't want registered, or what was there before anybody watched: not tried again until it changes. */
  #left: string | undefined;
  #recording: AbortController | undefined;

  constructor(context: RunOutputsContext) {
    this.#context = context;
    this.#trackers = new TrackersOfRun(context);
  }

  /** Tries again what failed. */
  retry(): void {
    this.#failed = undefined;
  }

  /** Stops what is being registered. */
  cancel(): void {
    this.#recording?.abort();
  }

  /** As they are now, the outputs are of no interest. */
  leave(sample: RunSample): void {
    this.#left = keyOf(sample, []);
  }

  /** Looks at the outputs as they are now: registers them, asks for another look, or does nothing. */
  async check(sample: RunSample, metrics: readonly FileStamp[]): Promise<void> {
    try {
      if (this.#isKnown(sample)) await this.#completeRegistered(sample, metrics);
      else if (this.#left !== keyOf(sample, []) && this.#failed !== keyOf(sample, metrics)) {
        const ready = await this.#ready(sample, metrics);
        if (ready) await this.#register(sample, metrics, ready);
      }
    } catch (error) {
      this.#rest = undefined;
      throw error;
    }
  }

  /** Nothing was written since. Of a series, old checkpoints may have been removed. */
  #isKnown({ stamps, outputs }: RunSample): boolean {
    const keys = this.#registered?.keys;
    if (!keys) return false;
    const isSame = [...stamps.values()].every(({ key }) => keys.has(key));
    return isSame && (outputs.checkpoints.length > 0 || stamps.size === keys.size);
  }

  /** What is to be registered; undefined where it isn't time yet, and then the next look is asked for. */
  async #ready(sample: RunSample, metrics: readonly FileStamp[]): Promise<Ready | undefined> {
    const { settleMs, schedule } = this.#context;
    const { checkpoints, paths } = sample.outputs;
    const key = keyOf(sample, metrics);
    const restedMs = this.#restedMs(key);
    if (restedMs === 0) this.#noteContinuation(sample);
    const isSeries = checkpoints.length > 0;
    const sizeBytes = [...sample.stamps.values()].reduce((sum, stamp) => sum + stamp.sizeBytes, 0);
    if (!this.#isRested(restedMs, isSeries ? settleMs : completeRestMs(settleMs, sizeBytes))) return undefined;
    const whole = isSeries ? undefined : await this.#wholenessOf(sample, paths);
    if (whole?.kind === 'incomplete') return this.#waitFor(sample, whole.path, restedMs);
    const state = this.#stateOf(sample);
    const link = await this.#trackers.linkOf(sample, key);
    const isComplete = whole?.kind === 'complete';
    const neededMs = neededRestMs({ settleMs, sizeBytes, isComplete, isSeries, state, status: link.status });
    if (restedMs < neededMs - 2) {
      schedule(Math.min(neededMs - restedMs, recheckMs(restedMs, settleMs)));
      return undefined;
    }
    const parts = isSeries
      ? await this.#wholeCheckpoints(sample, link, restedMs)
      : [{ files: stampsOf(sample, paths).map(({ file }) => file) }];
    return parts && { parts, link, state, isComplete };
  }

  /** The checkpoints that stand for the run and are all there. One that was never finished gives way to another. */
  async #wholeCheckpoints(sample: RunSample, link: RunLink, restedMs: number): Promise<readonly Part[] | undefined> {
    const { checkpoints, companions } = sample.outputs;
    const broken = new Set<Checkpoint>();
    for (;;) {
      const left = checkpoints.filter((candidate) => !broken.has(candidate));
      const chosen = wantedCheckpoints(left, link.checkpoints, this.#context.model.checkpoints);
      const wanted = await withoutCopies(chosen, left, (path) => sample.stamps.get(path)?.file);
      if (wanted.length === 0) throw incomplete(checkpoints[0]?.paths[0] ?? '');
      let isAnyBroken = false;
      for (const checkpoint of wanted) {
        const whole = await this.#wholenessOf(sample, checkpoint.paths);
        if (whole.kind !== 'incomplete') continue;
        if (restedMs < abandonedRestMs(this.#context.settleMs)) return this.#waitFor(sample, whole.path, restedMs);
        broken.add(checkpoint);
        isAnyBroken = true;
      }
      if (isAnyBroken) continue;
      return wanted.map((checkpoint) => ({
        checkpoint,
        files: stampsOf(sample, [...checkpoint.paths, ...companions]).map(({ file }) => file),
      }));
    }
  }

  /** Throws `OUTPUT_INCOMPLETE` for what nobody has written to for long, and nobody seems to write to. */
  #waitFor(sample: RunSample, path: string, restedMs: number): undefined {
    const { settleMs, schedule } = this.#context;
    const isAbandoned = restedMs >= abandonedRestMs(settleMs) && this.#stateOf(sample).kind !== 'running';
    if (isAbandoned) throw incomplete(path);
    schedule(recheckMs(restedMs, settleMs));
    return undefined;
  }

  #wholenessOf(sample: RunSample, paths: readonly string[]): Promise<Completeness> {
    return wholenessOf(stampsOf(sample, paths), this.#context.inspector);
  }

  #stateOf(sample: RunSample): RunState {
    const { goingOn } = this.#context.options;
    const files = [...sample.stamps.values()].map(({ file, path }) => ({ file, isAtRoot: !path.includes('/') }));
    // In the workspace's own folder, others write, too.
    const places = new Set(files.map(({ file, isAtRoot }) => (isAtRoot ? file : dirname(file))));
    return goingOn.stateOf(sample.changedAtMs, [...places]);
  }

  /** For how long everything has been as it is; 0 at the first look. */
  #restedMs(key: string): number {
    const now = performance.now();
    if (this.#rest?.key !== key) this.#rest = { key, since: now };
    return now - this.#rest.since;
  }

  #isRested(restedMs: number, neededMs: number): boolean {
    // Timers may come a little early.
    if (restedMs >= neededMs - 2) return true;
    this.#context.schedule(neededMs - restedMs);
    return false;
  }

  /** Whoever was there when the version was registered, and is when its outputs change again, is the same run. */
  #noteContinuation(sample: RunSample): void {
    const before = this.#registered;
    if (!before || before.writers.size === 0 || this.#isContinued) return;
    this.#isContinued = this.#stateOf(sample).writers.some((id) => before.writers.has(id));
  }

  async #register(sample: RunSample, present: readonly FileStamp[], ready: Ready): Promise<void> {
    const { name, model, settleMs, watchedSinceMs, metrics, options } = this.#context;
    const registry = await options.registry();
    const latest = await latestVersion(registry, name);
    // Not written since the newest version: registered then, unless another worktree or person made that version.
    const isOld = latest !== undefined && sample.changedAtMs < latest.createdAtMs;
    if (isOld && ready.parts[0]?.checkpoint) {
      // Which of the run's checkpoints was chosen then can't be told from those that are left.
      this.leave(sample);
      return;
    }
    const key = keyOf(sample, present);
    const writer = options.goingOn.writerOf(sample.changedAtMs, writtenIn(sample, model.outputs));
    if (!isOld && (await this.#isOfFailedRun(sample, writer))) return;
    const files = ready.parts[0]?.files ?? [];
    const known = isOld ? await this.#orRetry(() => versionWithFiles(registry, name, files)) : undefined;
    if (known === 'retry') return;
    if (known) {
      this.#remember(sample, ready, known);
      await this.#completeRegistered(sample, present);
      return;
    }
    const metricsFiles = metrics.ofRun(present, {
      firstWrittenAtMs: Math.min(...[...sample.stamps.values()].map(({ mtimeMs }) => mtimeMs)),
      changedAtMs: sample.changedAtMs,
      previousUntilMs: latest?.completedAtMs ?? 0,
    });
    const isWaiting = !isOld && !(await metrics.isAllOf(metricsFiles));
    if (isWaiting && !this.#isRested(this.#restedMs(key), metricsRestMs(settleMs))) return;
    const earlier = this.#earlier(sample, ready);
    const startedAtMs = writer?.command.start === undefined ? 0 : writer.command.startedAtMs;
    const newSinceMs = startedAtMs > (latest?.createdAtMs ?? 0) ? startedAtMs : undefined;
    const how = { isOld: isOld && writer === undefined, newSinceMs, earlier, writer };
    const results = await this.#record(registry, ready, metricsFiles, how).catch((error: unknown) => {
      // The same files would fail in the same way again, unless it's the registry that is missing.
      if (!RegistryError.is(error, 'REGISTRY_GONE')) this.#failed = key;
      if (RegistryError.is(error, 'OPERATION_CANCELLED')) this.leave(sample);
      throw error;
    });
    const last = results === 'retry' ? undefined : results.at(-1);
    if (results === 'retry' || !last) return;
    metrics.settle(present);
    this.#remember(sample, ready, last.version);
    // What was written meanwhile may be its metrics, or already the next run.
    this.#context.schedule(0);
    for (const result of results) if (result.isNew) options.onRegistered(result, result === last ? earlier : undefined);
    if (results.some(({ isNew }) => isNew)) return;
    const isBefore = Date.parse(last.version.createdAt) < sample.changedAtMs;
    if (!isBefore) options.onElsewhere?.(last);
    // Otherwise every window would say it again whenever it is opened.
    else if (sample.changedAtMs >= watchedSinceMs - CLOCK_SLACK_MS) options.onSame?.(last);
  }

  /** What a run leaves that failed is no version by itself; a person can still make it one. */
  async #isOfFailedRun(sample: RunSample, writer: Writer | undefined): Promise<boolean> {
    const exitCode = writer?.command.exitCode ?? 0;
    if (exitCode === 0) return false;
    const { name, options } = this.#context;
    this.leave(sample);
    options.onProblem(await runFailed(name, exitCode, writer), name);
    return true;
  }

  async #record(
    registry: Registry,
    { parts, link }: Ready,
    metricsFiles: readonly FileStamp[],
    { writer, ...how }: Pick<Recording, 'isOld' | 'newSinceMs' | 'earlier'> & { readonly writer: Writer | undefined },
  ): Promise<readonly RegisterResult[] | 'retry'> {
    const { name, model, options, report } = this.#context;
    const { root, onBusy, onProgress } = options;
    const recording = new AbortController();
    this.#recording = recording;
    onBusy?.(true);
    try {
      const providers = await providersAt(options.providers, writer);
      return await this.#orRetry(() =>
        recordRun({
          capture: { root, name, model, providers },
          registry,
          parts,
          link: withWriter(link, writer),
          metricsFiles: metricsFiles.map(({ file }) => file),
          ...how,
          operation: { signal: recording.signal, onProgress },
          onProblem: report,
        }),
      );
    } finally {
      this.#recording = undefined;
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
      this.#context.schedule(this.#context.settleMs);
      return 'retry';
    }
  }

  #remember(sample: RunSample, { link, state, isComplete }: Ready, version: VersionSummary): void {
    const now = performance.now();
    this.#registered = {
      version,
      keys: new Set([...sample.stamps.values()].map(({ key }) => key)),
      runId: link.run?.id,
      writers: new Set(state.writers),
      isSure:
        state.kind === 'ended' ||
        link.status === 'finished' ||
        (sample.outputs.checkpoints.length === 0 && (state.isSeeing || isComplete)),
      atMs: now,
    };
    this.#isContinued = false;
    this.#lateLooks = this.#context.options.providers.runs
      ? lateLooksMs(this.#context.settleMs).map((ms) => now + ms)
      : [];
  }

  /** The version that was registered too early, if what is to be registered now is of the same run. */
  #earlier(sample: RunSample, { link, state }: Ready): VersionSummary | undefined {
    const before = this.#registered;
    if (!before) return undefined;
    if (before.runId !== undefined && link.run?.id !== undefined)
      return before.runId === link.run.id ? before.version : undefined;
    if (this.#isContinued || state.writers.some((id) => before.writers.has(id))) return before.version;
    const isSeries = sample.outputs.checkpoints.length > 0;
    const isSoon = performance.now() - before.atMs < earlyMs(this.#context.settleMs, isSeries);
    if (before.isSure || !isSoon) return undefined;
    const keys = new Set([...sample.stamps.values()].map(({ key }) => key));
    // A new run begins its series anew.
    return !isSeries || [...before.keys].every((key) => keys.has(key)) ? before.version : undefined;
  }

  /** Adds metrics that the run wrote after its outputs were registered. */
  async #completeRegistered(sample: RunSample, present: readonly FileStamp[]): Promise<void> {
    const version = this.#registered?.version.id;
    if (version === undefined) return;
    const { metrics, options, settleMs } = this.#context;
    await this.#completeFromRun(sample, version);
    const files = metrics.lateFor(present, sample);
    if (files.length === 0) return;
    // The outputs of a next run may follow its metrics at once.
    if (!this.#isRested(this.#restedMs(keyOf(sample, present)), metricsRestMs(settleMs))) return;
    const registry = await options.registry();
    const read = options.providers.metrics;
    metrics.settle(await addLateMetrics({ registry, version, files, read, onProblem: this.#context.report }));
  }

  /** Trackers may get the last metrics after the model was saved. */
  async #completeFromRun(sample: RunSample, version: string): Promise<void> {
    const now = performance.now();
    const [next] = this.#lateLooks;
    if (next === undefined) return;
    if (now < next - 2) {
      this.#context.schedule(next - now);
      return;
    }
    this.#lateLooks = this.#lateLooks.filter((at) => at > now);
    const before = this.#registered?.runId;
    const { run, metrics } = await this.#trackers.linkOf(sample, `${keyOf(sample, [])}\n${next}`);
    // A next run isn't found for outputs from before it, but plain files that it wrote are: they contradict.
    if (run?.id === before)
      await addMissing(await this.#context.options.registry(), version, metrics, before !== undefined);
    if (this.#lateLooks[0] !== undefined) this.#context.schedule(this.#lateLooks[0] - now);
  }
}
