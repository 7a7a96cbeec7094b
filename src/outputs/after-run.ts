import type { OperationOptions } from '../base/progress.ts';
import type { RunLineage } from '../catalog/read-models/lineage.ts';
import type { Project } from '../project/project-schema.ts';
import type { RegisterResult } from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import { type CaptureProviders, registerDeclared } from './capture.ts';
import { sampleOutput, stampsOf } from './output-files.ts';

/** The files of a project's models at one moment: the state of each, by model. */
export type OutputStates = ReadonlyMap<string, ModelState>;

interface ModelState {
  readonly outputs: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

export async function outputStates(root: string, project: Project): Promise<OutputStates> {
  const states = Object.entries(project.models).map(async ([name, model]): Promise<[string, ModelState]> => {
    const outputs = (await sampleOutput(root, model.outputs)) ?? [];
    const metrics = await stampsOf(root, model.metrics);
    return [name, { outputs: new Set(outputs.map(({ key }) => key)), metrics: new Set(metrics.map(({ key }) => key)) }];
  });
  return new Map(await Promise.all(states));
}

export interface RecordedRun {
  readonly root: string;
  readonly project: Project;
  /** Those that are registered, of all that the project has. */
  readonly models: readonly string[];
  readonly registry: Registry;
  /** What was known when the run began. */
  readonly providers: CaptureProviders;
  readonly run: RunLineage;
  /** The outputs when it began. */
  readonly before: OutputStates;
  readonly operation: OperationOptions;
  /** Why something is missing in a version. */
  readonly onProblem: (problem: unknown) => void;
  /** Why there is no version of a model; those of the others are made all the same. */
  readonly onFailed: (failure: unknown) => void;
}

/** Registers a version of each of the models whose outputs the run wrote, be they the same bytes as before. */
export async function registerAfterRun(recorded: RecordedRun): Promise<readonly RegisterResult[]> {
  const { root, project, models, before, providers, registry, run, operation, onProblem, onFailed } = recorded;
  const after = await outputStates(root, project);
  const written = Object.entries(project.models).filter(([name]) =>
    [...(after.get(name)?.outputs ?? [])].some((key) => before.get(name)?.outputs.has(key) !== true),
  );
  const results: RegisterResult[] = [];
  for (const [name, model] of written) {
    if (!models.includes(name)) continue;
    const outputs = {
      lineage: run,
      oldMetrics: before.get(name)?.metrics ?? new Set(),
      models: written.map(([other]) => other),
    };
    try {
      const result = await registerDeclared({
        ...{ root, name, model, project, providers, registry, operation, onProblem },
        run: outputs,
        onLeftOut: onProblem,
      });
      results.push(result);
    } catch (failure) {
      if (operation.signal?.aborted) throw failure;
      onFailed(failure);
    }
  }
  return results;
}
