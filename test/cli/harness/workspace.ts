import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execFileDone = promisify(execFile);

/** A temporary folder to work in. */
export interface Workspace {
  readonly dir: string;
  /** Writes a file, with its folders. */
  write(path: string, text: string | Uint8Array): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
  dispose(): Promise<void>;
}

/** A folder without git. */
export async function plainFolder(): Promise<Workspace> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'model-registry-work-')));
  return {
    dir,
    async write(path, text) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    },
    async git(...args) {
      return (await execFileDone('git', args, { cwd: dir })).stdout.trim();
    },
    dispose: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A git repository of Ann Lee's with one commit: a model's files, metrics, params and data. */
export async function gitProject(): Promise<Workspace> {
  const workspace = await plainFolder();
  await workspace.git('init', '-q', '-b', 'main');
  await workspace.git('config', 'user.name', 'Ann Lee');
  await workspace.git('config', 'user.email', 'ann@example.org');
  await writeTraining(workspace, { weights: 'first', auc: 0.912 });
  await workspace.write('data/train.csv', 'amount,label\n1,0\n');
  await workspace.git('add', '.');
  await workspace.git('commit', '-qm', 'First model');
  return workspace;
}

/** What a training run leaves behind. */
export async function writeTraining(
  workspace: Workspace,
  run: { readonly weights: string; readonly auc: number },
): Promise<void> {
  await workspace.write('models/fraud/weights.bin', run.weights);
  await workspace.write('models/fraud/config.json', '{"layers": 2}\n');
  await workspace.write('reports/metrics.json', JSON.stringify({ auc: run.auc, loss: 1 - run.auc }));
  await workspace.write('params.yaml', 'learning_rate: 0.1\nepochs: 5\n');
}

/** The arguments that register what `writeTraining` wrote. */
export const REGISTER = [
  'register',
  'fraud-detector',
  'models/fraud',
  '--metrics',
  'reports/metrics.json',
  '--params',
  'params.yaml',
  '--data',
  'data/train.csv',
] as const;
