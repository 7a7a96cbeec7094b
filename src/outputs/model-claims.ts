import { matcherOf, splitPattern } from '../project/declared-paths.ts';
import type { Project } from '../project/project-schema.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import { holds, parentOf } from '../runs/paths.ts';

/** Files that a script wrote by itself: nothing in them says which run they are of. */
const FILES: ReadonlySet<string> = new Set(['files', 'evaluations', 'training-log']);

export interface ClaimOptions {
  readonly project: Project;
  /** The model whose outputs the runs were found for. */
  readonly name: string;
  /** Other models that can have been trained when the outputs were written; all of the project unless given. */
  readonly rivals?: readonly string[];
  /** When the command began that wrote the outputs, where that is known; milliseconds since the epoch. */
  readonly beganAtMs?: number;
  /** Told of files with metrics that are as near to a rival. */
  readonly onUnclear?: (path: string) => void;
}

/** Between what a tracker and what this program takes for the time. */
const SLACK_MS = 5000;

interface Claim {
  /** Whether the project file names the file as one of the model's metrics or params. */
  readonly declares: (path: string) => boolean;
  readonly writes: (path: string) => boolean;
  /** How near a path is to the outputs. */
  readonly nearness: (path: string) => number;
}

/**
 * The found runs without what belongs to other models of the project: what is declared for them, and what lies nearer to their outputs.
 * Plain metrics that lie as near to a rival belong to nobody, and so do runs that had ended when the outputs were written: which model
 * they judge can't be told, and a gate would take them for this one's.
 */
export function runsOfModel(found: readonly FoundRun[], options: ClaimOptions): readonly FoundRun[] {
  const { project, name, beganAtMs = 0 } = options;
  const declared = [
    ...Object.entries(project.models),
    ...(project.refused ?? []).map((refused) => [refused.name, refused] as const),
  ];
  const others = new Map(declared.filter(([other]) => other !== name).map(([other, model]) => [other, claimOf(model)]));
  if (others.size === 0) return found;
  const own = claimOf(project.models[name]);
  const rivals = [...others].filter(([other]) => options.rivals?.includes(other) ?? true).map(([, claim]) => claim);
  const isOthers = (path: string) =>
    [...others.values()].some(
      (other) =>
        (other.declares(path) && !own.declares(path)) ||
        (other.writes(path) && !own.writes(path)) ||
        other.nearness(path) > own.nearness(path),
    );
  const isShared = (path: string) =>
    !own.declares(path) && rivals.some((rival) => rival.nearness(path) === own.nearness(path));
  return found.flatMap((item) => {
    const { run, certainty } = item;
    const named = [...(run.checkpoints ?? []).map(({ path }) => path), ...(run.modelPaths ?? [])];
    if (certainty === 'certain') return [item];
    // It goes on beside the command, as the training of another model may.
    if (Date.parse(run.startedAt ?? '') < beganAtMs - SLACK_MS) return [];
    if ([...run.sourceFiles, ...named].some(isOthers)) return [];
    if (!run.sourceFiles.some(isShared)) return [item];
    if (!FILES.has(run.tracker)) return certainty === 'possible' && run.status !== 'running' ? [] : [item];
    if (Object.keys(run.metrics).length === 0) return [item];
    for (const path of run.sourceFiles) options.onUnclear?.(path);
    return [];
  });
}

/** Whether a file is as likely, or more, one of the project's models' as that of a model with these outputs. */
export function mayBeOthers(path: string, outputs: readonly string[], project: Project | undefined): boolean {
  const own = claimOf({ outputs, metrics: [], params: [] });
  return Object.values(project?.models ?? {})
    .map(claimOf)
    .some((other) => other.declares(path) || other.writes(path) || other.nearness(path) >= own.nearness(path));
}

function claimOf(model: Readonly<Record<'outputs' | 'metrics' | 'params', readonly string[]>> | undefined): Claim {
  const folders = (model?.outputs ?? []).map(folderOf);
  return {
    declares: matcherOf(model ? [...model.metrics, ...model.params] : []),
    writes: matcherOf(model?.outputs ?? []),
    nearness: (path) => Math.max(-1, ...folders.map((folder) => nearnessOf(folder, parentOf(path)))),
  };
}

/** The folder that an output pattern names or starts from; a plain path that has a suffix is a file in one. */
function folderOf(pattern: string): string {
  const { base, rest } = splitPattern(pattern);
  if (base === '.') return '';
  return rest === '' && /\.[^./]+$/.test(base) ? parentOf(base) : base;
}

/** Twice the folders on the way that both share, and one more where one path leads through the whole of the other. */
function nearnessOf(folder: string, place: string): number {
  const names = folder === '' ? [] : folder.split('/');
  const others = place === '' ? [] : place.split('/');
  const differing = names.findIndex((name, index) => name !== others[index]);
  const shared = differing === -1 ? names.length : differing;
  return shared * 2 + (folder === '' || holds(folder, place) ? 1 : 0);
}
