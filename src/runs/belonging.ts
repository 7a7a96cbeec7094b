import type { RunRecord } from './run-record.ts';

/**
 * `certain`: the run's own record names the outputs, or they lie where it alone writes. `likely`: they were written while it ran.
 * `possible`: shortly after, or what is known of its times is too little.
 */
export type Certainty = 'certain' | 'likely' | 'possible';

export interface NearOutputs {
  /** Relative to the workspace. */
  readonly paths: readonly string[];
  /** When the newest of them was written, milliseconds since the epoch. */
  readonly changedAtMs: number;
}

/** Clocks of file systems, and what trackers write before and after the model. */
const SLACK_MS = 5000;
/** How long after a run its script may still write the model. */
const AFTERWARDS_MS = 10 * 60_000;

/** Whether outputs can be a run's, how surely, and why; undefined where nothing speaks for it. */
export function belonging(
  run: RunRecord,
  outputs: NearOutputs,
): { readonly certainty: Certainty; readonly reason: string } | undefined {
  const named = [...(run.checkpoints ?? []).map(({ path }) => path), ...(run.modelPaths ?? [])];
  for (const output of outputs.paths) {
    const match = named.find((path) => holds(path, output) || holds(output, path));
    if (match !== undefined) return { certainty: 'certain', reason: `The run recorded ${match} as its own.` };
    if (run.place !== '' && holds(run.place, output))
      return { certainty: 'certain', reason: `${output} lies in the run's folder ${run.place}.` };
  }
  return byTime(run, outputs);
}

function byTime(
  run: RunRecord,
  outputs: NearOutputs,
): { readonly certainty: Certainty; readonly reason: string } | undefined {
  if (outputs.changedAtMs === 0 || run.startedAt === undefined) return undefined;
  const startedAtMs = Date.parse(run.startedAt);
  const endedAtMs = run.endedAt === undefined ? undefined : Date.parse(run.endedAt);
  if (Number.isNaN(startedAtMs) || outputs.changedAtMs < startedAtMs - SLACK_MS) return undefined;
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

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
