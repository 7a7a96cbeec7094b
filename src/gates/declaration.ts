import type { GateStanding } from '../registry/api/gates.ts';
import type { Declared, GateResult } from './evaluate-gates.ts';

/**
 * What is declared for a version's model, under the name that it has or, where the project file has no gates for that, had: renaming it must
 * not drop its gates.
 */
export function declarationOf(
  { version, formerNames }: GateStanding,
  declaredOf: (model: string) => Declared,
): Declared {
  const own = declaredOf(version.model);
  if (own.gates !== undefined) return own;
  return formerNames.map(declaredOf).find(({ gates }) => gates !== undefined) ?? own;
}

/** The results that are of gates, and those that stand for a stage that there isn't. */
export function sortedOut(results: readonly GateResult[]): {
  readonly gates: readonly GateResult[];
  readonly unknown: readonly { readonly stage: string; readonly why: string }[];
} {
  return {
    gates: results.filter(({ unknownStage }) => unknownStage === undefined),
    unknown: results.flatMap(({ unknownStage: stage, why = '' }) => (stage === undefined ? [] : [{ stage, why }])),
  };
}

/** A result that isn't evaluated for each stage that the model hasn't: a name that is misspelt would let everything through. */
export function unknownStages({ gates = {} }: Declared, { version, stages }: GateStanding): readonly GateResult[] {
  return Object.keys(gates)
    .filter((stage) => !stages.includes(stage))
    .map((stage) => ({
      gate: `gates of ${stage}`,
      title: `gates of ${stage}`,
      required: 'a stage',
      source: 'project',
      outcome: 'not-evaluated',
      measured: '',
      unknownStage: stage,
      why: `${stage} is no stage of ${version.model}; its stages are ${stages.join(', ')}. Correct the name, or add the stage to the policy`,
    }));
}
