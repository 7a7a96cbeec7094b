import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { setContext } from '../set-context.ts';

/** Where a folder shows, by names alone, that something keeps models in it: each group by all its paths. */
const SIGNS: readonly (readonly string[])[] = [
  ['mlruns'],
  ['mlflow.db'],
  ['dvc.yaml'],
  ['wandb'],
  ['config.json', 'model.safetensors'],
  ['adapter_config.json', 'adapter_model.safetensors'],
];

/** Whether a folder may have something to import. A few looks at names, whatever the folder holds. */
export async function mayHaveImports(root: vscode.WorkspaceFolder): Promise<boolean> {
  const isThere = (path: string) =>
    stat(join(root.uri.fsPath, path)).then(
      () => true,
      () => false,
    );
  const found = await Promise.all(SIGNS.map(async (paths) => (await Promise.all(paths.map(isThere))).every(Boolean)));
  return found.includes(true);
}

/** The folders of the window that may have something to import. */
export async function importRoots(): Promise<readonly vscode.WorkspaceFolder[]> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const found = await Promise.all(roots.map(mayHaveImports));
  const sources = roots.filter((_, index) => found[index] === true);
  await setContext('modelRegistry.hasImports', sources.length > 0);
  return sources;
}
