import { holds } from './paths.ts';
import type { RunGlance } from './run-reader.ts';
import type { RunRecord } from './run-record.ts';

/**
 * `certain`: the run's own record names the outputs, or they lie where it alone writes. `likely`: they were written while it went on.
 * `possible`: shortly after, or what is known of its times is too little.
 */
export type Certainty = 'certain' | 'likely' | 'possible';

export interface Belonging {
  readonly certainty: Certainty;
  /** For a person. */
  readonly reason: string;
}

export interface NearOutputs {
  /** Relative to the workspace. */
  readonly paths: readonly string[];
  /** When the newest of them was written, milliseconds since the epoch; 0 where it isn't known. */
  readonly changedAtMs: number;
  /** Runs that the outputs themselves name. */
  readonly runIds: ReadonlySet<string>;
}

/** Clocks of file systems, and what trackers write before and after the model. */
const SLACK_MS = 5000;
/** Within this time of the end, a run of unknown beginning is taken for the one that wrote the outputs. */
const NEAR_MS = 60_000;
/** How long after a run its script may still write the model. */
const AFTERWARDS_MS = 10 * 60_000;

/** Whether outputs can be a run's, how surely, and why; undefined where nothing speaks for it. */
export function belonging(run: RunRecord, outputs: NearOutputs): Belonging | undefined {
  if (run.id !== undefined && outputs.runIds.has(run.id))
    return { certainty: 'certain', reason: 'The outputs name this run.' };
  // The reader takes those alone that were written when the outputs were, and params that weren't changed since.
  if (run.tracker === 'files')
    return { certainty: 'likely', reason: `${run.sourceFiles.join(', ')}: near the outputs.` };
  const named = [...(run.checkpoints ?? []).map(({ path }) => path), ...(run.modelPaths ?? [])];
  for (const output of outputs.paths) {
    const match = named.find((path) => holds(path, output) || holds(output, path));
    if (match !== undefined) return unlessLater(run, outputs, `The run recorded ${match} as its own.`);
    if (holds(run.place, output)) return unlessLater(run, outputs, `${output} lies in the run's folder ${run.place}.`);
  }
  return byTime(run, outputs);
}

/** Whether it is worth the while to read more of a run. */
export function mayBelong(run: RunGlance, outputs: NearOutputs): boolean {
  if (outputs.paths.length === 0 || (run.id !== undefined && outputs.runIds.has(run.id))) return true;
  if (outputs.paths.some((output) => holds(run.place, output))) return true;
  if (run.id !== undefined && outputs.paths.some((output) => output.split('/').includes(run.id ?? ''))) return true;
  return (
    outputs.changedAtMs >= run.startMs - SLACK_MS &&
    (run.endMs === undefined || outputs.changedAtMs <= run.endMs + AFTERWARDS_MS)
  );
}

/** A place is used again: what was written there long after the run is another one's, which may have recorded nothing yet. */
function unlessLater(run: RunRecord, outputs: NearOutputs, reason: string): Belonging {
  const endedAtMs = timeOf(run.endedAt);
  if (run.status === 'running' || endedAtMs === undefined || outputs.changedAtMs <= endedAtMs + AFTERWARDS_MS)
    return { certainty: 'certain', reason };
  return { certainty: 'possible', reason: `${reason} But it was written long after the run ended.` };
}

function byTime(run: RunRecord, outputs: NearOutputs): Belonging | undefined {
  const startedAtMs = timeOf(run.startedAt);
  const endedAtMs = timeOf(run.endedAt);
  if (outputs.changedAtMs === 0) return undefined;
  if (startedAtMs === undefined) {
    if (endedAtMs === undefined || Math.abs(outputs.changedAtMs - endedAtMs) > AFTERWARDS_MS) return undefined;
    const isNear = Math.abs(outputs.changedAtMs - endedAtMs) <= NEAR_MS;
    return {
      certainty: isNear ? 'likely' : 'possible',
      reason: 'The outputs were written about when the run ended.',
    };
  }
  if (outputs.changedAtMs < startedAtMs - SLACK_MS) return undefined;
  if (endedAtMs === undefined)
    return {
      certainty: 'possible',
      reason: 'The outputs were written after the run began, and its end is not recorded.',
    };
  if (outputs.changedAtMs <= endedAtMs + SLACK_MS)
    return { certainty: 'likely', reason: 'The outputs were written while the run went on.' };
  if (outputs.changedAtMs <= endedAtMs + AFTERWARDS_MS)
    return { certainty: 'possible', reason: 'The outputs were written soon after the run ended.' };
  return undefined;
}

function timeOf(iso: string | undefined): number | undefined {
  const ms = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}
