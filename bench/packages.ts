// The packages of a Python environment, read without starting Python.

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import type { GroupOptions, Results } from './results.ts';
import { msText, timesOf } from './timing.ts';

const RUNS = 20;
const timesSchema = v.tuple([v.number(), v.number()]);

/** How long it takes in a thread that has just started, as at the start of a run, and when it is asked again. */
export async function benchmarkPackages({ sizes, onProgress }: GroupOptions): Promise<Results> {
  const rows: string[][] = [];
  const facts: Record<string, number> = {};
  for (const packages of sizes) {
    const prefix = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
    try {
      onProgress(`an environment of ${packages} packages`);
      await makeEnvironment(prefix, packages);
      const all: (readonly [number, number])[] = [];
      for (let round = 0; round < RUNS; round += 1) all.push(await readInThread(prefix));
      const first = timesOf(all.map(([time]) => time));
      const again = timesOf(all.map(([, time]) => time));
      facts[`packages@${packages}`] = first.p95;
      rows.push([String(packages), ...[first.p50, first.max, again.p50, again.max].map(msText)]);
    } finally {
      await rm(prefix, { recursive: true, force: true });
    }
  }
  const title = 'The packages of a Python environment';
  const note = `Each has 6 kB of metadata. First: in a thread that has just started, with nothing compiled yet; the files were written before. ${RUNS} threads.`;
  const columns = ['packages', 'first, median', 'slowest', 'again, median', 'slowest'];
  return { tables: [{ title, note, columns, rows }], facts };
}

async function readInThread(prefix: string): Promise<readonly [number, number]> {
  const thread = new Worker(new URL('./read-packages.ts', import.meta.url), { workerData: { prefix } });
  const [message] = await once(thread, 'message');
  await thread.terminate();
  return v.parse(timesSchema, message);
}

async function makeEnvironment(prefix: string, packages: number): Promise<void> {
  const site = join(prefix, 'lib/python3.12/site-packages');
  await mkdir(site, { recursive: true });
  await writeFile(join(prefix, 'pyvenv.cfg'), 'home = /usr/bin\nversion = 3.12.4\n');
  for (let index = 0; index < packages; index += 1) {
    const name = `package_${index}`;
    const info = join(site, `${name}-1.${index}.0.dist-info`);
    await mkdir(info);
    await mkdir(join(site, name));
    const requires = Array.from({ length: 20 }, (_, place) => `Requires-Dist: other-${place}>=1.${place}\n`).join('');
    const header = `Metadata-Version: 2.1\nName: package-${index}\nVersion: 1.${index}.0\nSummary: The package number ${index}\n${requires}`;
    await writeFile(join(info, 'METADATA'), `${header}\n${'A long description. '.repeat(280)}\n`);
    await writeFile(join(info, 'RECORD'), '');
    await writeFile(join(info, 'INSTALLER'), 'pip\n');
  }
}
