import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Author, Via } from '../catalog/read-models/author.ts';
import { hasFollowUps } from '../project/follow-ups.ts';
import type { Recording, Registry } from '../registry/api/registry.ts';
import { type LocatedRegistry, locateRegistry } from '../registry/location.ts';
import type { OpenOptions } from '../registry/open.ts';
import { withProgress } from './progress.ts';
import { type ProjectAround, projectAround } from './project-root.ts';
import { noteAfterwards, noteUnreachable, offline, shareRest } from './sharing.ts';

export interface GlobalOptions {
  /** The folder to work in. */
  readonly C?: string;
  readonly registry?: string;
  readonly json?: boolean;
  /** Leaves shared storage alone. */
  readonly offline?: boolean;
}

/** What every command gets: the folder, the form of the output, and the registry once it is asked for. */
export interface CommandContext {
  readonly cwd: string;
  readonly isJson: boolean;
  /** Given when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
  locate(): Promise<LocatedRegistry>;
  /** The project around the folder, read once; undefined where there is none. Throws `PROJECT_FILE_INVALID`. */
  project(): Promise<ProjectAround | undefined>;
  /** Opens the registry for `use`, in the name of this person, and closes it afterwards. Throws `REGISTRY_NOT_FOUND`. */
  withRegistry<T>(use: (registry: Registry) => Promise<T>, via?: Via): Promise<T>;
  /** The same where nothing is to follow: what is recorded waits to be shared, and no folder, command or webhook of the project is touched. */
  asPerson<T>(use: (registry: Registry) => Promise<T>): Promise<T>;
  /**
   * The same for what needs no author, which is quicker: nobody is asked who this person is. Unless `isFresh` is false, what others
   * shared is taken over first.
   */
  withQueries<T>(
    use: (registry: Registry) => Promise<T>,
    options?: {
      readonly isFresh?: boolean;
      /** What earlier commands recorded may be shared by it: what is to follow that is done then. */
      readonly isFollowed?: boolean;
    },
  ): Promise<T>;
  /** Runs a long operation: Ctrl-C cancels it, and a terminal shows how far it is. */
  withProgress<T>(use: (options: OperationOptions) => Promise<T>): Promise<T>;
}

const NOBODY: Author = { name: '', email: '' };

/** Throws `PATH_NOT_FOUND` where `-C` names no folder. */
export function commandContext(options: GlobalOptions, signal: AbortSignal): CommandContext {
  const cwd = resolve(startedIn(options.C), options.C ?? '.');
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RegistryError('PATH_NOT_FOUND', `There is no folder ${cwd}. Check what you gave with -C.`);
  }
  const isJson = options.json ?? false;
  const locate = () => locateRegistry({ cwd, explicit: options.registry });
  let around: Promise<ProjectAround | undefined> | undefined;
  const project = () => {
    around ??= projectAround(cwd);
    return around;
  };

  async function open<T>(
    author: () => Promise<Pick<OpenOptions, 'author' | 'ownKey'>>,
    via: Via,
    isFresh: boolean,
    use: (registry: Registry) => Promise<T>,
  ): Promise<T> {
    const located = await locate();
    if (!located.exists) throw notFound(cwd, located);
    const [{ openRegistry }, who] = await Promise.all([import('../registry/open.ts'), author()]);
    const connect = options.offline ? { connect: offline } : {};
    const registry = await openRegistry({ dir: located.dir, ...who, via, ...connect, ...workerOption() });
    try {
      if (isFresh && registry.location.remoteUrl !== undefined && !options.offline)
        await registry.sync({ withBytes: false }, { signal }).catch(noteUnreachable);
      return await use(registry);
    } finally {
      await registry.close();
    }
  }

  async function change<T>(registry: Registry, use: (registry: Registry) => Promise<T>): Promise<T> {
    const recordings: Recording[] = [];
    registry.onDidRecord((recording) => recordings.push(recording));
    const result = await use(registry);
    if (registry.location.remoteUrl !== undefined) await shareRest(registry, isJson, signal);
    await follow(registry, recordings);
    return result;
  }

  /** What the project file wants to be done afterwards. It never fails what was done. */
  async function follow(registry: Registry, recordings: readonly Recording[]): Promise<void> {
    if (recordings.length === 0 && registry.location.remoteUrl === undefined) return;
    try {
      const around = await project();
      if (!around || !hasFollowUps(around.project)) return;
      const { followUpAll } = await import('./following-up.ts');
      await followUpAll(recordings, { registry, ...around, isJson, signal });
    } catch (error) {
      noteAfterwards(error);
    }
  }

  return {
    cwd,
    isJson,
    signal,
    locate,
    project,
    withRegistry: (use, via = 'cli') => {
      return open(
        () => personIn(cwd),
        via,
        true,
        (registry) => change(registry, use),
      );
    },
    asPerson: (use) => open(() => personIn(cwd), 'cli', true, use),
    withQueries: (use, { isFresh = true, isFollowed = false } = {}) =>
      open(
        async () => ({ author: NOBODY }),
        'cli',
        isFresh,
        async (registry) => {
          const result = await use(registry);
          if (isFollowed) await follow(registry, []);
          return result;
        },
      ),
    withProgress: (use) => withProgress(isJson, signal, use),
  };
}

/** The folder that the command was started in, which somebody may have removed. Where `-C` is whole, it doesn't matter. */
function startedIn(option: string | undefined): string {
  try {
    return option !== undefined && isAbsolute(option) ? option : process.cwd();
  } catch (cause) {
    throw new RegistryError(
      'PATH_NOT_FOUND',
      'The folder that the command was started in is gone. Change to another one, or name one with -C.',
      { cause },
    );
  }
}

/** Who works in the folder, and what they sign with. */
async function personIn(cwd: string): Promise<Required<Pick<OpenOptions, 'author' | 'ownKey'>>> {
  const [{ authorOf }, { ownKeyIn }] = await Promise.all([
    import('../lineage/author.ts'),
    import('../lineage/own-key.ts'),
  ]);
  return { author: await authorOf(cwd), ownKey: ownKeyIn(cwd, { env: process.env, isInteractive: true }) };
}

/** The error for a folder without a registry, with the way to get one. */
export function notFound(cwd: string, { dir, how }: LocatedRegistry): RegistryError {
  const message =
    how === 'explicit'
      ? `There is no registry in ${dir}. Make one there with \`model-registry --registry ${dir} init\`, or correct --registry.`
      : `There is no registry for ${cwd}. Make one with \`model-registry init\` (it would be in ${dir}), or name another with --registry.`;
  return new RegistryError('REGISTRY_NOT_FOUND', message, { details: { dir } });
}

/** The built worker, where it lies beside the command line. */
export function workerOption(): { readonly workerFile?: string } {
  const workerFile = join(__dirname, 'worker.js');
  return existsSync(workerFile) ? { workerFile } : {};
}
