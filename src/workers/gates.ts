import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { declaredIn } from '../gates/declared.ts';
import { runGates } from '../gates/run-gates.ts';
import { readProject } from '../project/project-file.ts';
import { PROJECT_FILE } from '../project/project-schema.ts';
import type { Registry } from '../registry/api.ts';
import type { RegistryThreadEvent } from './registry-messages.ts';

const runSchema = v.object({
  run: v.string(),
  root: v.string(),
  ref: v.string(),
  stage: v.string(),
  isAgain: v.optional(v.boolean()),
  atOnce: v.optional(v.number()),
});

/** What the registry's thread does about gates that run commands: only those of the project file in `root`, as it is on the disk now. */
export function gatesOf(options: {
  readonly registry: () => Promise<Registry>;
  readonly emit: (event: RegistryThreadEvent) => void;
}) {
  const { registry, emit } = options;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function run(args: unknown, { signal }: OperationOptions) {
    const { run, root, ref, stage, isAgain, atOnce } = v.parse(runSchema, args);
    const project = await readProject(root);
    if (!project)
      throw new RegistryError(
        'PROJECT_FILE_MISSING',
        `There is no ${PROJECT_FILE} in ${root} any more. Nothing was run.`,
      );
    return runGates(await registry(), { ref, stage }, (model) => declaredIn(project, model), {
      root,
      signal: AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]),
      onActivity: (activity) => emit({ kind: 'gate', run, activity }),
      isAgain,
      atOnce,
    });
  }

  return {
    /** Undefined for what is none of its business. */
    async answer(
      name: string,
      args: unknown,
      operation: OperationOptions,
    ): Promise<{ readonly value: unknown } | undefined> {
      if (name !== 'runGates') return undefined;
      const result = run(args, operation);
      running.add(result);
      return { value: await result.finally(() => running.delete(result)) };
    },
    /** Ends the commands under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}
