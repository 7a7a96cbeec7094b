import * as v from 'valibot';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import { complain, inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { modelStep, onlyModel, registryStep, versionStep } from '../prompts/questions.ts';
import type { Step } from '../prompts/steps.ts';
import type { CommandContext } from './command-context.ts';

/** What a row of a view or a page says a command is about. */
const targetSchema = v.object({
  registryDir: v.string(),
  modelId: v.optional(v.string()),
  versionId: v.optional(v.string()),
  /** Where it is to be moved. */
  stage: v.optional(v.string()),
});
export type Target = v.InferOutput<typeof targetSchema>;

/** The target in an argument; undefined where the command comes from the palette. */
export function targetOf(argument: unknown): Target | undefined {
  const parsed = v.safeParse(targetSchema, argument);
  return parsed.success ? parsed.output : undefined;
}

/** True for a row of a view, which is the place where the person is. */
export function isRow(argument: unknown): boolean {
  return v.is(v.object({ kind: v.string() }), argument);
}

/**
 * The row that a command is about. A key that is pressed in the Models view hands none on: then it is the selected one, or nothing where that is of another
 * kind or not alone.
 */
export function rowOf(
  { selectedModels }: Pick<CommandContext, 'selectedModels'>,
  argument: unknown,
  kinds: readonly string[],
): { readonly row: unknown } | undefined {
  if (!v.is(v.object({ isOfSelected: v.literal(true) }), argument)) return { row: argument };
  const [row, ...others] = selectedModels();
  const isMeant = others.length === 0 && v.is(v.object({ kind: v.picklist(kinds) }), row);
  return isMeant ? { row } : undefined;
}

/** The targets of a command on several rows: the editor gives the row first, then all that are selected. */
export function targetsOf(row: unknown, selected: unknown): readonly Target[] {
  const all = Array.isArray(selected) && selected.length > 0 ? selected : [row];
  return all.flatMap((argument: unknown) => targetOf(argument) ?? []);
}

export interface Start {
  readonly answers: Answers;
  /** What still has to be asked. */
  readonly steps: readonly Step[];
}

type Need = 'registry' | 'model' | 'version';

/**
 * What is known from the argument, and the questions for the rest. Undefined where there is no registry, of which the person was told.
 * Throws what the registry throws, for a version that is gone for example.
 */
export async function startFrom(
  context: CommandContext,
  argument: unknown,
  need: Need,
  askVersion: Step = versionStep,
): Promise<Start | undefined> {
  const target = targetOf(argument);
  const existing = await context.registries.existing();
  const [only] = existing;
  if (only === undefined) {
    await tellThereIsNone(context);
    return undefined;
  }
  const registry = target
    ? existing.find(({ dir }) => dir === target.registryDir)
    : existing.length === 1
      ? only
      : undefined;
  if (registry === undefined) {
    const steps: Step[] = [registryStep(context.registries)];
    if (need !== 'registry') steps.push(modelStep);
    if (need === 'version') steps.push(askVersion);
    return { answers: {}, steps };
  }
  if (need === 'registry') return { answers: { registry }, steps: [] };
  const calls = registry.connection.registry;
  if (target?.versionId !== undefined && need === 'version') {
    const version = await calls.show({ ref: target.versionId });
    return { answers: { registry, version, model: await calls.showModel({ model: version.modelId }) }, steps: [] };
  }
  const modelId =
    target?.modelId ??
    (target?.versionId && (await calls.show({ ref: target.versionId })).modelId) ??
    (await onlyModel(calls))?.id;
  if (modelId === undefined || modelId === '') {
    return { answers: { registry }, steps: need === 'version' ? [modelStep, askVersion] : [modelStep] };
  }
  const model = await calls.showModel({ model: modelId });
  return { answers: { registry, model }, steps: need === 'version' ? [askVersion] : [] };
}

async function tellThereIsNone({ registries }: CommandContext): Promise<void> {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
    const chosen = await inform(t('A registry belongs to the folder of a project. Open one first.'), t('Open Folder…'));
    if (chosen !== undefined) await vscode.commands.executeCommand('vscode.openFolder');
    return;
  }
  const [problem] = await registries.problems();
  if (problem) {
    await complain(told(problem.message));
    return;
  }
  const chosen = await inform(t('This folder has no model registry yet.'), t('Create a Registry'));
  if (chosen !== undefined) await vscode.commands.executeCommand('modelRegistry.createRegistry');
}
