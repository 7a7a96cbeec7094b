import type { CredentialFor } from '../../storage/azure/connect.ts';
import { type ConnectRemote, folderRemote } from './remote.ts';
import { folderOfRemote } from './remote-url.ts';

/** Connects to folders, and to containers by what `credentialFor` gives, else by what the environment says. */
export function remoteConnector(options: {
  readonly clock: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly credentialFor?: CredentialFor;
}): ConnectRemote {
  return async (url) => {
    const folder = folderOfRemote(url);
    if (folder !== undefined) return folderRemote(folder, options.clock);
    // The SDK is large, and most commands need none of it.
    const { connectContainer } = await import('../../storage/azure/connect.ts');
    const { store, meter } = await connectContainer(url, options);
    return { store, now: meter.now, stats: meter.stats };
  };
}
