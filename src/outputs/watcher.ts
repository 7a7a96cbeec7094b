import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { Inspector } from '../modelfiles/inspector.ts';
import type { Project } from '../project/project-schema.ts';
import { refusalOf } from '../project/refused-models.ts';
import { refusalOfSection } from '../project/unusable-sections.ts';
import type { RegisterResult } from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CaptureProviders } from './capture.ts';
import { ModelOutputs } from './model-outputs.ts';
import { isNetworkDrive } from './network-drive.ts';
import type { RunsGoingOn } from './running.ts';
import { slowPoll } from './slow-poll.ts';
import { watchPlaces } from './watch-places.ts';

export interface WatchOptions {
  /** The folder of the project file. */
  readonly root: string;
  readonly project: Project;
  /** Asked for at the first registration: the registry may not exist before. */
  readonly registry: () => Promise<Registry>;
  readonly providers: CaptureProviders;
  /** Reads whether files are whole; on the calling thread unless given. */
  readonly inspector?: Pick<Inspector, 'completeness'>;
  /** Who runs in the workspace. */
  readonly goingOn: RunsGoingOn;
  /** `earlier` is the version that the new one takes the place of: it was registered before its run had ended. */
  readonly onRegistered: (result: RegisterResult, earlier?: VersionSummary) => void;
  /** The outputs were written again, while they were watched, with the bytes that the newest version has, and nobody knows of another run. */
  readonly onSame?: (result: RegisterResult) => void;
  /** Another watcher made the version of these outputs just now. */
  readonly onElsewhere?: (result: RegisterResult) => void;
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
 * Registers a version whenever a declared output is complete. Watches the places of the outputs and metrics only, and takes events as
 * hints. Where the system refuses to watch, or a drive doesn't tell what other machines write, it also looks by itself: every five
 * seconds, less often where a look takes long.
 */
export function watchOutputs(options: WatchOptions): OutputWatcher {
  const models = Object.entries(options.project.models)
    .filter(([, model]) => model.outputs.length > 0)
    .map(([name, model]) => new ModelOutputs(name, model, options));
  for (const refused of options.project.refused ?? []) options.onProblem(refusalOf(refused), refused.name);
  for (const section of options.project.unusable ?? []) options.onProblem(refusalOfSection(section), undefined);
  const polling = slowPoll(() => Promise.all(models.map((model) => model.check())));
  let isRefused = false;

  const lookAtAll = () => {
    for (const model of models) model.look();
  };

  const fallBack = (error: unknown) => {
    polling.begin();
    if (isRefused) return;
    isRefused = true;
    options.onProblem(
      new RegistryError(
        'WATCH_FAILED',
        `Changes of the outputs aren't noticed at once: ${adviceFor(error)} Until then Model Registry looks every few seconds, and whenever a command ends or the window gets the focus.`,
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
  void isNetworkDrive(options.root).then((isRemote) => {
    if (isRemote) polling.begin();
  });
  return {
    async rescan() {
      await arm();
      await Promise.all(models.map((model) => model.rescan()));
    },
    cancel() {
      for (const model of models) model.cancel();
    },
    async dispose() {
      polling.end();
      await Promise.all(models.map((model) => model.dispose()));
      await places.close();
    },
  };
}

/** Why the system refuses, and what a person can do about it. */
function adviceFor(error: unknown): string {
  const code = systemErrorCode(error) ?? messageOf(error);
  switch (code) {
    case 'ENOSPC':
      return 'the limit of watched files is reached. Raise fs.inotify.max_user_watches (sudo sysctl fs.inotify.max_user_watches=524288), or exclude large folders in files.watcherExclude.';
    case 'EMFILE':
    case 'ENFILE':
      return `the limit of open files is reached (${code}). Close other programs that watch files, or raise fs.inotify.max_user_instances.`;
    default:
      return `the system can't watch them (${code}). On a network drive that is usual; a folder on a local disk can be watched.`;
  }
}
