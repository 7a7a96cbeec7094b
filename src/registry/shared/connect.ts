import { RegistryError } from '../../base/errors.ts';
import { type ConnectRemote, folderOfRemote, folderRemote } from './remote.ts';

/** Connects by what the environment says. */
export function connectFromEnvironment(clock: () => number): ConnectRemote {
  return async (url) => {
    const folder = folderOfRemote(url);
    if (folder !== undefined) return folderRemote(folder, clock);
    throw new RegistryError('REMOTE_UNSUPPORTED', 'containers come next');
  };
}
