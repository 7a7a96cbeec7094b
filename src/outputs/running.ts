import type { NotebookLineage } from '../catalog/read-models/lineage.ts';
import { lineThatNames, type WrittenOutputs } from './named-outputs.ts';
import { processIsThere, type RunningProcess, runningProcesses } from './processes.ts';
import type { StartedRun } from './started-runs.ts';

/** A command, task or debug session that the editor saw begin. */
export interface StartedCommand {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** What was known when it began. */
  readonly start?: StartedRun | undefined;
  /** Since when nothing else can have run, where its beginning was told late; undefined where others may have. */
  readonly notBeforeMs?: number | undefined;
  /** The process of the shell that it was typed into, or of the task. */
  readonly shell?: number | undefined;
  /** Where it ran; the workspace's folder where that isn't known. */
  readonly cwd?: string | undefined;
}

/** A command that may have written some outputs. */
export interface SeenCommand extends StartedCommand {
  /** Undefined where it goes on. */
  readonly endedAtMs?: number;
  /** Undefined where nobody told. */
  readonly exitCode?: number | undefined;
  /** The notebook that it executed. */
  readonly notebook?: NotebookLineage | undefined;
}

/** The command that wrote some outputs, or the likeliest of those that can have. */
export interface Writer {
  readonly command: SeenCommand;
  /** Those that ran then, too, and that nothing excludes. */
  readonly others: readonly SeenCommand[];
  /** Whether there is more to go by than the times of several commands: else nothing of this one may be told as the run's. */
  readonly isKnown: boolean;
}

interface SeenProcess {
  readonly startedAtMs: number;
  /** Itself, the process that started it, and so on. */
  readonly parents: RunningProcess['parents'];
  /** All files that it was seen to have open for writing. */
  readonly writes: ReadonlySet<string>;
  readonly seenAtMs: number;
  /** When it was found to have ended. */
  readonly goneAtMs?: number;
}

/** What is known about whether the run that wrote some outputs goes on. */
export interface RunState {
  readonly kind: 'running' | 'ended' | 'unknown';
  /** Whoever may have written them: commands and processes, of which some may have ended since. */
  readonly writers: readonly string[];
  /** Files that are being written at this moment. */
  readonly open: readonly string[];
  /** Whether processes can be seen on this system. */
  readonly isSeeing: boolean;
}

const MAX_REMEMBERED = 1000;
/** Clocks of file systems are coarser than the system's. */
const SLACK_MS = 1000;
/** So late the editor tells at most that a command began. */
const TOLD_LATE_MS = 5000;
/** Of two commands that come so near, the one that fits by this is meant. */
const CLOSE_MS = 20;
/** A process that was there at a look may have written after it, and have ended before the next one. */
const BETWEEN_LOOKS_MS = 60_000;

/**
 * Tells whether a run goes on, from the commands that the editor sees begin and end and from the processes of this machine. One for each
 * watched workspace.
 */
export class RunsGoingOn {
  readonly #root: string;
  readonly #look: typeof runningProcesses;
  readonly #commands = new Map<string, StartedCommand>();
  readonly #endedCommands = new Map<string, SeenCommand & { readonly endedAtMs: number }>();
  readonly #seen = new Map<string, SeenProcess>();

  readonly #recordings: () => readonly SeenCommand[];

  /** `recordings` are runs that another process registers itself when they end, or that have failed. `look` is another one in tests alone. */
  constructor(
    root: string,
    look: typeof runningProcesses = runningProcesses,
    recordings: () => readonly SeenCommand[] = () => [],
  ) {
    this.#root = root;
    this.#look = look;
    this.#recordings = recordings;
  }

  commandStarted(command: StartedCommand): void {
    this.#commands.set(command.id, command);
  }

  commandEnded(id: string, endedAtMs: number, exitCode?: number, notebook?: NotebookLineage): void {
    const command = this.#commands.get(id);
    this.#commands.delete(id);
    if (!command) return;
    this.#endedCommands.set(id, { ...command, endedAtMs, exitCode, notebook });
    forgetOldest(this.#endedCommands);
  }

  /**
   * The command that wrote outputs which changed last at `changedAtMs`: of those that ran then, the one whose process was seen to write
   * them, else the only one whose line names them. Where neither tells, it isn't known, and the likeliest ended first afterwards, since
   * training ends with its model, or began last. Where none ran, the one whose beginning was told too late. Undefined where none was seen.
   */
  writerOf(changedAtMs: number, outputs: WrittenOutputs): Writer | undefined {
    const failed = this.#recordings().flatMap(({ endedAtMs, ...command }) =>
      endedAtMs === undefined ? [] : [{ ...command, endedAtMs }],
    );
    const all = [...failed, ...this.#seenCommands()];
    const ranThen = (slackMs: number) =>
      all.filter((seen) => beganBefore(seen, changedAtMs, slackMs) && endedAfter(seen, changedAtMs, slackMs));
    const close = ranThen(CLOSE_MS);
    const commands = (close.length > 0 ? close : ranThen(SLACK_MS)).toSorted(
      (a, b) => endOf(a) - endOf(b) || b.startedAtMs - a.startedAtMs,
    );
    const [likeliest, ...others] = commands;
    if (!likeliest) {
      const late = this.#toldLate(changedAtMs);
      return late && { command: late, others: [], isKnown: true };
    }
    if (others.length === 0) return { command: likeliest, others, isKnown: true };
    const seen = this.#seenWriting(changedAtMs, outputs, commands);
    if (seen) return { command: seen, others: [], isKnown: true };
    const lines = commands.map(({ start, cwd }) => ({ line: start?.run.command, cwd }));
    const named = commands[lineThatNames(this.#root, outputs, lines) ?? -1];
    if (named) return { command: named, others: commands.filter((one) => one !== named), isKnown: true };
    return { command: likeliest, others, isKnown: false };
  }

  /** The one of these commands whose processes were seen to write the outputs, where no other process was. */
  #seenWriting(
    changedAtMs: number,
    { files }: WrittenOutputs,
    commands: readonly SeenCommand[],
  ): SeenCommand | undefined {
    const writing = [...this.#seen.values()].filter(
      (seen) =>
        beganBefore(seen, changedAtMs) &&
        mayHaveWritten(seen, changedAtMs) &&
        files.some((file) => seen.writes.has(file)),
    );
    const [own, ...others] = commands.filter((command) => writing.some((seen) => isSurelyOf(command, seen)));
    return own && others.length === 0 && writing.every((seen) => isSurelyOf(own, seen)) ? own : undefined;
  }

  /** Each once: the editor tells of a task and, where it shows it, of a command of that terminal. */
  #seenCommands(): readonly SeenCommand[] {
    const all: readonly SeenCommand[] = [...this.#endedCommands.values(), ...this.#commands.values()];
    const tasks = all.filter(({ start, shell }) => shell !== undefined && start?.run.seenAs === 'task');
    return all.filter((one) => !tasks.some((task) => isShownOf(task, one)));
  }

  /**
   * The command that the editor told of after it had written: the only one that was told of then, in a terminal that was alone and idle
   * before. Rather none than a wrong one, so no process may be known that can have written instead.
   */
  #toldLate(changedAtMs: number): SeenCommand | undefined {
    const [late, another] = this.#seenCommands().filter(
      ({ startedAtMs }) => startedAtMs > changedAtMs && startedAtMs <= changedAtMs + TOLD_LATE_MS,
    );
    if (!late || another || late.notBeforeMs === undefined || changedAtMs <= late.notBeforeMs) return undefined;
    const others = [...this.#seen.values()].filter(
      (seen) => beganBefore(seen, changedAtMs) && mayHaveWritten(seen, changedAtMs) && !isOf(late, seen),
    );
    return others.length === 0 ? late : undefined;
  }

  /** About outputs that changed last at `changedAtMs`, in these files and folders (absolute, as they really are). */
  stateOf(changedAtMs: number, places: readonly string[]): RunState {
    const isBefore = (started: { readonly startedAtMs: number }) => beganBefore(started, changedAtMs);
    const looked = this.#look(this.#root, places);
    const processes = (looked ?? []).filter(isBefore);
    const open = processes.flatMap(({ writes }) => writes);
    const alive = new Set(processes.map(({ id }) => id));
    this.#remember(processes);
    const gone = [...this.#seen].filter(
      ([id, seen]) => !alive.has(id) && isBefore(seen) && mayHaveWritten(seen, changedAtMs),
    );
    const inTime = this.#seenCommands().some((command) => isBefore(command) && endedAfter(command, changedAtMs));
    const late = inTime ? undefined : this.#toldLate(changedAtMs)?.id;
    const commands = [...this.#commands].filter(([id, command]) => isBefore(command) || id === late);
    const ended = [...this.#endedCommands].filter(
      ([id, command]) => (isBefore(command) && endedAfter(command, changedAtMs)) || id === late,
    );
    const writers = [...alive, ...[...gone, ...commands, ...ended].map(([id]) => id)];
    // Whatever else ended, its outputs are registered by whoever records it.
    const recordings = this.#recordings().filter((run) => run.endedAtMs === undefined && isBefore(run));
    const facts = { writers, open, isSeeing: looked !== undefined };
    if (recordings.length > 0) return { kind: 'running', ...facts };
    // Whoever could have written this and has ended since did; what else runs in the workspace has nothing to do with it.
    if (open.length === 0 && ended.length > 0) return { kind: 'ended', ...facts };
    if (alive.size > 0 || commands.length > 0) return { kind: 'running', ...facts };
    return { kind: gone.length > 0 ? 'ended' : 'unknown', ...facts };
  }

  #remember(processes: readonly RunningProcess[]): void {
    const seenAtMs = Date.now();
    const listed = new Set(processes.map(({ id }) => id));
    const isAnotherNew = processes.some(({ id }) => !this.#seen.has(id));
    for (const [id, seen] of this.#seen) {
      if (seen.goneAtMs !== undefined || listed.has(id) || processIsThere(id)) continue;
      // What began since is likelier to have written what is there now.
      this.#seen.set(id, { ...seen, goneAtMs: isAnotherNew ? seen.seenAtMs : seenAtMs });
    }
    for (const { id, startedAtMs, parents, writes } of processes) {
      const known = this.#seen.get(id);
      this.#seen.set(id, {
        startedAtMs,
        // Its shell may have ended since.
        parents: known?.parents ?? (parents && [Number.parseInt(id, 10), ...parents]),
        writes: new Set([...(known?.writes ?? []), ...writes]),
        seenAtMs,
      });
    }
    forgetOldest(this.#seen);
  }
}

function beganBefore(
  { startedAtMs }: { readonly startedAtMs: number },
  changedAtMs: number,
  slackMs = SLACK_MS,
): boolean {
  return startedAtMs <= changedAtMs + slackMs;
}

/**
 * Of a process that isn't found any more: what had ended before can't have. Times of files are never later than the clock that told when it
 * was gone, which leaves fractions of a millisecond out.
 */
function mayHaveWritten({ seenAtMs, goneAtMs }: SeenProcess, changedAtMs: number): boolean {
  return goneAtMs === undefined ? seenAtMs >= changedAtMs - BETWEEN_LOOKS_MS : goneAtMs >= Math.floor(changedAtMs);
}

/** Whether a process can be of a command, by its start and its shell. */
function isOf({ notBeforeMs = 0, shell }: StartedCommand, { startedAtMs, parents }: SeenProcess): boolean {
  if (startedAtMs < notBeforeMs - SLACK_MS) return false;
  return shell === undefined || parents === undefined || parents.includes(shell);
}

/** Whether a command is what the terminal of a task shows. A later process may have the number of one that is gone. */
function isShownOf(task: StartedCommand, { start, shell, startedAtMs }: StartedCommand): boolean {
  const isOfTerminal = shell === task.shell && start?.run.seenAs === 'terminal';
  return isOfTerminal && Math.abs(startedAtMs - task.startedAtMs) <= TOLD_LATE_MS;
}

/** Whether it is known that a process is of a command: its shell's, and not there before it. */
function isSurelyOf({ startedAtMs, shell }: StartedCommand, seen: SeenProcess): boolean {
  return shell !== undefined && seen.parents?.includes(shell) === true && seen.startedAtMs >= startedAtMs - SLACK_MS;
}

function endedAfter(seen: Pick<SeenCommand, 'endedAtMs'>, changedAtMs: number, slackMs = SLACK_MS): boolean {
  return endOf(seen) >= changedAtMs - slackMs;
}

/** What goes on ends after everything that has ended. */
function endOf({ endedAtMs }: Pick<SeenCommand, 'endedAtMs'>): number {
  return endedAtMs ?? Number.MAX_SAFE_INTEGER;
}

function forgetOldest(entries: Map<string, unknown>): void {
  for (const id of entries.keys()) {
    if (entries.size <= MAX_REMEMBERED) return;
    entries.delete(id);
  }
}
