import * as v from 'valibot';
import type { OperationOptions } from '../base/progress.ts';
import type { Inspector } from '../modelfiles/inspector.ts';
import { type CaptureProviders, registerDeclared } from '../outputs/capture.ts';
import { ModelFinder } from '../outputs/finding/model-finder.ts';
import type { RunsGoingOn } from '../outputs/running.ts';
import { withModel } from '../project/add-model.ts';
import { readProject } from '../project/project-file.ts';
import type { Registry } from '../registry/api/registry.ts';

const proposal = v.object({
  name: v.string(),
  outputs: v.array(v.string()),
  metrics: v.array(v.string()),
  params: v.array(v.string()),
});
const findSchema = v.object({ root: v.string(), sinceMs: v.number() });
const declareSchema = v.object({ text: v.optional(v.string()), proposal });
const registerSchema = v.object({ root: v.string(), proposal });

export interface FindingOptions {
  readonly registry: () => Promise<Registry>;
  readonly providersFor: (root: string) => CaptureProviders;
  readonly runsIn: (root: string) => RunsGoingOn;
  readonly inspector: Inspector;
  /** Told what is missing in a version. */
  readonly onProblem: (root: string, problem: unknown) => void;
}

/** What the registry's thread does about models that no project file declares. */
export function findingOf({ registry, providersFor, inspector, runsIn, onProblem }: FindingOptions) {
  const finders = new Map<string, ModelFinder>();

  return {
    /** Undefined for what is none of its business. */
    async answer(
      name: string,
      args: unknown,
      operation: OperationOptions,
    ): Promise<{ readonly value: unknown } | undefined> {
      switch (name) {
        case 'findModel': {
          const { root, sinceMs } = v.parse(findSchema, args);
          const finder = finders.get(root) ?? new ModelFinder(root, inspector);
          finders.set(root, finder);
          const project = await readProject(root);
          // What appeared may be an output that a section with a mistake declares.
          if (project?.refused) return { value: undefined };
          return { value: await finder.find({ sinceMs, project, signal: operation.signal }) };
        }
        case 'withModel': {
          const { text, proposal: found } = v.parse(declareSchema, args);
          return { value: withModel(text, found.name, found) };
        }
        case 'registerFound': {
          const { root, proposal: found } = v.parse(registerSchema, args);
          const model = { ...found, data: [], tags: {}, checkpoints: 'best' as const };
          const providers = providersFor(root);
          const declared = await readProject(root);
          const result = registerDeclared({
            root,
            name: found.name,
            model,
            project: { ...declared, models: { ...declared?.models, [found.name]: model } },
            providers,
            registry: await registry(),
            goingOn: runsIn(root),
            operation,
            onLeftOut: (problem) => onProblem(root, problem),
            // Nobody named the files beside it: a name in one of them takes no version along.
            onProblem: (problem) => onProblem(root, problem),
          });
          return { value: await result };
        }
        default:
          return undefined;
      }
    },
  };
}
