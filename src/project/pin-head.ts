import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { parseProject } from './parse-project.ts';
import { readProject } from './project-file.ts';
import { PROJECT_FILE } from './project-file-name.ts';

/** Writes the head into the project file, in place of the one that is there; everything else, comments too, stays as it is. */
export async function pinHead(root: string, head: string): Promise<string> {
  const file = join(root, PROJECT_FILE);
  await readProject(root);
  const document = parseDocument(await readFile(file, 'utf8'));
  document.set('head', head);
  const text = document.toString();
  parseProject(text, file);
  const temporary = join(root, `.${PROJECT_FILE}.${randomUUID()}`);
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return file;
}
