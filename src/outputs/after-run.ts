import type { OperationOptions } from '../base/progress.ts';
import type { Project } from '../project/project-schema.ts';
import type { RegisterResult, Registry, RunLineage } from '../registry/api.ts';
import { type CaptureProviders, registerDeclared } from './capture.ts';
import { sampleOutput } from './output-files.ts';

/** The outputs of a project's models at one moment: the state of each file, by model. */
export type OutputStates = ReadonlyMap<string, ReadonlySet<string>>;

export async function outputStates(root: string, project: Project): Promise<OutputStates> {
  const states = Object.entries(project.models).map(async ([name, { outputs }]): Promise<[string, Set<string>]> => {
    const stamps = (await sampleOutput(root, outputs)) ?? [];
    return [name, new Set(stamps.map(({ key }) => key))];
  });
  return new Map(await Promise.all(states));
}

export interface RecordedRun {
  readonly root: string;
  readonly project: Project;
  readonly registry: Registry;
  /** What was known when the run began. */
  readonly providers: CaptureProviders;
  readonly run: RunLineage;
  /** The outputs when it began. */
  readonly before: OutputStates;
  readonly operation: OperationOptions;
  /** Why something is missing in a version. */
  readonly onProblem: (problem: unknown) => void;
}

/** Registers a version of each model whose outputs the run wrote, be they the same bytes as before. */
export async function registerAfterRun(recorded: RecordedRun): Promise<readonly RegisterResult[]> {
  const { root, project, before, providers, registry, run, operation, onProblem } = recorded;
  const after = await outputStates(root, project);
  const results: RegisterResult[] = [];
  for (const [name, model] of Object.entries(project.models)) {
    const isWritten = [...(after.get(name) ?? [])].some((key) => before.get(name)?.has(key) !== true);
    if (!isWritten) continue;
    results.push(await registerDeclared({ root, name, model, providers, registry, run, operation, onProblem }));
  }
  return results;
}
