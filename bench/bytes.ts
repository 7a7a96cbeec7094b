// Storing files beside what a person would use to copy and to hash them, in the same run.

import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { GroupOptions, Results, Table } from './results.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SAMPLE_MS = 20;
const RUNS = 3;
const ROOT = resolve(import.meta.dirname, '..');
const CLI = join(ROOT, 'dist/cli.js');

/** Files of one size. */
interface BytesCase {
  readonly name: string;
  readonly fileCount: number;
  readonly fileBytes: number;
}

const BYTES_CASES: readonly BytesCase[] = [
  { name: '1 MiB', fileCount: 1, fileBytes: MIB },
  { name: '64 MiB', fileCount: 1, fileBytes: 64 * MIB },
  { name: '512 MiB', fileCount: 1, fileBytes: 512 * MIB },
  { name: '2 GiB', fileCount: 1, fileBytes: 2048 * MIB },
  { name: '20 files of 25 MiB', fileCount: 20, fileBytes: 25 * MIB },
  { name: '20,000 files of 4 KiB', fileCount: 20_000, fileBytes: 4 * KIB },
];

interface BytesRow {
  readonly name: string;
  /** The whole process, from its start to its end. */
  readonly registerMs: number;
  /** The same files once more, for another model. */
  readonly againMs: number;
  readonly copyMs: number;
  readonly hashMs: number;
  /** `registerMs` by the slower of copying and hashing. */
  readonly ratio: number;
  /** The most memory that the registering process had; 0 where the system doesn't tell. */
  readonly peakRssBytes: number;
}

/** Measures one case in `folder`, which is on the disk to be measured. The best of `runs` counts, for each of the three. */
async function measureBytes(folder: string, one: BytesCase, runs: number): Promise<BytesRow> {
  const source = join(folder, 'source');
  const registry = join(folder, 'registry');
  const copy = join(folder, 'copy');
  await writeFiles(source, one);
  const measured: Omit<BytesRow, 'name' | 'ratio'>[] = [];
  for (let run = 0; run < runs; run += 1) {
    await runShell('rm -rf "$1" "$2" && sync -f "$3"', registry, copy, folder);
    const hashMs = (await runShell('find "$1" -type f -print0 | xargs -0 sha256sum > /dev/null', source)).ms;
    const copyMs = (
      await runShell(
        'cp -r "$1" "$2" && if [ "$3" = 1 ]; then sync "$2/0"; else sync -f "$2"; fi',
        source,
        copy,
        String(one.fileCount),
      )
    ).ms;
    await runShell('rm -rf "$1" && sync -f "$2"', copy, folder);
    await runOurs(registry, 'init');
    const first = await runOurs(registry, 'register', 'first', source);
    const again = await runOurs(registry, 'register', 'second', source);
    measured.push({ hashMs, copyMs, registerMs: first.ms, againMs: again.ms, peakRssBytes: first.peakRssBytes });
  }
  await rm(folder, { recursive: true, force: true });
  const best = (pick: (row: (typeof measured)[number]) => number) => Math.min(...measured.map(pick));
  const [registerMs, copyMs, hashMs] = [
    best((row) => row.registerMs),
    best((row) => row.copyMs),
    best((row) => row.hashMs),
  ];
  return {
    name: one.name,
    registerMs,
    againMs: best((row) => row.againMs),
    copyMs,
    hashMs,
    ratio: registerMs / Math.max(copyMs, hashMs),
    peakRssBytes: Math.max(...measured.map((row) => row.peakRssBytes)),
  };
}

async function writeFiles(folder: string, { fileCount, fileBytes }: BytesCase): Promise<void> {
  const chunk = new Uint8Array(Math.min(fileBytes, 4 * MIB));
  for (let index = 0; index < fileCount; index += 1) {
    const path = join(folder, ...(fileCount > 100 ? [String(index % 100)] : []), String(index));
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'w');
    for (let written = 0; written < fileBytes; written += chunk.length) await file.write(randomFillSync(chunk));
    await file.close();
  }
}

function runOurs(registry: string, ...args: readonly string[]) {
  // Nothing of it is remembered outside its folder.
  const env = { ...process.env, MODEL_REGISTRY_STATE_DIR: join(registry, '..', 'state') };
  return timed(process.execPath, [CLI, '--json', '--registry', registry, ...args], env);
}

function runShell(script: string, ...args: readonly string[]) {
  return timed('sh', ['-c', script, 'sh', ...args]);
}

async function timed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly ms: number; readonly peakRssBytes: number }> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: tmpdir(), env });
  let peakRssBytes = 0;
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakRssBytes = Math.max(peakRssBytes, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * KIB);
  }, SAMPLE_MS);
  const [code] = await once(child, 'exit');
  const ms = performance.now() - startedAt;
  clearInterval(sampling);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed`);
  return { ms, peakRssBytes };
}

const COLUMNS = ['files', 'register', 'cp + fsync', 'sha256sum', 'ratio to the slower', 'register again', 'memory'];

/** The rows as a table. */
function bytesTable(rows: readonly BytesRow[]): Table {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return {
    title: 'Storing files',
    note: '`register` and `register again` are whole processes of the command line; `cp -r` is followed by `sync`. Memory is the most that the registering process had.',
    columns: COLUMNS,
    rows: rows.map((row) => [
      row.name,
      seconds(row.registerMs),
      seconds(row.copyMs),
      seconds(row.hashMs),
      row.ratio.toFixed(2),
      seconds(row.againMs),
      `${(row.peakRssBytes / MIB).toFixed(0)} MiB`,
    ]),
  };
}

/** The registry's built command line beside `cp` and `sha256sum`; three times each, of which the best counts. */
export async function benchmarkBytes({ onProgress }: GroupOptions): Promise<Results> {
  const rows: BytesRow[] = [];
  for (const one of BYTES_CASES) {
    onProgress(`Bytes: ${one.name}`);
    const folder = await mkdtemp(join(tmpdir(), 'model-registry-bytes-'));
    try {
      rows.push(await measureBytes(folder, one, RUNS));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const largest = rows.find(({ name }) => name === '2 GiB');
  return {
    tables: [bytesTable(rows)],
    facts: largest ? { 'bytes ratio': largest.ratio, 'bytes memory': largest.peakRssBytes / 1e6 } : {},
  };
}
