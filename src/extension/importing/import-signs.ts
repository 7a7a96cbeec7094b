import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isReachable } from '../../storage/is-there.ts';

/** Where a folder shows, by names alone, that something keeps models in it: each group by all its paths. */
const SIGNS: readonly (readonly string[])[] = [['mlruns'], ['mlflow.db'], ['dvc.yaml'], ['wandb']];
/** What is saved for Hugging Face is a folder of its own as often as it is the folder that is open. */
const OF_HUGGING_FACE: readonly (readonly string[])[] = [
  ['config.json', 'model.safetensors'],
  ['config.json', 'model.safetensors.index.json'],
  ['config.json', 'pytorch_model.bin'],
  ['adapter_config.json', 'adapter_model.safetensors'],
];
const MOST_FOLDERS = 50;

/** Whether a folder may have something to import. Some looks at names, whatever the folder holds. */
export async function mayHaveImports(root: string): Promise<boolean> {
  if (await hasOne(root, [...SIGNS, ...OF_HUGGING_FACE])) return true;
  const found = await Promise.all((await foldersIn(root)).map((folder) => hasOne(folder, OF_HUGGING_FACE)));
  return found.includes(true);
}

async function hasOne(folder: string, signs: typeof SIGNS): Promise<boolean> {
  const found = await Promise.all(
    signs.map(async (paths) =>
      (await Promise.all(paths.map((path) => isReachable(join(folder, path))))).every(Boolean),
    ),
  );
  return found.includes(true);
}

async function foldersIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .slice(0, MOST_FOLDERS)
      .map(({ name }) => join(root, name));
  } catch {
    // What can't be listed shows nothing; an import that is asked for says why.
    return [];
  }
}
