import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { CaptureProviders } from '../../src/outputs/capture.ts';
import type { RunningProcess } from '../../src/outputs/processes.ts';
import { RunsGoingOn, type SeenCommand } from '../../src/outputs/running.ts';
import { type OutputWatcher, watchOutputs } from '../../src/outputs/watcher.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { RegisterResult } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { readMetricsFile, readParamsFile } from '../../src/runs/values-file.ts';

/** Short enough for tests, long enough for a busy machine; everything that is waited for is a multiple of it. */
export const SETTLE_MS = 50;

export interface Workspace {
  readonly root: string;
  readonly registry: Registry;
  readonly write: (path: string, contents: string | Uint8Array) => Promise<string>;
  /** Writes under another name, then renames, as careful trainers do. */
  readonly writeAtomically: (path: string, contents: string | Uint8Array) => Promise<void>;
  /** All versions of the model, oldest first. */
  readonly versions: () => Promise<readonly VersionSummary[]>;
  /** Waits until there are `count` versions and returns the newest. */
  readonly newest: (count: number) => Promise<VersionSummary>;
}

export async function makeWorkspace(): Promise<Workspace> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'model-registry-outputs-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const root = join(dir, 'workspace');
  await mkdir(root);
  const location = await initRegistry({ dir: join(dir, 'registry') });
  const registry = await openRegistry({
    dir: location.dir,
    author: { name: 'Ada', email: 'ada@example.com' },
    via: 'editor',
    stateDir: join(dir, 'state'),
  });
  onTestFinished(() => registry.close());
  const write = async (path: string, contents: string | Uint8Array) => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  };
  const versions = async () => {
    if ((await registry.listModels()).items.length === 0) return [];
    return (await registry.listVersions({ model: 'fraud' })).items.toReversed();
  };
  return {
    root,
    registry,
    write,
    writeAtomically: async (path, contents) => rename(await write(`${path}.tmp`, contents), join(root, path)),
    versions,
    newest: (count) =>
      vi.waitFor(
        async () => {
          const all = await versions();
          const last = all.at(-1);
          if (all.length !== count || !last) throw new Error(`There are ${all.length} versions instead of ${count}.`);
          return last;
        },
        { timeout: 10_000, interval: 10 },
      ),
  };
}

export interface Watching extends OutputWatcher {
  readonly goingOn: RunsGoingOn;
  /** Ids of versions that others took the place of. */
  readonly superseded: readonly string[];
  readonly registered: RegisterResult[];
  readonly problems: unknown[];
  /** Looks again and again for as long as anything that is written could be waited for. */
  readonly quiet: () => Promise<void>;
}

/** Watches the outputs that the YAML text declares for the model `fraud`. */
export function watchWorkspace(
  workspace: Pick<Workspace, 'root' | 'registry'>,
  declared: string,
  options: {
    readonly settleMs?: number;
    readonly commit?: () => string;
    readonly runs?: CaptureProviders['runs'];
    /** Without it, processes can't be seen. */
    readonly look?: () => readonly RunningProcess[];
    /** Looks at the processes of this machine. */
    readonly looksAtProcesses?: boolean;
    /** More models of the project, as YAML. */
    readonly others?: string;
    /** Runs that others record. */
    readonly recordings?: () => readonly SeenCommand[];
    readonly onSame?: (result: RegisterResult) => void;
  } = {},
): Watching {
  const registered: RegisterResult[] = [];
  const problems: unknown[] = [];
  const { settleMs = SETTLE_MS, commit, runs, look, looksAtProcesses, others = '', recordings } = options;
  const goingOn = new RunsGoingOn(workspace.root, looksAtProcesses ? undefined : () => look?.(), recordings);
  const superseded: string[] = [];
  const watcher = watchOutputs({
    root: workspace.root,
    project: parseProject(`models:\n  fraud: {${declared}}\n  ${others}\n`, 'model-registry.yaml'),
    registry: async () => workspace.registry,
    providers: {
      code: async () => commit && { commit: commit(), isDirty: false, capturedAt: 'detection' },
      environment: async () => undefined,
      metrics: readMetricsFile,
      params: readParamsFile,
      ...(runs ? { runs } : {}),
    },
    goingOn,
    onRegistered: (result, earlier) => {
      registered.push(result);
      if (earlier) superseded.push(earlier.id);
    },
    ...(options.onSame ? { onSame: options.onSame } : {}),
    onProblem: (error) => problems.push(error),
    settleMs,
  });
  onTestFinished(() => watcher.dispose());
  return {
    ...watcher,
    goingOn,
    superseded,
    registered,
    problems,
    quiet: async () => {
      const until = performance.now() + settleMs * 8;
      await vi.waitUntil(
        async () => {
          await watcher.rescan();
          return performance.now() > until;
        },
        { timeout: 10_000, interval: settleMs / 2 },
      );
    },
  };
}
