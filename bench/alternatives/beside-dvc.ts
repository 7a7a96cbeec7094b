import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { buildInto } from '../../test/cli/harness/build.ts';
import type { GroupOptions, Results, Table } from '../results.ts';
import { msText, timesOf } from '../timing.ts';
import { gitLfsFolder } from './git-lfs.ts';
import { pythonVenv } from './python-venv.ts';

const DVC_VERSION = '3.67.1';
const MIB = 1024 * 1024;
/** Of which the median counts. */
const ROUNDS = 3;
const TIMEOUT_MS = 10 * 60_000;

const execFileDone = promisify(execFile);

interface Load {
  readonly title: string;
  readonly files: number;
  readonly sizeBytes: number;
}

const LOADS: readonly Load[] = [
  { title: '1 file of 1 GiB', files: 1, sizeBytes: 1024 * MIB },
  { title: '20 files of 16 MiB', files: 20, sizeBytes: 16 * MIB },
  { title: '2,000 files of 16 KiB', files: 2000, sizeBytes: 16 * 1024 },
];
const SMALL_LOADS: readonly Load[] = [{ title: '20 files of 16 KiB', files: 20, sizeBytes: 16 * 1024 }];

/** One program that takes a folder of files in. */
interface Program {
  readonly name: string;
  /** Makes an empty place and returns what takes the folder `model` in it in. */
  readonly prepare: (place: string) => Promise<() => Promise<unknown>>;
}

/** Taking files in, and taking the same files in again, as whole processes of the command lines. */
export async function benchmarkBesideDvc(options: GroupOptions): Promise<Results> {
  const { runs, onProgress } = options;
  const venv = await pythonVenv('dvc', DVC_VERSION, onProgress);
  const lfs = await gitLfsFolder(onProgress);
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  try {
    await buildInto(scratch);
    const programs = [ours(scratch), dvc(venv, scratch), ...(lfs === undefined ? [] : [gitLfs(lfs, scratch)])];
    const rows: string[][] = [];
    for (const load of runs < 20 ? SMALL_LOADS : LOADS) rows.push(...(await rowsOf(load, programs, scratch, options)));
    return { tables: [tableOf(programs, rows, lfs !== undefined)], facts: {} };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function rowsOf(load: Load, programs: readonly Program[], scratch: string, { runs, onProgress }: GroupOptions) {
  const first: number[] = [];
  const again: number[] = [];
  for (const program of programs) {
    onProgress(`${program.name}: ${load.title}`);
    const taken: { readonly first: number; readonly again: number }[] = [];
    for (let round = 0; round < (runs < 20 ? 1 : ROUNDS); round += 1) {
      const place = join(scratch, 'place');
      await writeLoad(join(place, 'model'), load);
      const take = await program.prepare(place);
      taken.push({ first: await timed(take), again: await timed(take) });
      await rm(place, { recursive: true, force: true });
    }
    first.push(timesOf(taken.map((one) => one.first)).p50);
    again.push(timesOf(taken.map((one) => one.again)).p50);
  }
  const row = (title: string, taken: readonly number[]) => [
    title,
    ...taken.map((ms, index) => (index === 0 ? msText(ms) : `${msText(ms)} (${(ms / (taken[0] ?? ms)).toFixed(1)} ×)`)),
  ];
  return [row(load.title, first), row(`${load.title}, again unchanged`, again)];
}

function ours(scratch: string): Program {
  return {
    name: 'ours',
    async prepare(place) {
      const env = { ...process.env, MODEL_REGISTRY_STATE_DIR: join(scratch, 'state') };
      const run = (...args: readonly string[]) =>
        execFileDone(process.execPath, [join(scratch, 'cli.js'), ...args], { cwd: place, env, timeout: TIMEOUT_MS });
      await run('init');
      return () => run('register', 'model', 'model');
    },
  };
}

function dvc(venv: string, scratch: string): Program {
  return {
    name: `DVC ${DVC_VERSION}`,
    async prepare(place) {
      const env = {
        ...process.env,
        HOME: scratch,
        DVC_SITE_CACHE_DIR: join(scratch, 'dvc-site'),
        DVC_NO_ANALYTICS: '1',
        DVC_CHECK_UPDATE: 'false',
      };
      const run = (...args: readonly string[]) =>
        execFileDone(join(venv, 'bin/python'), ['-m', 'dvc', ...args], { cwd: place, env, timeout: TIMEOUT_MS });
      await run('init', '--no-scm', '--quiet');
      await run('config', 'core.analytics', 'false');
      await run('config', 'core.check_update', 'false');
      return () => run('add', '--quiet', 'model');
    },
  };
}

function gitLfs(folder: string, scratch: string): Program {
  return {
    name: 'git-lfs',
    async prepare(place) {
      const env = {
        ...process.env,
        HOME: scratch,
        GIT_CONFIG_NOSYSTEM: '1',
        PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
      };
      const git = (...args: readonly string[]) => execFileDone('git', args, { cwd: place, env, timeout: TIMEOUT_MS });
      await git('init', '--quiet');
      await git('config', 'user.name', 'Ann Lee');
      await git('config', 'user.email', 'ann@example.org');
      await git('lfs', 'install', '--local');
      await git('lfs', 'track', 'model/**');
      return async () => {
        await git('add', '.');
        await git('commit', '--quiet', '--allow-empty', '-m', 'A version');
      };
    },
  };
}

async function writeLoad(folder: string, { files, sizeBytes }: Load): Promise<void> {
  await mkdir(folder, { recursive: true });
  const chunk = Buffer.alloc(Math.min(sizeBytes, 16 * MIB));
  for (let index = 0; index < files; index += 1) {
    const file = join(folder, `weights-${index}.bin`);
    if (sizeBytes <= chunk.length) {
      await writeFile(file, randomFillSync(chunk));
      continue;
    }
    const handle = await open(file, 'wx');
    try {
      for (let written = 0; written < sizeBytes; written += chunk.length) await handle.write(randomFillSync(chunk));
    } finally {
      await handle.close();
    }
  }
  // What still has to be written to the disk would be counted to whoever syncs first.
  await execFileDone('sync', []).catch(() => undefined);
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return performance.now() - startedAt;
}

function tableOf(programs: readonly Program[], rows: readonly (readonly string[])[], hasLfs: boolean): Table {
  const note = 'Whole processes, files in the page cache. Only ours has synced the bytes to the disk when it ends.';
  return {
    title: 'Taking files in, beside DVC and git-lfs',
    note: hasLfs ? note : `${note} git-lfs could not be had on this machine and is left out.`,
    columns: ['', ...programs.map(({ name }) => name)],
    rows,
  };
}
