import { withCachedHeads } from './cached-heads.ts';
import type { ModelFacts } from './facts.ts';
import type { FileSet } from './file-set.ts';
import { FORMATS } from './formats.ts';
import { whyInvalid } from './invalid.ts';
import { mergeFacts } from './merge-facts.ts';
import type { Completeness, ModelFormat } from './model-format.ts';

/** What is known about a set of files. */
export interface Inspection {
  /** What the files say together; undefined where none is of a known format. */
  readonly facts?: ModelFacts;
  /** The formats that were found, the one that tells most first. */
  readonly formats: readonly FoundFormat[];
  /** What couldn't be read at all, in sentences; what is wrong within a format is with the facts. */
  readonly problems: readonly string[];
}

export interface FoundFormat {
  readonly id: string;
  readonly label: string;
  readonly paths: readonly string[];
}

/**
 * Reads what the files say, in every format that they have. Files that aren't what they seem become problems; only what keeps a file
 * from being read at all is thrown (`PATH_UNREADABLE`, `PATH_NOT_FOUND`).
 */
export async function inspectModel(given: FileSet, formats: readonly ModelFormat[] = FORMATS): Promise<Inspection> {
  const set = withCachedHeads(given);
  const found = await recogniseAll(set, formats);
  const parts: ModelFacts[] = [];
  for (const { format, paths } of found) parts.push(await factsOrProblem(format, set, paths));
  const facts = mergeFacts(parts);
  return {
    ...(facts ? { facts } : {}),
    formats: found.map(({ format: { id, label }, paths }) => ({ id, label, paths })),
    problems: set.problems,
  };
}

/** Whether the files are all there, by the account of every format that they have. An empty set is incomplete, and so are empty files alone. */
export async function completenessOf(given: FileSet, formats: readonly ModelFormat[] = FORMATS): Promise<Completeness> {
  const set = withCachedHeads(given);
  if (set.files.every(({ sizeBytes }) => sizeBytes === 0))
    return { kind: 'incomplete', path: set.files[0]?.path ?? '', why: 'nothing is written yet' };
  const vouchedFor = new Set<string>();
  for (const { format, paths } of await recogniseAll(set, formats)) {
    const answer = await completeOrWhy(format, set, paths);
    if (answer.kind === 'incomplete') return answer;
    if (answer.kind === 'complete') for (const path of paths) vouchedFor.add(path);
  }
  return { kind: set.files.every(({ path }) => vouchedFor.has(path)) ? 'complete' : 'plausible' };
}

interface Recognised {
  readonly format: ModelFormat;
  readonly paths: readonly string[];
}

async function recogniseAll(set: FileSet, formats: readonly ModelFormat[]): Promise<readonly Recognised[]> {
  const found: Recognised[] = [];
  for (const format of formats) {
    const paths = await format.recognise(set);
    if (paths && paths.length > 0) found.push({ format, paths });
  }
  return found;
}

async function factsOrProblem(format: ModelFormat, set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  try {
    return await format.facts(set, paths);
  } catch (error) {
    if (whyInvalid(error) === undefined) throw error;
    return { format: format.id, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

async function completeOrWhy(format: ModelFormat, set: FileSet, paths: readonly string[]): Promise<Completeness> {
  try {
    return await format.completeness(set, paths);
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    return { kind: 'incomplete', path: paths[0] ?? '', why };
  }
}
