import { randomFillSync } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { inlineByteService } from '../../src/artifacts/byte-service.ts';
import { initRegistry } from '../../src/registry/open.ts';
import { startAzurite } from '../../test/storage/azure/azurite.ts';
import type { Results } from '../results.ts';
import { bundledPrograms, runChild } from './child.ts';

const MIB = 1024 * 1024;
const SIZE_BYTES = 2048 * MIB;
const RUNS = 2;
const timeSchema = v.object({ ms: v.number() });

interface Measured {
  readonly ms: number;
  readonly peakRssBytes: number;
}

/** 2 GiB to Azurite: our upload beside the parallel upload of Azure's SDK with its own settings, in turns; and back. */
export async function benchmarkUploading(onProgress: (text: string) => void): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-uploading-'));
  const programs = await bundledPrograms('upload');
  const transfer = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> => {
    const { printed, peakRssBytes } = await runChild(programs.fileOf('upload'), args, env);
    return { ...v.parse(timeSchema, printed), peakRssBytes };
  };
  try {
    const file = join(folder, 'model.bin');
    await writeRandom(file);
    const dir = join(folder, 'registry');
    await initRegistry({ dir });
    const bytes = inlineByteService(dir);
    const { digest } = await bytes.intake({ paths: [file] });
    await bytes.close();
    const times: Record<'ours' | 'sdk' | 'download', Measured[]> = { ours: [], sdk: [], download: [] };
    for (let run = 0; run < RUNS; run += 1) {
      for (const how of ['sdk', 'ours'] as const) {
        onProgress(`Uploading 2 GiB: ${how}, run ${run + 1}`);
        const azurite = await startAzurite();
        try {
          const url = await azurite.container();
          const env = { ...process.env, AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString };
          times[how].push(await transfer([how, how === 'sdk' ? file : dir, url, digest], env));
          if (how === 'sdk' || run > 0) continue;
          const fresh = join(folder, 'fresh');
          await initRegistry({ dir: fresh });
          times.download.push(await transfer(['download', fresh, url, digest], env));
          await rm(fresh, { recursive: true, force: true });
        } finally {
          await azurite.stop();
        }
      }
    }
    const best = (measured: readonly Measured[]) => measured.reduce((a, b) => (a.ms < b.ms ? a : b));
    const [ours, sdk, download] = [best(times.ours), best(times.sdk), best(times.download)];
    const row = (name: string, { ms, peakRssBytes }: Measured) => [
      name,
      `${(ms / 1000).toFixed(1)} s`,
      `${(SIZE_BYTES / MIB / (ms / 1000)).toFixed(0)} MiB/s`,
      `${(peakRssBytes / 1e6).toFixed(0)} MB`,
      (sdk.ms / ms).toFixed(2),
    ];
    return {
      tables: [
        {
          title: 'Uploading 2 GiB',
          note: `To Azurite on the same machine, in processes of their own, in turns; the best of ${RUNS}. Ours hashes and verifies each part and the whole on the way. The last column is the speed by that of the SDK's upload.`,
          columns: ['', 'time', 'speed', 'memory', 'by the SDK'],
          rows: [row("SDK's uploadFile", sdk), row('upload', ours), row('download, verified', download)],
        },
      ],
      facts: { 'upload by the SDK': sdk.ms / ours.ms, 'upload memory': ours.peakRssBytes / 1e6 },
    };
  } finally {
    await programs.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRandom(path: string): Promise<void> {
  const chunk = new Uint8Array(8 * MIB);
  const file = await open(path, 'w');
  for (let written = 0; written < SIZE_BYTES; written += chunk.length) await file.write(randomFillSync(chunk));
  await file.close();
}
