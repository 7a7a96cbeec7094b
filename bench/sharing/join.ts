// `join DIR URL WORKER`: joins the shared registry at URL with an empty one in DIR, and prints what that took.
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { attachRemote } from '../../src/registry/shared/attach.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import type { RemoteConnection } from '../../src/registry/shared/remote.ts';

async function join(dir: string, url: string, workerFile: string): Promise<unknown> {
  const connector = remoteConnector({ clock: Date.now, env: process.env });
  let connection: RemoteConnection | undefined;
  const connect = async (to: string) => {
    connection ??= await connector(to);
    return connection;
  };
  const asked = () => connection?.stats()?.requests ?? 0;
  const author = { name: 'Bench', email: '' };
  await initRegistry({ dir });
  const startedAt = performance.now();
  const stateDir = `${dir}-state`;
  await attachRemote({ dir, url, author, via: 'cli', connect, clock: Date.now, stateDir, workerFile });
  const registry = await openRegistry({ dir, author, via: 'cli', connect, stateDir, workerFile });
  const { items } = await registry.listVersions({ limit: 1 });
  const ms = performance.now() - startedAt;
  const [requests, receivedBytes] = [asked(), connection?.stats()?.receivedBytes ?? 0];
  await registry.sync();
  const nothingNew = asked() - requests;
  await registry.close();
  return { ms, requests, receivedBytes, nothingNew, hasVersions: items.length > 0 };
}

const [dir = '', url = '', workerFile = ''] = process.argv.slice(2);
join(dir, url, workerFile).then(
  (done) => console.log(JSON.stringify(done)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
