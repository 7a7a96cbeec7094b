// `node bench/sharing/upload.ts ours|sdk|download PATH URL [DIGEST]`: brings bytes into a container, or out of it, and prints how long that took.
import { BlobServiceClient } from '@azure/storage-blob';
import { downloadArtifact } from '../../src/artifacts/download.ts';
import { uploadArtifact } from '../../src/artifacts/upload.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';

const [how, path = '', url = '', digest = ''] = process.argv.slice(2);
const connectionString = process.env.AZURE_STORAGE_CONNECTION_STRING ?? '';
const startedAt = performance.now();
if (how === 'sdk') {
  const container = new URL(url).pathname.split('/')[2] ?? '';
  const client = BlobServiceClient.fromConnectionString(
    `DefaultEndpointsProtocol=http;${connectionString}`,
  ).getContainerClient(container);
  await client.getBlockBlobClient('model.bin').uploadFile(path);
} else {
  const { store } = await remoteConnector({ clock: Date.now, env: process.env })(url);
  if (how === 'ours') await uploadArtifact(filesystemStore(path), store, digest);
  else await downloadArtifact(filesystemStore(path), store, digest);
}
console.log(JSON.stringify({ ms: performance.now() - startedAt }));
