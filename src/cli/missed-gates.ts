import { RegistryError } from '../base/errors.ts';
import type { ModelDetails } from '../catalog/read-models/models.ts';
import { isDeclared } from '../gates/declared.ts';
import { isNearly, sectionsWithGates } from '../gates/missed-gates.ts';
import { isSameModel } from '../project/model-name.ts';
import { PROJECT_FILE } from '../project/project-file-name.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CommandContext } from './context.ts';
import { reportLeftOut } from './terminal.ts';

/**
 * Says where the project file has no section for a model, and one with gates that seems to be meant for it: under a misspelt name gates hold
 * nothing up. Under a former one they do. It never fails the command that it is told beside.
 */
export async function tellMissedGates(
  context: Pick<CommandContext, 'project' | 'isJson'>,
  registry: Pick<Registry, 'showModel'>,
  model: string,
): Promise<void> {
  try {
    const project = (await context.project())?.project;
    if (!project || isDeclared(project, model)) return;
    const own = await registry.showModel({ model });
    for (const name of sectionsWithGates(project)) {
      const isFormer = own.formerNames.some((former) => isSameModel(former, name));
      if (isFormer || !isNearly(name, model)) continue;
      const other = await modelCalled(registry, name);
      if (other !== undefined && other.id !== own.id) continue;
      const why = `has gates for ${name}, and there is no model of that name, so they hold nothing up. Did you mean ${model}? Correct the name of the section.`;
      reportLeftOut(new RegistryError('GATES_UNUSED', `${PROJECT_FILE} ${why}`), context.isJson);
    }
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
  }
}

async function modelCalled(registry: Pick<Registry, 'showModel'>, model: string): Promise<ModelDetails | undefined> {
  try {
    return await registry.showModel({ model });
  } catch (error) {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND')) return undefined;
    throw error;
  }
}
