import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { buildRequestSchema } from '../catalog/bulk/build-apart.ts';
import { buildCatalog } from '../catalog/bulk/build-catalog.ts';
import { writeUnpublished } from '../catalog/saved-file.ts';

const batchSchema = v.object({ bytes: v.instance(Uint8Array), lengths: v.array(v.number()) });

/** Makes a catalog for the process that started this one, and says where it is. Reading the log is left to a thread of `workerFile`. */
export async function serveBuild(argument: string | undefined, workerFile: string): Promise<void> {
  // Nobody waits for the catalog any more.
  process.on('disconnect', () => process.exit(1));
  const request = v.parse(buildRequestSchema, JSON.parse(argument ?? ''));
  const { registryId, formatHash, logDir } = request;
  const reader = new Worker(workerFile, { workerData: { role: 'log', ...request } });
  const { db } = await buildCatalog({ registryId, formatHash, next: batchesOf(reader) });
  const file = await writeUnpublished(logDir, db);
  process.send?.({ file }, () => process.exit(0));
}

function batchesOf(reader: Worker): (seq: number) => Promise<readonly Uint8Array[]> {
  return async (seq) => {
    const answered = once(reader, 'message');
    reader.postMessage(seq);
    const { bytes, lengths } = v.parse(batchSchema, (await answered)[0]);
    let end = 0;
    return lengths.map((length) => {
      end += length;
      return bytes.subarray(end - length, end);
    });
  };
}
