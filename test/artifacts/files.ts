import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files below `folder`: contents by path, `/` between the parts. */
export async function writeTree(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, ...path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** Everything below `folder` by path: a file's text, `-> target` for a link, and an empty folder as `path/`. */
export async function readTree(folder: string, prefix = ''): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const name = prefix + entry.name;
    if (entry.isSymbolicLink()) tree[name] = `-> ${await readlink(path)}`;
    else if (entry.isFile()) tree[name] = await readFile(path, 'utf8');
    else {
      const inner = await readTree(path, `${name}/`);
      Object.assign(tree, Object.keys(inner).length === 0 ? { [`${name}/`]: '' } : inner);
    }
  }
  return tree;
}

/** Permission bits of a file. */
export async function modeOf(path: string): Promise<number> {
  return (await lstat(path)).mode & 0o777;
}
