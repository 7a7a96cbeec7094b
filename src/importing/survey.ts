import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { throwIfCancelled } from '../artifacts/cancel.ts';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { MLFLOW_DATABASE } from '../runs/mlflow/database.ts';
import { RunFiles, SearchExhausted } from '../runs/run-files.ts';
import type { FoundModel, SourceKind, Survey } from './found.ts';
import { type Source, sources } from './sources.ts';
import { withUnusableFiles } from './usable.ts';
import { type WalkedFolder, walkFolders } from './walk.ts';

const MAX_PROBLEMS = 50;
/** Of one kind of source, so many places are read. */
const MAX_PLACES = 500;

/** Where is imported from: a folder, and what in it alone, where a store itself was named. */
export interface ImportPlace {
  readonly root: string;
  /** Relative to the root. */
  readonly only?: string;
}

/** What a person named: a folder of a project, or a store in it. Throws `PATH_NOT_FOUND`. */
export async function importPlace(path: string): Promise<ImportPlace> {
  const absolute = resolve(path);
  try {
    const found = await stat(absolute);
    const name = basename(absolute);
    const isStore = found.isFile() ? MLFLOW_DATABASE.test(name) : name === 'mlruns' || name === 'wandb';
    if (!found.isDirectory() && !isStore) {
      throw new RegistryError(
        'ARGUMENT_INVALID',
        `${absolute} is no folder, and no database of MLflow. Name the folder of a project, or a store in it; files of a model are registered with \`model-registry register\`.`,
      );
    }
    return isStore ? { root: dirname(absolute), only: name } : { root: absolute };
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') throw error;
    throw new RegistryError(
      'PATH_NOT_FOUND',
      `There is no ${absolute}. Name the folder of a project, or a store in it.`,
    );
  }
}

export interface SurveyOptions extends ImportPlace {
  /** All unless given. */
  readonly kinds?: readonly SourceKind[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The models that a folder holds, by what MLflow, DVC, W&B and Hugging Face keep there. Reads only, and only inside of the folder; nothing is
 * executed or unpickled. What can't be read is a problem in the answer.
 */
export async function surveyFolder({ root, only, kinds, signal }: SurveyOptions): Promise<Survey> {
  const files = await RunFiles.of(root, signal);
  const problems: string[] = [];
  const wanted = sources.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  const places = new Map<Source, Set<string>>(wanted.map((source) => [source, new Set<string>()]));
  const recognise = (walked: WalkedFolder): readonly string[] =>
    sources.flatMap((source) => {
      const found = source
        .recognise(walked)
        .filter((place) => only === undefined || place === only || place.startsWith(`${only}/`));
      for (const place of found)
        if ((places.get(source)?.size ?? MAX_PLACES) < MAX_PLACES) places.get(source)?.add(place);
      return source.isWhole ? found : [];
    });
  const models: FoundModel[] = [];
  try {
    const isPartial = await walkFolders(files, recognise, signal);
    if (isPartial) problems.push('There are more folders than are searched: some models may be missing');
    const claimed = new Set<string>();
    for (const [source, found] of places) {
      // Files are found where nothing else is, or where they are asked for.
      if (source.kind === 'files' && kinds === undefined && models.length > 0) continue;
      const read = await readOrSay(source, [...found], { files, claimed, signal }, problems);
      for (const model of read) for (const { paths } of model.versions) for (const path of paths) claimed.add(path);
      models.push(...read);
    }
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof SearchExhausted)) throw error;
    problems.push('There is more here than is searched: some models may be missing');
  }
  // Whoever reads may take a file for one that can't be read.
  throwIfCancelled(signal);
  const found = models.filter(({ versions }) => versions.length > 0);
  return { models: await withUnusableFiles(found, root, signal), problems: problems.slice(0, MAX_PROBLEMS) };
}

async function readOrSay(
  source: Source,
  places: readonly string[],
  context: Parameters<Source['read']>[1],
  problems: string[],
): Promise<readonly FoundModel[]> {
  const models: FoundModel[] = [];
  for (const batch of source.readsTogether ? [places] : places.map((place) => [place])) {
    throwIfCancelled(context.signal);
    if (batch.length === 0) continue;
    try {
      const read = await source.read(batch, context);
      models.push(...read.models);
      problems.push(...(read.problems ?? []));
    } catch (error) {
      if (error instanceof SearchExhausted || context.signal?.aborted) throw error;
      problems.push(`${batch.slice(0, 3).join(', ')} can't be read: ${messageOf(error)}`);
    }
  }
  return models;
}
