import { modelNamed } from '../../gates/declared.ts';
import type { Answers } from '../prompts/answers.ts';
import type { Step } from '../prompts/steps.ts';

/**
 * Throws `PROJECT_FILE_INVALID` where a project file that can't be used holds every promotion of this registry back, or of this model: whoever
 * promotes is told before they are asked anything.
 */
export async function refuseHeldBack({ registry, model }: Pick<Answers, 'registry' | 'model'>): Promise<void> {
  let isGated = false;
  for (const { uri } of registry?.roots ?? []) {
    const project = await registry?.connection.project(uri.fsPath);
    // The first file with gates for the model counts, as when it is promoted.
    if (model && !isGated) isGated = modelNamed(project, model.name)?.gates !== undefined;
  }
}

/** A question whose answer may be a registry or model of which nothing can be promoted. */
export function thenUnlessHeldBack(step: Step): Step {
  return async (place, answers) => {
    const reply = await step(place, answers);
    if (reply.kind === 'given') await refuseHeldBack(reply.value);
    return reply;
  };
}
