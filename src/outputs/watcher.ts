import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { Project } from '../project/project-schema.ts';
import type { RegisterResult, Registry, VersionSummary } from '../registry/api.ts';
import type { CaptureProviders } from './capture.ts';
import { ModelOutputs } from './model-outputs.ts';
import type { RunsGoingOn } from './running.ts';
import { watchPlaces } from './watch-places.ts';

const POLL_MS = 2000;

export interface WatchOptions {
  /** The folder of the project file. */
  readonly root: string;
  readonly project: Project;
  /** Asked for at the first registration: the registry may not exist before. */
  readonly registry: () => Promise<Registry>;
  readonly providers: CaptureProviders;
  /** Who runs in the workspace. */
  readonly goingOn: RunsGoingOn;
  /** `earlier` is the version that the new one takes the place of: it was registered before its run had ended. */
  readonly onRegistered: (result: RegisterResult, earlier?: VersionSummary) => void;
  /** Something that a person should know. What can be retried is. */
  readonly onProblem: (error: unknown, model: string | undefined) => void;
  /** True while a version is being registered. */
  readonly onBusy?: (isBusy: boolean) => void;
  /** How far the version is that is being registered. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * How long files must stay as they are to count as written, for formats that say when they are complete; 400 unless given. Everything
   * else that is waited for takes a multiple of it.
   */
  readonly settleMs?: number;
}

export interface OutputWatcher {
  /** Looks at all declared outputs now, for what no event told of. */
  rescan(): Promise<void>;
  /** Stops what is being registered. Those files are left alone until they change. */
  cancel(): void;
  dispose(): Promise<void>;
}

/**
 * Registers a version whenever a declared output is complete. Watches the places of the outputs and metrics only, takes events as
 * hints, and looks again every two seconds where the system refuses to watch.
 */
export function watchOutputs(options: WatchOptions): OutputWatcher {
  const models = Object.entries(options.project.models).map(([name, model]) => new ModelOutputs(name, model, options));
  let poll: NodeJS.Timeout | undefined;
  let isDisposed = false;

  const lookAtAll = () => {
    for (const model of models) model.look();
  };

  const fallBack = (error: unknown) => {
    if (poll || isDisposed) return;
    const code = systemErrorCode(error) ?? messageOf(error);
    const advice =
      code === 'ENOSPC'
        ? 'the limit of watched files is reached; raise fs.inotify.max_user_watches'
        : `the system can't watch them (${code})`;
    poll = setInterval(lookAtAll, POLL_MS);
    options.onProblem(
      new RegistryError(
        'WATCH_FAILED',
        `Changes of the outputs aren't noticed at once: ${advice}. Model Registry looks every ${POLL_MS / 1000} seconds instead.`,
      ),
      undefined,
    );
  };

  const places = watchPlaces({
    root: options.root,
    patterns: [...new Set(models.flatMap((model) => model.patterns))],
    onChange: (path) => {
      for (const model of models) model.noticed(path);
    },
    onWatched: lookAtAll,
    onRefused: fallBack,
  });
  const arm = () => places.arm().catch(fallBack);

  void arm();
  return {
    async rescan() {
      await arm();
      await Promise.all(models.map((model) => model.rescan()));
    },
    cancel() {
      for (const model of models) model.cancel();
    },
    async dispose() {
      isDisposed = true;
      clearInterval(poll);
      await Promise.all(models.map((model) => model.dispose()));
      await places.close();
    },
  };
}
