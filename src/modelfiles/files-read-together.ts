import { readdir } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import type { InspectRequest } from './inspector.ts';

/** Files that describe the folder they are in. */
const OF_FOLDER = /^(MLmodel|saved_model\.pb|config\.json|adapter_config\.json|.*\.index\.json)$/;
/** Formats whose weights may lie in files beside, which begin with the model's own name. */
const WITH_NEIGHBOURS = /\.onnx$/i;

/** The same of a list of files, relative and with `/`: `path` itself, and those that are read with it. */
export function filesBeside(path: string, all: readonly string[]): readonly string[] {
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  const inFolder = all.filter((other) => folder === '.' || other.startsWith(`${folder}/`));
  if (OF_FOLDER.test(name)) return inFolder;
  if (!WITH_NEIGHBOURS.test(name)) return [path];
  return inFolder.filter((other) => posix.dirname(other) === folder && posix.basename(other).startsWith(name));
}

/** What is read where a person opens one file: the file, or those that it stands for. */
export async function filesReadTogether(file: string): Promise<InspectRequest> {
  const name = basename(file);
  if (OF_FOLDER.test(name)) return { path: dirname(file) };
  if (!WITH_NEIGHBOURS.test(name)) return { path: file };
  const folder = dirname(file);
  const entries = await readdir(folder, { withFileTypes: true });
  const neighbours = entries.filter((entry) => entry.isFile() && entry.name !== name && entry.name.startsWith(name));
  return {
    files: [name, ...neighbours.map((entry) => entry.name)].map((path) => ({ path, file: join(folder, path) })),
  };
}
