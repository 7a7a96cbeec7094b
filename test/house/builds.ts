import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const FOLDER_VARIABLE = 'MODEL_REGISTRY_TEST_BUILDS';

/** Something built from the sources as they are. */
export interface Build {
  readonly folder: string;
  dispose(): Promise<void>;
}

/** Before the first test: a folder for what several test files need built. Nothing is built that none of them asks for. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await folderForAll(join(realpathSync.native(tmpdir()), 'model-registry-builds-'));
  process.env[FOLDER_VARIABLE] = folder;
  // While somebody works on them, the sources change.
  project.onTestsRerun(async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  });
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Has `build` fill a folder, once for all test files of a run that ask for this name; they change nothing in it. */
export async function builtOnce(name: string, build: (folder: string) => Promise<void>): Promise<Build> {
  const ofAll = process.env[FOLDER_VARIABLE];
  if (ofAll === undefined) {
    const own = await folderForAll(join(tmpdir(), `model-registry-${name}-`));
    await build(own);
    return { folder: own, dispose: () => rm(own, { recursive: true, force: true, maxRetries: 5 }) };
  }
  const folder = join(ofAll, name);
  if (!existsSync(folder)) {
    const own = await folderForAll(join(ofAll, `${name}-`));
    await build(own);
    await rename(own, folder).catch(async (error: unknown) => {
      // Another one was first.
      if (!existsSync(folder)) throw error;
      await rm(own, { recursive: true });
    });
  }
  return { folder, dispose: async () => undefined };
}

/** Also for other users, whom some tests run as. */
async function folderForAll(prefix: string): Promise<string> {
  const folder = await mkdtemp(prefix);
  await chmod(folder, 0o755);
  return folder;
}
