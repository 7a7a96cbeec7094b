import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SIZES = { 'a.bin': 3_000, 'c.txt': 100, 'sub/b.bin': 40_000 };
const MARKER = '.model-registry-pull.json';

function contentOf(token: string, path: string, sizeBytes: number): string {
  const line = `${token} ${path}\n`;
  return line.repeat(Math.ceil(sizeBytes / line.length));
}

/** Writes the files of the version that `token` stands for. */
export async function writeWeights(folder: string, token: string): Promise<void> {
  await mkdir(join(folder, 'sub'), { recursive: true });
  for (const [path, sizeBytes] of Object.entries(SIZES))
    await writeFile(join(folder, path), contentOf(token, path, sizeBytes));
}

/** The token of the version that `folder` holds whole, with nothing beside it; undefined where there is no folder. Throws for a mixture. */
export async function weightsIn(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return undefined;
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== MARKER)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  if (files.join() !== Object.keys(SIZES).join()) throw new Error(`${folder} is half written: ${files.join(', ')}`);
  const token = (await readFile(join(folder, 'a.bin'), 'utf8')).split(' ')[0] ?? '';
  for (const [path, sizeBytes] of Object.entries(SIZES)) {
    if ((await readFile(join(folder, path), 'utf8')) !== contentOf(token, path, sizeBytes))
      throw new Error(`${path} in ${folder} isn't the one of ${token}`);
  }
  return token;
}
