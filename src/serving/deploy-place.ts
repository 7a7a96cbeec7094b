import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { isThere } from '../storage/is-there.ts';
import { hasCode, isAbsent } from '../storage/system-errors.ts';

/**
 * Where a declared folder really is, or will be. Throws `PATH_OUTSIDE_WORKSPACE` where a link on the way leads out of the workspace, or
 * nowhere: a project file must not be able to have anything written elsewhere.
 */
export async function deployPlace(root: string, path: string): Promise<string> {
  const realRoot = await realpath(root);
  const place = resolve(realRoot, path);
  let ancestor = dirname(place);
  const below = [basename(place)];
  while (!(await isThere(ancestor))) {
    below.unshift(basename(ancestor));
    ancestor = dirname(ancestor);
  }
  const real = await realpath(ancestor).catch((error: unknown) => {
    if (isAbsent(error) || hasCode(error, 'ELOOP')) return undefined;
    throw error;
  });
  const within = realRoot.endsWith(sep) ? realRoot : realRoot + sep;
  const isInside = real === realRoot || real?.startsWith(within);
  if (real !== undefined && isInside && place.startsWith(within)) return join(real, ...below);
  throw new RegistryError(
    'PATH_OUTSIDE_WORKSPACE',
    `deploy: ${path} in model-registry.yaml leads ${real === undefined ? 'nowhere' : `through a link to ${real}, outside of the workspace`}, so nothing is written there. Name a folder inside the workspace.`,
  );
}
