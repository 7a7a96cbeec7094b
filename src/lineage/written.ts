import { join } from 'node:path';
import { pathInside } from '../base/inside.ts';
import type { CodeLineage, WrittenByTraining } from '../catalog/read-models/lineage.ts';
import { MAX_WRITTEN } from '../log/events.ts';
import { matcherOf } from '../project/declared-paths.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import { isAddress } from '../registry/data/address.ts';
import { asLine } from './as-line.ts';
import { isCode, mayHoldMetrics } from './code-names.ts';
import type { Tree } from './git.ts';
import { linksIn, realPlaceOf } from './links.ts';

const MAX_PATH = 1024;

/** The code that a version of a model came from: each model of a project writes other files. */
export type CodeOf = (model?: string) => CodeLineage | undefined;

/**
 * The code of a tree as each model of the project has it: its declared outputs and metrics are told apart from changes of what its training reads. `folder` is
 * where the project file is, relative to the root of the repository.
 */
export async function codeByModel(
  { code, top, changed }: Tree,
  models: Project['models'] | undefined,
  folder: string,
  linksOf = linksIn(join(top, folder)),
): Promise<CodeOf> {
  const declared = Object.entries(models ?? {});
  if (!code.isDirty || declared.length === 0) return () => code;
  const changes: Changes = { paths: (await changed()) ?? [], top, folder, linksOf };
  const own = new Map<string, WrittenByTraining | undefined>();
  for (const [name, model] of declared) own.set(name, await writtenOf(model, changes));
  return (name) => {
    const written = name === undefined ? undefined : own.get(name);
    return written === undefined ? code : { ...code, written };
  };
}

interface Changes {
  /** Relative to the root of the repository, as is `folder`. */
  readonly paths: readonly string[];
  readonly top: string;
  readonly folder: string;
  readonly linksOf: ReturnType<typeof linksIn>;
}

/**
 * Outputs and metrics are what training writes, and what it reads isn't, wherever it lies and by whatever link it is reached: data and params are inputs, and
 * so is code. Of what is declared as metrics, only what metrics are read from can be any. Where there are too many inputs to tell by which links they are reached,
 * all may be inputs.
 */
async function writtenOf(
  model: ProjectModel,
  { paths, top, folder, linksOf }: Changes,
): Promise<WrittenByTraining | undefined> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const root = join(top, folder);
  const [isOutput, isMetrics] = [matcherOf(model.outputs), matcherOf(model.metrics)];
  const candidates = paths.filter((path) => {
    if (!path.startsWith(prefix)) return false;
    const own = path.slice(prefix.length);
    return (isMetrics(own) && mayHoldMetrics(own)) || (isOutput(own) && !isCode(own));
  });
  if (candidates.length === 0) return undefined;
  const inputs = [...model.data.filter((pattern) => !isAddress(pattern)), ...model.params];
  const isInput = matcherOf(inputs);
  const otherNames = await linksOf(inputs);
  if (!otherNames) return undefined;
  const written: string[] = [];
  for (const path of candidates) {
    const real = await realPlaceOf(join(top, path));
    const inside = pathInside(root, real);
    const names = [path.slice(prefix.length), ...(inside === undefined ? [] : [inside]), ...otherNames(real)];
    if (!names.some(isInput)) written.push(path);
  }
  if (written.length === 0) return undefined;
  const named = written.slice(0, MAX_WRITTEN).map((path) => asLine(path, MAX_PATH));
  return { paths: named, count: written.length, otherCount: paths.length - written.length };
}
