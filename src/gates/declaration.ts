import type { ModelDetails } from '../registry/api.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import type { Declared, GateResult } from './evaluate-gates.ts';

/**
 * What is declared for a model, under the name that it has or, where that is unknown to the project file, had: renaming it must not drop its
 * gates. With a result that isn't evaluated for each stage that the model hasn't: a name that is misspelt would let everything through.
 */
export async function declarationOf(
  registry: Pick<RegistryCalls, 'showModel'>,
  model: string,
  declaredOf: (model: string) => Declared,
): Promise<{ readonly declared: Declared; readonly problems: readonly GateResult[] }> {
  const details = await registry.showModel({ model });
  const names = [model, ...details.formerNames];
  const declared = names.map(declaredOf).find(({ gates }) => gates !== undefined) ?? declaredOf(model);
  return { declared, problems: unknownStages(declared, details) };
}

function unknownStages({ gates = {} }: Declared, { name, stages }: ModelDetails): readonly GateResult[] {
  const known = stages.map((stage) => stage.name);
  return Object.keys(gates)
    .filter((stage) => !known.includes(stage))
    .map((stage) => ({
      gate: `gates of ${stage}`,
      title: `gates of ${stage}`,
      required: 'a stage',
      source: 'project',
      outcome: 'not-evaluated',
      measured: '',
      why: `${stage} is no stage of ${name}; its stages are ${known.join(', ')}. Correct the name, or add the stage to the policy`,
    }));
}
