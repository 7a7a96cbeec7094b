import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotFile } from '../../../src/catalog/snapshot.ts';
import { initRegistry } from '../../../src/registry/open.ts';
import { repositoryRoot } from '../harness/install.ts';
import { ADA, beginHistory, writeBelow } from './history.ts';

const MISTAKE = 'models:\n  fraud-detector:\n    outputs: [models/**]\n    deplooy: deploy/fraud\n';
const DECLARED = 'models:\n  fraud-detector:\n    outputs: [models/fraud/**]\n';

/** A folder in which nobody has heard of a registry. */
export async function makeEmptyFolder(dir: string): Promise<string> {
  const workspace = join(dir, 'new-project');
  await writeBelow(workspace, 'README.md', '# New project\n');
  return workspace;
}

/** A project that declares a model, with a registry in which nothing is. */
export async function makeDeclaredProject(dir: string): Promise<string> {
  const workspace = join(dir, 'declared');
  await writeBelow(workspace, 'model-registry.yaml', DECLARED);
  await initRegistry({ dir: join(workspace, '.model-registry') });
  return workspace;
}

/** A project file with a key that nobody knows. */
export async function makeMistakenProject(dir: string): Promise<string> {
  const workspace = join(dir, 'mistaken');
  await writeBelow(workspace, 'model-registry.yaml', MISTAKE);
  return workspace;
}

/** A registry of which a commit was changed on disk. */
export async function makeDamagedProject(dir: string, stateDir: string): Promise<string> {
  const workspace = join(dir, 'damaged');
  const registryDir = join(workspace, '.model-registry');
  await mkdir(workspace);
  const history = await beginHistory(registryDir, { daysAgo: 3, people: [ADA], stateDir });
  const file = await writeBelow(dir, 'damaged.bin', 'weights');
  await history.as(ADA).register({ model: 'fraud-detector', paths: [file], metrics: { auc: 0.9 } });
  await history.close();
  const commit = join(registryDir, 'log/00000000000000000001.jsonl');
  const bytes = Uint8Array.from(await readFile(commit));
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await chmod(commit, 0o644);
  await writeFile(commit, bytes);
  await rm(snapshotFile(registryDir), { force: true });
  return workspace;
}

/** Ann’s copy of a shared registry: one of her promotions was refused, another waits, and the storage is away. */
export async function makeSharedProject(dir: string, stateDir: string): Promise<string> {
  const [share, away] = [join(dir, 'team-share'), join(dir, 'team-share-away')];
  const folder = (person: string) => join(dir, person, 'fraud');
  const cli = (person: string, ...args: readonly string[]) => {
    const env = { ...process.env, MODEL_REGISTRY_STATE_DIR: stateDir };
    try {
      execFileSync(process.execPath, [join(repositoryRoot, 'dist/cli.js'), '-C', folder(person), ...args], {
        env,
        stdio: 'pipe',
      });
    } catch (error) {
      // 3 says that it was recorded here, and isn't shared yet.
      if (!(error instanceof Error && 'status' in error && error.status === 3)) throw error;
    }
  };
  for (const [person, name] of [
    ['ann', 'Ann Lee'],
    ['bob', 'Bob Ray'],
  ] as const) {
    await mkdir(folder(person), { recursive: true });
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder(person), stdio: 'pipe' });
    git('init', '--quiet', '--template=');
    git('config', 'user.name', name);
    git('config', 'user.email', `${person}@example.com`);
    cli(person, 'init');
  }
  await mkdir(share);
  for (const [index, auc] of ['0.91', '0.92', '0.93'].entries()) {
    await writeBelow(folder('ann'), 'model.bin', `weights ${index}`);
    cli('ann', 'register', 'fraud', 'model.bin', '--metrics', `auc=${auc}`);
  }
  cli('ann', 'promote', 'fraud@1', 'production', '--reason', 'First model for the launch');
  cli('ann', 'remote', 'add', share);
  cli('bob', 'remote', 'add', share);
  await rename(share, away);
  cli('ann', 'promote', 'fraud@2', 'production', '--reason', 'Better on the new data');
  await rename(away, share);
  cli('bob', 'promote', 'fraud@3', 'production', '--reason', 'Best of the week');
  cli('ann', 'sync');
  await rename(share, away);
  cli('ann', 'promote', 'fraud@2', 'staging', '--reason', 'To be looked at once more');
  return folder('ann');
}
