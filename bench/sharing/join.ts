// `node bench/sharing/join.ts DIR URL`: joins the shared registry at URL with an empty one in DIR, and prints what that took.
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { attachRemote } from '../../src/registry/shared/attach.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import type { RemoteConnection } from '../../src/registry/shared/remote.ts';

const [dir = '', url = ''] = process.argv.slice(2);
const connector = remoteConnector({ clock: Date.now, env: process.env });
let connection: RemoteConnection | undefined;
const connect = async (to: string) => {
  connection ??= await connector(to);
  return connection;
};
const author = { name: 'Bench', email: '' };
await initRegistry({ dir });
const startedAt = performance.now();
await attachRemote({ dir, url, author, via: 'cli', connect, clock: Date.now });
const registry = await openRegistry({ dir, author, via: 'cli', connect, stateDir: `${dir}-state` });
const { items } = await registry.listVersions({ limit: 1 });
const ms = performance.now() - startedAt;
const { requests, receivedBytes } = connection?.stats() ?? { requests: 0, receivedBytes: 0 };
const before = connection?.stats()?.requests ?? 0;
await registry.sync();
const nothingNew = (connection?.stats()?.requests ?? 0) - before;
await registry.close();
console.log(JSON.stringify({ ms, requests, receivedBytes, nothingNew, hasVersions: items.length > 0 }));
