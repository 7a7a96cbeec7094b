import { RegistryError } from '../base/errors.ts';
import { pinHead } from '../project/pin-head.ts';
import type { LogHead } from '../registry/api/log.ts';
import { pinnedHead } from '../registry/shared/pinned.ts';
import { remoteUrl } from '../registry/shared/remote-url.ts';
import { findProject } from './project-root.ts';

/** What the project around `cwd` pins for this remote, where there is one that does. Throws `PROJECT_FILE_INVALID`. */
export async function pinnedHere(cwd: string, url: string | undefined): Promise<LogHead | undefined> {
  if (url === undefined) return undefined;
  try {
    return pinnedHead((await findProject(cwd)).project, url);
  } catch (error) {
    if (!RegistryError.is(error, 'PROJECT_FILE_MISSING')) throw error;
    return undefined;
  }
}

/** Writes the head into the project file, which has to name the shared registry that it is of. Returns the file. */
export async function pinHere(cwd: string, { seq, hash }: LogHead, url: string | undefined): Promise<string> {
  const { root, project } = await findProject(cwd);
  if (url === undefined || seq === 0)
    throw new RegistryError('NO_REMOTE', 'Only a head of a shared registry with something in it can be pinned.');
  if (project.remote === undefined || remoteUrl(project.remote) !== url) {
    throw new RegistryError(
      'PIN_WITHOUT_REMOTE',
      `model-registry.yaml doesn't name the shared registry that this head is of. Write "remote: ${url}" into it first. Nothing was changed.`,
    );
  }
  return pinHead(root, `${seq}:${hash}`);
}
