import type { RunLineage } from '../catalog/read-models/lineage.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import type { CaptureProviders } from './capture.ts';
import type { RunLink } from './run-link.ts';
import type { Writer } from './running.ts';

/** Code and packages of a run as they were when it began. */
export type StartSurroundings = Pick<CaptureProviders, 'code' | 'uncommitted' | 'environment' | 'circumstances'>;

/** A command that was seen to begin, with what was known then. */
export interface StartedRun {
  /** In one line, where it ran, and how it was seen. */
  readonly run: Pick<RunLineage, 'command' | 'folder' | 'seenAs'>;
  /** Undefined where they couldn't be read, or are remembered no more. */
  readonly surroundings: () => Promise<StartSurroundings | undefined>;
}

/** Of more commands that begin at the same time, the surroundings are read when their outputs are found. */
const MAX_AT_ONCE = 4;
const MAX_KEPT = 32;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly surroundings: Promise<StartSurroundings | undefined>;
  /** Of the patch, which is what takes memory. */
  sizeBytes: number;
}

/** Reads the surroundings of commands as they begin, and keeps those of the last ones, bounded in number and in memory. */
export class StartedRuns {
  /** The oldest first. */
  readonly #kept = new Map<StartedRun, Kept>();
  #reading = 0;

  begin(run: StartedRun['run'], read: () => Promise<StartSurroundings>): StartedRun {
    const started: StartedRun = { run, surroundings: async () => this.#kept.get(started)?.surroundings };
    if (this.#reading >= MAX_AT_ONCE) return started;
    this.#reading += 1;
    const kept: Kept = { surroundings: this.#readFor(started, read), sizeBytes: 0 };
    this.#kept.set(started, kept);
    this.#forget();
    return started;
  }

  async #readFor(started: StartedRun, read: () => Promise<StartSurroundings>): Promise<StartSurroundings | undefined> {
    try {
      const surroundings = await read();
      const kept = this.#kept.get(started);
      if (kept) kept.sizeBytes = (await surroundings.uncommitted?.())?.patch.length ?? 0;
      this.#forget();
      return surroundings;
    } catch {
      // What can't be read now may be read when the output is found, and what is missing then is said.
      return undefined;
    } finally {
      this.#reading -= 1;
    }
  }

  #forget(): void {
    let sizeBytes = [...this.#kept.values()].reduce((sum, kept) => sum + kept.sizeBytes, 0);
    for (const [started, kept] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT && sizeBytes <= MAX_KEPT_BYTES) return;
      sizeBytes -= kept.sizeBytes;
      this.#kept.delete(started);
    }
  }
}

/** The clock of a file system may be this much behind. */
const TICK_MS = 20;

/**
 * When a run began that was recorded whole; 0 where its outputs came from elsewhere with times of their own, as `rsync -a` brings them:
 * their metrics have such times, too.
 */
export function recordedBeginning(
  { startedAt = '' }: RunLineage,
  outputs: readonly { readonly mtimeMs: number }[],
): number {
  const beganAtMs = (Date.parse(startedAt) || 0) - TICK_MS;
  return outputs.every(({ mtimeMs }) => mtimeMs < beganAtMs) ? 0 : Math.max(0, beganAtMs);
}

/** Those that hadn't ended before the run began. */
export function notEndedBefore(found: readonly FoundRun[], beganAtMs: number): readonly FoundRun[] {
  return found.filter(({ run }) => !(Date.parse(run.endedAt ?? '') < beganAtMs));
}

/** What trackers know of a run, with what was seen of the command that wrote its outputs. */
export function withWriter(link: RunLink, writer: Writer | undefined): RunLink {
  if (!writer) return link;
  const { command, others, isKnown } = writer;
  const ofOthers = others.length === 0 ? {} : { othersCount: others.length };
  // What a tracker recorded of the run is so whichever command it was.
  if (!isKnown) return { ...link, run: { ...link.run, ...ofOthers } };
  if (!command.start) return link;
  const { start, startedAtMs, endedAtMs, exitCode, notebook } = command;
  return withRun(link, {
    ...start?.run,
    startedAt: new Date(startedAtMs).toISOString(),
    ...(endedAtMs === undefined ? {} : { endedAt: new Date(endedAtMs).toISOString() }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...ofOthers,
    ...(notebook ? { notebook } : {}),
  });
}

/** When it began and what was run, the record of it knows better than a tracker. */
export function withRun(link: RunLink, run: RunLineage): RunLink {
  return { ...link, run: { ...run, ...identityOf(link.run) } };
}

/** What a tracker calls the run. */
function identityOf(run: RunLineage | undefined): Pick<RunLineage, 'id' | 'name' | 'tracker' | 'url'> {
  const { id, name, tracker, url } = run ?? {};
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(tracker === undefined ? {} : { tracker }),
    ...(url === undefined ? {} : { url }),
  };
}
