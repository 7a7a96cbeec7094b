import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const CELLS = ['x = 1', 'train(x)\nsave_model("out/model.safetensors")'];

/** The folder in which the suite has to run: a repository with a notebook. */
export async function makeNotebookProject(root: string): Promise<void> {
  await writeFile(join(root, '.gitignore'), 'out/\n');
  await writeFile(join(root, 'train.ipynb'), notebookText());
  await writeFile(join(root, 'model-registry.yaml'), 'models:\n  fraud:\n    outputs: [out/**]\n');
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'First'],
  ])
    git(root, ...args);
}

export function git(root: string, ...args: readonly string[]): string {
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  return execFileSync('git', ['-C', root, ...author, ...args], { encoding: 'utf8' }).trim();
}

function notebookText(): string {
  const cells = CELLS.map((source) => ({
    ...{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source },
  }));
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
}
