import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { pathInside } from '../base/inside.ts';
import type { CommandContext } from './context.ts';
import { projectAround } from './project-root.ts';

/**
 * Asks with what was given, and where nothing is known by that, with the same place as the project records it: data that is named from
 * within a folder, or by its absolute path.
 */
export async function askByPlace<T>(
  { cwd }: CommandContext,
  of: string,
  ask: (of: string) => Promise<T>,
): Promise<{ readonly of: string; readonly answer: T }> {
  try {
    return { of, answer: await ask(of) };
  } catch (error) {
    const place = RegistryError.is(error, 'IMPACT_UNKNOWN') ? await placeInProject(cwd, of) : undefined;
    if (place === undefined) throw error;
    try {
      return { of: place, answer: await ask(place) };
    } catch (second) {
      throw RegistryError.is(second, 'IMPACT_UNKNOWN') ? error : second;
    }
  }
}

async function placeInProject(cwd: string, of: string): Promise<string | undefined> {
  const root = (await projectAround(cwd).catch(() => undefined))?.root ?? repositoryAround(cwd);
  if (root === undefined) return undefined;
  const path = pathInside(realOf(root), realOf(resolve(cwd, of.replace(/^data:/, ''))));
  return path ? `data:${path}` : undefined;
}

function repositoryAround(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The file itself may be gone, or be a link of DVC's: only its folder counts. */
function realOf(path: string): string {
  try {
    return join(realpathSync.native(dirname(path)), relative(dirname(path), path));
  } catch {
    return path;
  }
}
