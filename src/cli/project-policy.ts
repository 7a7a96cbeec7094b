import { dirname } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { declaredIn } from '../gates/declared.ts';
import { policyGatesOf } from '../gates/policy-gates.ts';
import { policyValue } from '../project/policy-file.ts';
import { projectIn } from '../project/project-file.ts';
import { refuseUnreadable } from '../project/refused-models.ts';
import type { PolicyDetails } from '../registry/api/policies.ts';

/**
 * The policy and the gates that a project file declares for a model. Where it declares one of them only, the other stays as it is. Throws
 * `POLICY_MISSING` where it declares neither, and what reading it throws.
 */
export async function policyFromProject({ model, policy }: PolicyDetails, file: string): Promise<unknown> {
  const project = await projectIn(file);
  refuseUnreadable(project, model);
  const declared = Object.hasOwn(project.models, model) ? project.models[model] : undefined;
  if (!declared?.policy && !declared?.gates) {
    throw new RegistryError(
      'POLICY_MISSING',
      `${file} has neither a policy nor gates for ${model}: models.${model}.policy, models.${model}.gates.`,
    );
  }
  const taken = declared.gates ? policyGatesOf(declaredIn({ project, root: dirname(file) }, model)) : undefined;
  const gates = taken ? (Object.keys(taken).length === 0 ? undefined : taken) : policy?.gates;
  const { gates: _, ...present } = policy ?? {};
  const rest = declared.policy ? policyValue(declared.policy) : present;
  return { ...(typeof rest === 'object' ? rest : {}), ...(gates ? { gates } : {}) };
}
