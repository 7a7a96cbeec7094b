import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Author, Registry, RegistryQueries, Via } from '../registry/api.ts';
import { type LocatedRegistry, locateRegistry } from '../registry/location.ts';
import { withProgress } from './progress.ts';

export interface GlobalOptions {
  /** The folder to work in. */
  readonly C?: string;
  readonly registry?: string;
  readonly json?: boolean;
}

/** What every command gets: the folder, the form of the output, and the registry once it is asked for. */
export interface CommandContext {
  readonly cwd: string;
  readonly isJson: boolean;
  /** Given when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
  locate(): Promise<LocatedRegistry>;
  /** Opens the registry for `use`, in the name of this person, and closes it afterwards. Throws `REGISTRY_NOT_FOUND`. */
  withRegistry<T>(use: (registry: Registry) => Promise<T>, via?: Via): Promise<T>;
  /** The same for reading only, which is quicker: nobody is asked who this person is. */
  withQueries<T>(use: (registry: RegistryQueries) => Promise<T>): Promise<T>;
  /** Runs a long operation: Ctrl-C cancels it, and a terminal shows how far it is. */
  withProgress<T>(use: (options: OperationOptions) => Promise<T>): Promise<T>;
}

const NOBODY: Author = { name: '', email: '' };

/** Throws `PATH_NOT_FOUND` where `-C` names no folder. */
export function commandContext(options: GlobalOptions, signal: AbortSignal): CommandContext {
  const cwd = resolve(options.C ?? '.');
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RegistryError('PATH_NOT_FOUND', `There is no folder ${cwd}. Check what you gave with -C.`);
  }
  const isJson = options.json ?? false;
  const locate = () => locateRegistry({ cwd, explicit: options.registry });

  async function open<T>(author: () => Promise<Author>, via: Via, use: (registry: Registry) => Promise<T>): Promise<T> {
    const located = await locate();
    if (!located.exists) throw notFound(cwd, located);
    const [{ openRegistry }, by] = await Promise.all([import('../registry/open.ts'), author()]);
    const registry = await openRegistry({ dir: located.dir, author: by, via, ...workerOption() });
    try {
      return await use(registry);
    } finally {
      await registry.close();
    }
  }

  return {
    cwd,
    isJson,
    signal,
    locate,
    withRegistry: (use, via = 'cli') => {
      return open(async () => (await import('../lineage/author.ts')).authorOf(cwd), via, use);
    },
    withQueries: (use) => open(async () => NOBODY, 'cli', use),
    withProgress: (use) => withProgress(isJson, signal, use),
  };
}

/** The error for a folder without a registry, with the way to get one. */
export function notFound(cwd: string, { dir, how }: LocatedRegistry): RegistryError {
  const message =
    how === 'explicit'
      ? `There is no registry in ${dir}. Make one there with \`model-registry --registry ${dir} init\`, or correct --registry.`
      : `There is no registry for ${cwd}. Make one with \`model-registry init\` (it would be in ${dir}), or name another with --registry.`;
  return new RegistryError('REGISTRY_NOT_FOUND', message, { details: { dir } });
}

function workerOption(): { readonly workerFile?: string } {
  const workerFile = join(__dirname, 'worker.js');
  return existsSync(workerFile) ? { workerFile } : {};
}
