import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { sep } from 'node:path';

/** A process that may be a training run. */
export interface RunningProcess {
  /** The same for as long as it lives, and for no other one. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Files below the places asked about that it has open for writing. */
  readonly writes: readonly string[];
  /** The process that started it, the one that started that, and so on; undefined where that can't be told. */
  readonly parents?: readonly number[] | undefined;
}

const MAX_PROCESSES = 5000;
const MAX_OPEN_FILES = 50_000;
/** Since 2005, whatever the kernel's own clock ticks: what /proc counts in is always this. */
const TICKS_PER_SECOND = 100;
/** A program that trains is busy; one that serves or waits for a person isn't. */
const BUSY_SHARE = 0.2;
const INTERPRETER = /^(python[\d.]*|julia|R|Rscript)$/;
/** What has the workspace open and trains nothing. */
const NO_RUN =
  /ipython|ipykernel|jupyter|language|lsp|pylsp|jedi|debugpy[\\/]adapter|tensorboard|mlflow\s+(ui|server)|runserver|uvicorn|gunicorn|streamlit|gradio|flask|http\.server|black|ruff|mypy|pytest|\bpip\b/;

/**
 * The processes of this person that write below the places, or that train in the workspace by all appearance: an interpreter that works
 * there, and has been busy. Linux tells by /proc; elsewhere there is nothing to be seen, and undefined is returned. Takes some tens of
 * milliseconds, so it is asked only where something is about to be registered.
 */
export function runningProcesses(root: string, places: readonly string[]): readonly RunningProcess[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const bootedAtMs = bootTime();
  const uid = process.getuid?.();
  if (bootedAtMs === undefined || uid === undefined) return undefined;
  const found: RunningProcess[] = [];
  let openFiles = 0;
  for (const pid of processIds().slice(0, MAX_PROCESSES)) {
    if (pid === String(process.pid)) continue;
    const dir = `/proc/${pid}`;
    try {
      if (uid !== 0 && statSync(dir).uid !== uid) continue;
      const numbers = readdirSync(`${dir}/fd`);
      openFiles += numbers.length;
      if (openFiles > MAX_OPEN_FILES) return found;
      const writes = numbers.flatMap((number) => writtenFile(dir, number, places));
      const times = timesOf(dir, bootedAtMs);
      if (writes.length > 0 || (times.busyShare >= BUSY_SHARE && isTrainer(dir, root)))
        found.push({ id: idOf(pid, times), startedAtMs: times.startedAtMs, writes, parents: parentsOf(pid) });
    } catch {
      // It ended meanwhile, or is another person's: nothing to be seen.
    }
  }
  return found;
}

/** Whether a process that was found still runs. */
export function processIsThere(id: string): boolean {
  const bootedAtMs = bootTime();
  const pid = /^(\d+)@/.exec(id)?.[1];
  if (bootedAtMs === undefined || pid === undefined) return false;
  try {
    return idOf(pid, timesOf(`/proc/${pid}`, bootedAtMs)) === id;
  } catch {
    return false;
  }
}

function idOf(pid: string, { startedAtMs }: { readonly startedAtMs: number }): string {
  return `${pid}@${Math.round(startedAtMs / 1000)}`;
}

const MAX_PARENTS = 100;

/** Undefined where one of them ended meanwhile. */
function parentsOf(pid: string): readonly number[] | undefined {
  const parents: number[] = [];
  try {
    for (let at = Number(pid); at > 1 && parents.length < MAX_PARENTS; ) {
      at = statOf(`/proc/${at}`)[1] ?? 0;
      parents.push(at);
    }
    return parents;
  } catch {
    return undefined;
  }
}

function processIds(): readonly string[] {
  try {
    const entries: readonly Dirent[] = readdirSync('/proc', { withFileTypes: true });
    return entries.flatMap(({ name }) => (/^\d+$/.test(name) ? [name] : []));
  } catch {
    return [];
  }
}

function writtenFile(dir: string, number: string, places: readonly string[]): readonly string[] {
  try {
    const path = readlinkSync(`${dir}/fd/${number}`);
    if (!path.startsWith('/') || !places.some((place) => isBelow(path, place))) return [];
    const flags = Number.parseInt(
      /^flags:\s*(\d+)/m.exec(readFileSync(`${dir}/fdinfo/${number}`, 'latin1'))?.[1] ?? '0',
      8,
    );
    return (flags & 3) === 0 ? [] : [path.replace(/ \(deleted\)$/, '')];
  } catch {
    return [];
  }
}

function isTrainer(dir: string, root: string): boolean {
  if (!isBelow(readlinkSync(`${dir}/cwd`), root)) return false;
  const command = readFileSync(`${dir}/cmdline`, 'latin1').split('\0');
  const program = command[0]?.split('/').at(-1) ?? '';
  // Without a script, a person types what is done.
  const hasScript = command.slice(1).some((part) => part !== '' && !/^-[^mc]/.test(part));
  return INTERPRETER.test(program) && hasScript && !NO_RUN.test(command.join(' ').slice(0, 2000));
}

/** Since when a process is there, and how much of that time it, or its children, used a processor or waited for one (proc(5), `stat`). */
function timesOf(dir: string, bootedAtMs: number): { readonly startedAtMs: number; readonly busyShare: number } {
  const fields = statOf(dir);
  const [user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = fields.slice(11, 15);
  const startedAtMs = bootedAtMs + ((fields[19] ?? 0) * 1000) / TICKS_PER_SECOND;
  const busyMs = ((user + system + userOfChildren + systemOfChildren) * 1000) / TICKS_PER_SECOND;
  return { startedAtMs, busyShare: (busyMs + waitedMs(dir)) / Math.max(1, Date.now() - startedAtMs) };
}

/** The fields of `stat` after the name, of which the first, the state, is no number. */
function statOf(dir: string): readonly number[] {
  const stat = readFileSync(`${dir}/stat`, 'latin1');
  // The name, in parentheses, may have spaces and parentheses itself.
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** How long its main thread was ready to go on while others had the processors; 0 where the kernel doesn't say. */
function waitedMs(dir: string): number {
  try {
    const [, waitedNs = 0] = readFileSync(`${dir}/schedstat`, 'latin1').split(' ').map(Number);
    return waitedNs / 1e6;
  } catch {
    return 0;
  }
}

function bootTime(): number | undefined {
  try {
    const seconds = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1000;
  } catch {
    return undefined;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
