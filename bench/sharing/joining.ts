import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { eachOf } from '../../src/artifacts/each-of.ts';
import { sealShared } from '../../src/log/seal-segments.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import { commitKey, FORMAT_KEY } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { type Azurite, startAzurite } from '../../test/storage/azure/azurite.ts';
import { makeRegistry } from '../make-registry.ts';
import type { Results } from '../results.ts';
import { msText } from '../timing.ts';
import { bundledPrograms, runChild } from './child.ts';

const joinedSchema = v.object({
  ms: v.number(),
  requests: v.number(),
  receivedBytes: v.number(),
  nothingNew: v.number(),
  hasVersions: v.literal(true),
});
/** Of longer logs, only the commits are stored that somebody who joins may ask for: storing all of them takes the emulator minutes. */
const WHOLE_LOG = 20_000;
const RUNS = 3;
/** As it is shipped: `npm run bench` builds it. */
const WORKER_FILE = join(import.meta.dirname, '../../dist/worker.js');

/** What a machine without anything needs to join a registry of each size, in a process of its own. */
export async function benchmarkJoining(sizes: readonly number[], onProgress: (text: string) => void): Promise<Results> {
  const rows: string[][] = [];
  const facts: Record<string, number> = {};
  const programs = await bundledPrograms('join');
  for (const versions of sizes) {
    onProgress(`Joining: storing a registry of ${versions} versions`);
    const folder = await mkdtemp(join(tmpdir(), 'model-registry-joining-'));
    const azurite = await startAzurite();
    try {
      const source = join(folder, 'source');
      const { commits } = makeRegistry({ dir: source, versions });
      const url = await azurite.container();
      await store(source, commits, url, azurite);
      const measured: (v.InferOutput<typeof joinedSchema> & { readonly peakRssBytes: number })[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        onProgress(`Joining: ${versions} versions, run ${run + 1}`);
        const args = [join(folder, `run-${run}`), url, WORKER_FILE];
        const { printed, peakRssBytes } = await runChild(programs.fileOf('join'), args, envOf(azurite));
        measured.push({ ...v.parse(joinedSchema, printed), peakRssBytes });
      }
      const best = measured.reduce((a, b) => (a.ms < b.ms ? a : b));
      rows.push([
        versions.toLocaleString('en-US'),
        commits.toLocaleString('en-US'),
        msText(best.ms),
        String(best.requests),
        `${(best.receivedBytes / 1e6).toFixed(1)} MB`,
        `${Math.round(best.peakRssBytes / 1e6)} MB`,
        String(best.nothingNew),
      ]);
      facts[`join@${versions}`] = best.ms;
      facts[`join requests@${versions}`] = best.requests;
    } finally {
      await azurite.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  await programs.dispose();
  return {
    tables: [
      {
        title: 'Joining a shared registry',
        note: `A machine that has nothing yet takes over the whole log from Azurite on the same machine and lists a version; the best of ${RUNS}. One commit for each thing that somebody did. The last column is what looking again costs when nothing is new.`,
        columns: [
          'versions',
          'commits',
          'until the first list',
          'requests',
          'received',
          'memory',
          'requests to look again',
        ],
        rows,
      },
    ],
    facts,
  };
}

/** As its writers would have left it: commits, and segments. */
async function store(source: string, commits: number, url: string, azurite: Azurite): Promise<void> {
  const { store: remote } = await remoteConnector({ clock: Date.now, env: envOf(azurite) })(url);
  const local = memoryStore();
  const format = await readFile(join(source, FORMAT_KEY));
  await remote.putIfAbsent(FORMAT_KEY, format);
  const names = await readdir(join(source, 'log'));
  for (const name of names) await local.putIfAbsent(`log/${name}`, await readFile(join(source, 'log', name)));
  const asked = Array.from({ length: commits }, (_, index) => index + 1).filter(
    (seq) => commits <= WHOLE_LOG || seq % 8 === 0 || seq > commits - 8,
  );
  await eachOf(asked, 32, async (seq) => {
    const bytes = await local.get(commitKey(seq));
    if (bytes) await remote.putIfAbsent(commitKey(seq), bytes);
  });
  await eachOf(asked, 4, (seq) => sealShared(remote, local, seq));
}

function envOf(azurite: Azurite): NodeJS.ProcessEnv {
  return { ...process.env, AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString };
}
