import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** Versions that are one row until somebody opens it: the checkpoints of a run, or the runs of a sweep. */
export interface Fold {
  readonly what: 'run' | 'sweep';
  /** The same while more of them are registered. */
  readonly key: string;
  /** In the order of the list. */
  readonly versions: readonly VersionSummary[];
}

/** Fewer runs than these are looked at one by one. */
const SMALLEST_SWEEP = 5;
/** The runs of a sweep follow each other. */
const LONGEST_PAUSE_MS = 60 * 60_000;
const QUIET_STAGES = ['candidate', 'archived'];

/**
 * Folds a list of a model's versions, newest first. Only what nobody has done anything with is folded: what is in another stage or has an alias
 * stands for itself, and so does the newest version.
 */
export function foldVersions(newestFirst: readonly VersionSummary[]): readonly (VersionSummary | Fold)[] {
  const [newest, ...others] = newestFirst;
  if (!newest) return [];
  return [newest, ...neighbours(others).flatMap(foldedNeighbours)];
}

export function isFold(row: VersionSummary | Fold): row is Fold {
  return 'what' in row;
}

/** Parts the list into stretches of versions that may belong together, and single ones. */
function neighbours(versions: readonly VersionSummary[]): readonly (readonly VersionSummary[])[] {
  const stretches: VersionSummary[][] = [];
  for (const version of versions) {
    const last = stretches.at(-1);
    const before = last?.at(-1);
    if (last && before && isQuiet(before) && isQuiet(version) && areOfOneSweep(before, version)) last.push(version);
    else stretches.push([version]);
  }
  return stretches;
}

function isQuiet({ stage, aliases }: VersionSummary): boolean {
  return QUIET_STAGES.includes(stage) && aliases.length === 0;
}

function areOfOneSweep(later: VersionSummary, earlier: VersionSummary): boolean {
  if (isSameRun(later, earlier)) return true;
  const pauseMs = Math.abs(Date.parse(later.createdAt) - Date.parse(earlier.createdAt));
  const names = Object.keys(later.params).sort();
  return (
    later.commit === earlier.commit &&
    names.length > 0 &&
    pauseMs <= LONGEST_PAUSE_MS &&
    JSON.stringify(names) === JSON.stringify(Object.keys(earlier.params).sort())
  );
}

function isSameRun(one: VersionSummary, other: VersionSummary): boolean {
  return one.runId !== undefined && one.runId === other.runId;
}

function foldedNeighbours(versions: readonly VersionSummary[]): readonly (VersionSummary | Fold)[] {
  const runs = runsOf(versions);
  const oldest = versions.at(-1);
  if (runs.length >= SMALLEST_SWEEP && oldest && haveDifferentParams(versions)) {
    return [{ what: 'sweep', key: `sweep-${oldest.id}`, versions }];
  }
  return runs.flatMap((run): readonly (VersionSummary | Fold)[] => {
    const [first] = run;
    return run.length > 1 && first?.runId !== undefined
      ? [{ what: 'run', key: `run-${first.runId}`, versions: run }]
      : run;
  });
}

function runsOf(versions: readonly VersionSummary[]): readonly (readonly VersionSummary[])[] {
  const runs: VersionSummary[][] = [];
  for (const version of versions) {
    const last = runs.at(-1);
    if (last?.[0] && isSameRun(last[0], version)) last.push(version);
    else runs.push([version]);
  }
  return runs;
}

function haveDifferentParams(versions: readonly VersionSummary[]): boolean {
  const first = JSON.stringify(versions[0]?.params);
  return versions.some(({ params }) => JSON.stringify(params) !== first);
}
