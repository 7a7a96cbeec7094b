import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { authorOf } from '../lineage/author.ts';
import type { Registry, Via } from '../registry/api.ts';
import { type LocatedRegistry, locateRegistry } from '../registry/location.ts';
import { progressBar } from './progress.ts';

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
  /** Opens the registry for `use` and closes it afterwards. Throws `REGISTRY_NOT_FOUND`. */
  withRegistry<T>(use: (registry: Registry) => Promise<T>, via?: Via): Promise<T>;
  /** Shows the progress of what runs in `use`, on a terminal, once it takes long enough to be worth it. */
  withProgress<T>(use: (options: OperationOptions) => Promise<T>): Promise<T>;
}

export function commandContext(options: GlobalOptions, signal: AbortSignal): CommandContext {
  const cwd = resolve(options.C ?? '.');
  if (!existsSync(cwd)) throw new RegistryError('PATH_NOT_FOUND', `The folder ${cwd} doesn't exist. Check what you gave with -C.`);
  const isJson = options.json ?? false;
  const locate = () =>
    locateRegistry({ cwd, ...(options.registry === undefined ? {} : { explicit: options.registry }) });
  return {
    cwd,
    isJson,
    signal,
    locate,
    async withRegistry(use, via = 'cli') {
      const located = await locate();
      if (!located.exists) {
        throw new RegistryError(
          'REGISTRY_NOT_FOUND',
          `There is no registry for ${cwd}. Make one with \`model-registry init\`, it would be in ${located.dir}, or name another with --registry.`,
        );
      }
      const { openRegistry } = await import('../registry/open.ts');
      const registry = await openRegistry({ dir: located.dir, author: await authorOf(cwd), via, ...workerOption() });
      try {
        return await use(registry);
      } finally {
        await registry.close();
      }
    },
    withProgress: (use) => progressBar(isJson, signal, use),
  };
}

function workerOption(): { readonly workerFile?: string } {
  const workerFile = join(__dirname, 'worker.js');
  return existsSync(workerFile) ? { workerFile } : {};
}
