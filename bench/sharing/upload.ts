// `upload ours|sdk|download PATH URL DIGEST`: brings bytes into a container, or out of it, and prints how long that took.
import { BlobServiceClient } from '@azure/storage-blob';
import { downloadArtifact } from '../../src/artifacts/download.ts';
import { uploadArtifact } from '../../src/artifacts/upload.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';

async function transfer(how: string, path: string, url: string, digest: string): Promise<void> {
  if (how === 'sdk') {
    const connectionString = `DefaultEndpointsProtocol=http;${process.env.AZURE_STORAGE_CONNECTION_STRING}`;
    const container = new URL(url).pathname.split('/')[2] ?? '';
    const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
    await client.getBlockBlobClient('model.bin').uploadFile(path);
    return;
  }
  const { store } = await remoteConnector({ clock: Date.now, env: process.env })(url);
  if (how === 'ours') await uploadArtifact(filesystemStore(path), store, digest);
  else await downloadArtifact(filesystemStore(path), store, digest);
}

const [how = '', path = '', url = '', digest = ''] = process.argv.slice(2);
const startedAt = performance.now();
transfer(how, path, url, digest).then(
  () => console.log(JSON.stringify({ ms: performance.now() - startedAt })),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
