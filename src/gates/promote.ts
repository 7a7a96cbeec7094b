import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Registry, TransitionResult } from '../registry/api.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { type Declared, evaluateGates, type GateResult } from './evaluate-gates.ts';

/**
 * Promotes a version where every gate that the project file declares for the stage is passed, and records what it relied on. Commands don't
 * run: what `gates --run` recorded counts. Throws `GATE_FAILED`, which names each gate and why, `OVERRIDE_REFUSED`, and what
 * `Registry.promote` throws.
 */
export async function promoteThroughGates(
  registry: RegistryCalls,
  request: Omit<Parameters<Registry['promote']>[0], 'gates'>,
  declaredOf: (model: string) => Declared,
  options?: OperationOptions,
): Promise<TransitionResult> {
  const { stage } = request;
  const { standing, results, found } = await evaluateGates(registry, { ref: request.ref, stage }, declaredOf);
  if (standing.kind !== 'promote' || results.every(({ source }) => source === 'policy'))
    return registry.promote(request, options);
  const { version, holder, isExclusive, isOverrideAllowed } = standing;
  const broken = results.filter(({ source, outcome }) => source === 'project' && outcome !== 'passed');
  if (broken.length > 0 && !request.override) throw gateFailed(`${version.model}@${version.number}`, stage, broken);
  if (broken.length > 0 && !isOverrideAllowed) {
    throw new RegistryError(
      'OVERRIDE_REFUSED',
      `The policy allows nobody to override a gate: ${broken.map(lineOf).join('; ')}. Nothing was changed.`,
    );
  }
  const gates = await registry.recordGates({ ref: version.id, stage, found });
  const relied = standing.results.flatMap(({ gate, outcome, evidence }) => {
    // Commands that ran before.
    const isRelied =
      !gates.some((link) => link.gate === gate) &&
      results.some((result) => result.gate === gate && result.outcome !== 'not-evaluated');
    return isRelied && evidence !== undefined ? [{ gate, outcome, evidence }] : [];
  });
  // Gates compared it with what is there now.
  const expectation = request.expectHolder === undefined && isExclusive ? { expectHolder: holder?.id ?? null } : {};
  return registry.promote({ ...request, ...expectation, ref: version.id, gates: [...gates, ...relied] }, options);
}

function gateFailed(label: string, stage: string, broken: readonly GateResult[]): RegistryError {
  return new RegistryError(
    'GATE_FAILED',
    `${label} doesn't pass the gates of ${stage} in model-registry.yaml: ${broken.map(lineOf).join('; ')}. Nothing was changed.`,
    {
      details: {
        gates: broken.map(({ gate, outcome, measured, required, why }) => ({ gate, outcome, measured, required, why })),
      },
    },
  );
}

function lineOf({ title, outcome, why = '' }: GateResult): string {
  return outcome === 'failed' ? `${title}: ${why}` : `${title} wasn't evaluated: ${why}`;
}
