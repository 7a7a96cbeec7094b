import type { MessagePort } from 'node:worker_threads';
import * as v from 'valibot';
import { buildRequestSchema } from '../catalog/bulk/build-apart.ts';
import { copiedLog } from '../log/copied-log.ts';
import { logBatches } from '../log/log-reader.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { quickFileSystem } from '../storage/quick-file-system.ts';

/** Batches as large as this go to the other thread together. */
const SENT_AT_ONCE = 1024;

/** The thread that reads a log ahead of who applies it: for each number, the commits behind it. */
export function serveLog(port: MessagePort, workerData: unknown): void {
  const { dir, logDir } = v.parse(buildRequestSchema, workerData);
  const log = filesystemStore(logDir, quickFileSystem);
  const next = logBatches(logDir === dir ? log : copiedLog(log, filesystemStore(dir, quickFileSystem)));
  port.on('message', (message: unknown) => {
    void readFrom(v.parse(v.number(), message)).then((commits) => {
      const bytes = new Uint8Array(Buffer.concat(commits));
      port.postMessage({ bytes, lengths: commits.map(({ length }) => length) }, [bytes.buffer]);
    });
  });

  async function readFrom(seq: number): Promise<readonly Uint8Array[]> {
    const commits: Uint8Array[] = [];
    while (commits.length < SENT_AT_ONCE) {
      const batch = await next(seq + commits.length);
      if (batch.length === 0) break;
      commits.push(...batch);
    }
    return commits;
  }
}
