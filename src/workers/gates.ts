import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { askAgain } from '../gates/ask-again.ts';
import { declaredIn } from '../gates/declared.ts';
import { evaluateGates, type GateReport } from '../gates/evaluate-gates.ts';
import { promoteThroughGates } from '../gates/promote.ts';
import { runGates } from '../gates/run-gates.ts';
import { readProject } from '../project/project-file.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { RegistryThreadEvent } from './registry-messages.ts';

const gatesEntries = { ref: v.string(), stage: v.string(), roots: v.array(v.string()) };
const gatesSchema = v.object({ ...gatesEntries, isQuick: v.optional(v.boolean()) });
const versionSchema = v.object({ ref: v.string(), roots: v.array(v.string()) });
const runSchema = v.object({
  ...gatesEntries,
  run: v.string(),
  isAgain: v.optional(v.boolean()),
  atOnce: v.optional(v.number()),
});
const againSchema = v.object({ roots: v.array(v.string()), id: v.string() });
const promoteSchema = v.object({
  roots: v.array(v.string()),
  request: v.object({
    ref: v.string(),
    stage: v.string(),
    reason: v.string(),
    override: v.exactOptional(v.boolean()),
    expectHolder: v.exactOptional(v.nullable(v.string())),
    expectStage: v.exactOptional(v.string()),
  }),
});

/** Where versions begin and where they end: nothing is asked for either. */
const NEVER_ASKING: ReadonlySet<string> = new Set(['candidate', 'archived']);

/** What the registry's thread does about gates: those of the project files of the workspace, as they are on the disk now. */
export function gatesOf(options: {
  readonly registry: () => Promise<Registry>;
  readonly emit: (event: RegistryThreadEvent) => void;
}) {
  const { registry, emit } = options;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function evaluate(args: unknown): Promise<GateReport> {
    const { ref, stage, roots, isQuick } = v.parse(gatesSchema, args);
    const { declaredOf } = await declaredBelow(roots);
    return evaluateGates(await registry(), { ref, stage, isQuick }, declaredOf);
  }

  /** For each stage that a version can be promoted to. The project files are read once. */
  async function evaluateAll(args: unknown): Promise<readonly GateReport[]> {
    const { ref, roots } = v.parse(versionSchema, args);
    const opened = await registry();
    const [{ declaredOf }, version] = await Promise.all([declaredBelow(roots), opened.show({ ref })]);
    const stages = await opened.stages({ model: version.modelId });
    const reports: GateReport[] = [];
    for (const { name } of stages) {
      if (NEVER_ASKING.has(name)) continue;
      reports.push(await evaluateGates(opened, { ref: version.id, stage: name }, declaredOf));
    }
    return reports;
  }

  /** Commands run in the folder of the project file that declares them. */
  async function run(args: unknown, { signal }: OperationOptions) {
    const { run: name, roots, ref, stage, isAgain, atOnce } = v.parse(runSchema, args);
    const { declaredOf, rootOf } = await declaredBelow(roots);
    const opened = await registry();
    const { version } = await opened.gateStanding({ ref, stage });
    return runGates(opened, { ref: version.id, stage }, declaredOf, {
      root: rootOf(version.model),
      signal: AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]),
      onActivity: (activity) => emit({ kind: 'gate', run: name, activity }),
      isAgain,
      atOnce,
    });
  }

  async function promote(args: unknown, operation: OperationOptions) {
    const { roots, request } = v.parse(promoteSchema, args);
    const { declaredOf } = await declaredBelow(roots);
    return promoteThroughGates(await registry(), request, declaredOf, operation);
  }

  async function again(args: unknown) {
    const { roots, id } = v.parse(againSchema, args);
    const { declaredOf } = await declaredBelow(roots);
    await askAgain(await registry(), id, declaredOf);
  }

  return {
    /** Undefined for what is none of its business. */
    async answer(
      name: string,
      args: unknown,
      operation: OperationOptions,
    ): Promise<{ readonly value: unknown } | undefined> {
      switch (name) {
        case 'stageGates':
          return { value: await evaluate(args) };
        case 'versionGates':
          return { value: await evaluateAll(args) };
        case 'promoteThroughGates':
          return { value: await promote(args, operation) };
        case 'askAgain':
          return { value: await again(args) };
        case 'runGates': {
          const result = run(args, operation);
          running.add(result);
          return { value: await result.finally(() => running.delete(result)) };
        }
        default:
          return undefined;
      }
    },
    /** Ends the commands under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

/**
 * What the project files of a registry's workspace folders declare: the first that declares gates for a model counts. One that can't be
 * read may declare a gate, so it throws.
 */
async function declaredBelow(roots: readonly string[]) {
  const projects = await Promise.all(roots.map(async (root) => ({ root, project: await readProject(root) })));
  const of = (model: string) => projects.find((at) => declaredIn(at, model).gates !== undefined) ?? projects[0];
  return {
    declaredOf: (model: string) => declaredIn(of(model), model),
    rootOf: (model: string) => {
      const root = of(model)?.root;
      if (root === undefined)
        throw new RegistryError('REGISTRY_NOT_OPEN', 'The registry belongs to no folder of this window.');
      return root;
    },
  };
}
