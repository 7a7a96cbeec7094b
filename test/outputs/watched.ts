import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { CaptureProviders } from '../../src/outputs/capture.ts';
import { RunsGoingOn } from '../../src/outputs/running.ts';
import { type OutputWatcher, watchOutputs } from '../../src/outputs/watcher.ts';
import { usableProject } from '../../src/project/parse-project.ts';
import type { RegisterResult } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { readMetricsFile, readParamsFile } from '../../src/runs/values-file.ts';

const SETTLE_MS = 60;
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export const PROJECT = `
models:
  fraud:
    outputs: [models/fraud/**]
    metrics: [reports/metrics.json]
    params: [params.yaml]
    data: [data/*.csv]
    tags: { team: risk }
`;

/** A workspace with a registry whose outputs are watched. */
export interface Watched {
  readonly root: string;
  readonly registry: Registry;
  readonly watcher: OutputWatcher;
  readonly registered: readonly RegisterResult[];
  /** What another watcher had registered just before. */
  readonly elsewhere: readonly RegisterResult[];
  readonly problems: readonly unknown[];
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Waits until as many versions were registered. */
  untilRegistered(count: number): Promise<void>;
}

const providers: CaptureProviders = {
  code: async () => undefined,
  environment: async () => undefined,
  metrics: readMetricsFile,
  params: readParamsFile,
};

export async function makeWorkspace(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'model-registry-outputs-'));
  ends.push(() => rm(root, { recursive: true, force: true }));
  return root;
}

export async function writeIn(root: string, path: string, content: string | Uint8Array): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

export async function watchWorkspace(
  root: string,
  project = PROJECT,
  onProgress?: (watcher: OutputWatcher) => void,
): Promise<Watched> {
  const { dir } = await initRegistry({ dir: join(root, '.model-registry') });
  const registry = await openRegistry({
    dir,
    author: { name: 'Ann', email: 'ann@example.org' },
    via: 'cli',
    stateDir: join(root, '.state'),
  });
  const registered: RegisterResult[] = [];
  const elsewhere: RegisterResult[] = [];
  const problems: unknown[] = [];
  const watcher: OutputWatcher = watchOutputs({
    root,
    project: usableProject(project, 'model-registry.yaml'),
    registry: async () => registry,
    providers,
    goingOn: new RunsGoingOn(root, () => undefined),
    onRegistered: (result) => registered.push(result),
    onElsewhere: (result) => elsewhere.push(result),
    onProblem: (error) => problems.push(error),
    ...(onProgress ? { onProgress: () => onProgress(watcher) } : {}),
    settleMs: SETTLE_MS,
  });
  ends.push(async () => {
    await watcher.dispose();
    await registry.close();
  });
  return {
    root,
    registry,
    watcher,
    registered,
    elsewhere,
    problems,
    write: (path, content) => writeIn(root, path, content),
    untilRegistered: (count) =>
      until(
        () => registered.length >= count,
        () => `${registered.length} of ${count} versions; ${problems.join('; ')}`,
      ),
  };
}

/** Waits for a state, at most ten seconds. */
export async function until(isReached: () => boolean | Promise<boolean>, state: () => string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isReached())) {
    if (Date.now() > end) throw new Error(`It didn't happen: ${state()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
