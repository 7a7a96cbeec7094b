import type { CodeLineage, WrittenByTraining } from '../catalog/read-models/lineage.ts';
import { MAX_WRITTEN } from '../log/events.ts';
import { matcherOf } from '../project/declared-paths.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import type { Tree } from './git.ts';

/** The code that a version of a model came from: each model of a project writes other files. */
export type CodeOf = (model?: string) => CodeLineage | undefined;

/**
 * The code of a tree as each model of the project has it: what training writes of the model is told apart from changes of what it reads. `folder` is where the
 * project file is, relative to the root of the repository.
 */
export async function codeByModel(
  { code, changed }: Tree,
  models: Project['models'] | undefined,
  folder: string,
): Promise<CodeOf> {
  const declared = Object.entries(models ?? {});
  if (!code.isDirty || declared.length === 0) return () => code;
  const paths = (await changed()) ?? [];
  const prefix = folder === '' ? '' : `${folder}/`;
  const own = new Map(declared.map(([name, model]) => [name, writtenOf(model, paths, prefix)]));
  return (name) => {
    const written = name === undefined ? undefined : own.get(name);
    return written === undefined ? code : { ...code, written };
  };
}

/**
 * Outputs and metrics are what training writes, and what it reads isn't, wherever it lies: data are inputs, and params are, but where they
 * are among the outputs or metrics.
 */
function writtenOf(model: ProjectModel, paths: readonly string[], prefix: string): WrittenByTraining | undefined {
  const [isWritten, isData] = [matcherOf([...model.outputs, ...model.metrics]), matcherOf(model.data)];
  const isOwn = (path: string) => isWritten(path) && !isData(path);
  const written = paths.filter((path) => path.startsWith(prefix) && isOwn(path.slice(prefix.length)));
  if (written.length === 0) return undefined;
  const named = written.slice(0, MAX_WRITTEN).map(asLine);
  return { paths: named, count: written.length, otherCount: paths.length - written.length };
}

/** As the log can have it: in one line. */
function asLine(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?').slice(0, 1024) || '?';
}
