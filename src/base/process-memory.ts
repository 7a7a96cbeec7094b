import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const LOOK_MS = 25;
/** Asking another program takes longer. */
const ASK_MS = 500;
/** Every so many looks, processes that were started meanwhile are looked for. */
const LOOKS_BETWEEN_SEARCHES = 10;

/** Whether the memory of processes can be looked at on this system. */
export function canMeasureMemory(): boolean {
  return process.platform === 'linux' || process.platform === 'darwin';
}

export interface MemoryWatch {
  /** The most that was in use at once, in bytes; memory that processes share counts for each. */
  peakBytes(): number;
  /** The processes that were seen. */
  pids(): readonly number[];
  stop(): void;
}

/** Looks, again and again, how much memory a process and all that it started use. `onUse` is told each time. */
export function watchMemory(pid: number, onUse: (bytes: number) => void = () => undefined): MemoryWatch {
  const known = new Set([pid]);
  let peak = 0;
  const told = (bytes: number) => {
    peak = Math.max(peak, bytes);
    onUse(bytes);
  };
  let looks = 0;
  const look = () => {
    if (process.platform === 'darwin') return askPs(pid, known, told);
    if (looks % LOOKS_BETWEEN_SEARCHES === 0) addDescendants(pid, known);
    looks += 1;
    const found = [...known].map(memoryOf);
    // A process alone may have had more between two looks, of which the system keeps the most.
    for (const { mostBytes } of found) peak = Math.max(peak, mostBytes);
    told(found.reduce((sum, { bytes }) => sum + bytes, 0));
  };
  look();
  const timer = setInterval(look, process.platform === 'darwin' ? ASK_MS : LOOK_MS);
  return { peakBytes: () => peak, pids: () => [...known], stop: () => clearInterval(timer) };
}

function memoryOf(pid: number): { readonly bytes: number; readonly mostBytes: number } {
  const status = readQuietly(`/proc/${pid}/status`);
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return { bytes: kibibytes('VmRSS') * 1024, mostBytes: kibibytes('VmHWM') * 1024 };
}

/** Those in the group of the process, and what any of them started. */
function addDescendants(pid: number, known: Set<number>): void {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name of the program, which may be anything, stands in brackets before the rest.
    const stat = readQuietly(`/proc/${name}/stat`);
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(group) === pid) known.add(Number(name));
    else parents.set(Number(name), Number(parent));
  }
  addChildren(parents, known);
}

function addChildren(parents: ReadonlyMap<number, number>, known: Set<number>): void {
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    for (const [child, parent] of parents) if (known.has(parent)) known.add(child);
  }
}

function askPs(pid: number, known: Set<number>, told: (bytes: number) => void): void {
  execFile('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,rss='], (error, text) => {
    if (error) return;
    const rows = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    for (const [own = 0, , group] of rows) if (group === pid) known.add(own);
    addChildren(new Map(rows.map(([own = 0, parent = 0]) => [own, parent])), known);
    told(rows.reduce((sum, [own = 0, , , kibibytes = 0]) => (known.has(own) ? sum + kibibytes * 1024 : sum), 0));
  });
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has ended.
    return '';
  }
}
