import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { Project } from '../project/project-schema.ts';
import type { RegisterResult, Registry } from '../registry/api.ts';
import type { CaptureProviders } from './capture.ts';
import { ModelOutputs } from './model-outputs.ts';
import { isIgnored, watchPlace } from './output-files.ts';

const POLL_MS = 2000;

export interface WatchOptions {
  /** The folder of the project file. */
  readonly root: string;
  readonly project: Project;
  /** Asked for at the first registration: the registry may not exist before. */
  readonly registry: () => Promise<Registry>;
  readonly providers: CaptureProviders;
  readonly onRegistered: (result: RegisterResult) => void;
  /** Something that a person should know. What can be retried is. */
  readonly onProblem: (error: unknown, model: string | undefined) => void;
  /** True while a version is being registered. */
  readonly onBusy?: (isBusy: boolean) => void;
  /** How long files must stay as they are to count as written, for formats that say when they are complete; 400 unless given. */
  readonly settleMs?: number;
}

export interface OutputWatcher {
  /** Looks at all declared outputs now, for what no event told of. */
  rescan(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Registers a version whenever a declared output is complete. Watches the places of the outputs and metrics only, takes events as
 * hints, and looks again every two seconds where the system refuses to watch.
 */
export function watchOutputs(options: WatchOptions): OutputWatcher {
  const models = Object.entries(options.project.models).map(([name, model]) => new ModelOutputs(name, model, options));
  const watchers = new Map<string, FSWatcher>();
  let poll: NodeJS.Timeout | undefined;
  let isDisposed = false;

  const onEvent = (path: string) => {
    const changed = relative(options.root, path).split('\\').join('/');
    if (isIgnored(changed)) return;
    for (const model of models) model.noticed(changed);
  };

  const fallBack = (error: unknown) => {
    if (poll || isDisposed) return;
    const code = systemErrorCode(error) ?? messageOf(error);
    const advice =
      code === 'ENOSPC'
        ? 'the limit of watched files is reached; raise fs.inotify.max_user_watches'
        : `the system can't watch them (${code})`;
    options.onProblem(
      new RegistryError(
        'WATCH_FAILED',
        `Changes of the outputs aren't noticed at once: ${advice}. Model Registry looks every ${POLL_MS / 1000} seconds instead.`,
      ),
      undefined,
    );
    poll = setInterval(() => void rescan(), POLL_MS);
  };

  const place = (base: string, depth: number) => {
    const target = join(options.root, base);
    if (existsSync(target)) return { target, depth };
    let parent = dirname(target);
    while (!existsSync(parent) && parent !== options.root) parent = dirname(parent);
    // Its next level may appear there; the event arms the watchers anew.
    return { target: parent, depth: 0 };
  };

  const arm = () => {
    if (isDisposed) return;
    for (const { base, depth } of models.flatMap((model) => model.patterns.map(watchPlace))) {
      const { target, depth: levels } = place(base, depth);
      const key = `${target}\0${levels}`;
      if (watchers.has(key)) continue;
      const watcher = watch(target, {
        depth: levels,
        ignoreInitial: true,
        followSymlinks: false,
        ignored: (path) => path !== target && isIgnored(relative(options.root, path)),
      });
      watchers.set(key, watcher);
      watcher.on('error', fallBack);
      // What came between looking and watching told nobody.
      watcher.on('ready', lookAgain);
      watcher.on('all', (event, path) => {
        if (event === 'addDir') lookAgain();
        else onEvent(path);
      });
    }
  };

  function lookAgain(): void {
    arm();
    for (const model of models) model.look();
  }

  async function rescan(): Promise<void> {
    arm();
    await Promise.all(models.map((model) => model.rescan()));
  }

  arm();
  return {
    rescan,
    async dispose() {
      isDisposed = true;
      clearInterval(poll);
      await Promise.all(models.map((model) => model.dispose()));
      await Promise.all([...watchers.values()].map((watcher) => watcher.close()));
    },
  };
}
