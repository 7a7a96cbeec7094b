import { fork } from 'node:child_process';
import * as v from 'valibot';

/** What another process needs to make a catalog. */
export const buildRequestSchema = v.object({
  /** The folder of the log, in which the catalog is written. */
  logDir: v.string(),
  /** The registry's folder, where the log is a copy of a shared one and lies in a folder of its own. */
  dir: v.string(),
  registryId: v.string(),
  formatHash: v.string(),
});
export type BuildRequest = v.InferOutput<typeof buildRequestSchema>;

const builtSchema = v.object({ file: v.string() });

/** Most of what lives for a while lives until the end: moving it about in a small nursery takes a good part of the time. */
const MEMORY = '--max-semi-space-size=64';

/** How `Catalog` is to make one, where there is a built `worker.js`; undefined without. */
export function apartBuilder(
  workerFile: string | undefined,
  request: BuildRequest,
): (() => Promise<string | undefined>) | undefined {
  return workerFile === undefined ? undefined : () => buildApart(workerFile, request);
}

/**
 * Has a catalog made by a process of its own, whose memory is gone with it. Returns the file that it wrote, under a temporary name; undefined where it
 * failed for whatever reason, for whoever asked to find out by doing it.
 */
function buildApart(workerFile: string, request: BuildRequest): Promise<string | undefined> {
  return new Promise((resolve) => {
    let file: string | undefined;
    const child = fork(workerFile, ['build-catalog', JSON.stringify(request)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [MEMORY],
      // Where this is an editor, its program runs scripts only when it is told to.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    child.on('message', (message) => {
      const built = v.safeParse(builtSchema, message);
      if (built.success) file = built.output.file;
    });
    child.on('error', () => resolve(undefined));
    child.on('exit', () => resolve(file));
  });
}
