import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { TransitionResult } from '../registry/api/stages.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { type Declared, evaluateGates, type GateResult } from './evaluate-gates.ts';

/**
 * Promotes a version where every gate that the project file declares for the stage is passed, and records what it relied on. Commands don't
 * run: what `gates --run` recorded counts. Throws `GATE_FAILED`, which names each gate and why, `OVERRIDE_REFUSED`, and what
 * `Registry.promote` throws.
 */
export async function promoteThroughGates(
  registry: RegistryCalls,
  request: Omit<Parameters<Registry['promote']>[0], 'gates' | 'expectPolicy'>,
  declaredOf: (model: string) => Declared,
  options?: OperationOptions,
): Promise<TransitionResult> {
  const { stage } = request;
  const { standing, results, found, commands } = await evaluateGates(registry, { ref: request.ref, stage }, declaredOf);
  if (standing.kind !== 'promote') return registry.promote(request, options);
  const { version, holder, isExclusive, isOverrideAllowed, policyDigest } = standing;
  const broken = results.filter(({ source, outcome }) => source === 'project' && outcome !== 'passed');
  if (broken.length > 0 && !request.override) {
    const isToRun = broken.some(({ gate, outcome }) => outcome === 'not-evaluated' && commands.includes(gate));
    throw gateFailed(`${version.model}@${version.number}`, stage, broken, isToRun);
  }
  if (broken.length > 0 && !isOverrideAllowed) {
    throw new RegistryError(
      'OVERRIDE_REFUSED',
      `The policy doesn't allow you to override a gate: ${broken.map(lineOf).join('; ')}. \`model-registry policy show ${version.model}\` says who may. Nothing was changed.`,
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
  return registry.promote(
    {
      ...request,
      ref: version.id,
      override: request.override === true && (broken.length > 0 || (await isHeldByPolicy(registry, version.id, stage))),
      // Gates compared it with what is there now, and are those of the policy that holds now.
      ...(request.expectHolder === undefined && isExclusive ? { expectHolder: holder?.id ?? null } : {}),
      expectPolicy: policyDigest,
      gates: [...gates, ...relied],
    },
    options,
  );
}

/** An override stays on record for ever, so that none is recorded where there is nothing to override. */
async function isHeldByPolicy(registry: RegistryCalls, ref: string, stage: string): Promise<boolean> {
  const { policyGates } = await registry.gateStanding({ ref, stage });
  return policyGates.some(({ problem }) => problem !== undefined);
}

function gateFailed(label: string, stage: string, broken: readonly GateResult[], isToRun: boolean): RegistryError {
  const held = broken.every(({ unknownStage }) => unknownStage !== undefined)
    ? `${label} isn't promoted to ${stage} while model-registry.yaml has gates for a stage that there isn't`
    : `${label} doesn't pass the gates of ${stage} in model-registry.yaml`;
  const hint = isToRun ? ` \`model-registry gates ${label} ${stage} --run\` runs the commands.` : '';
  return new RegistryError('GATE_FAILED', `${held}: ${broken.map(lineOf).join('; ')}. Nothing was changed.${hint}`, {
    details: {
      gates: broken.map(({ gate, outcome, measured, required, why }) => ({ gate, outcome, measured, required, why })),
    },
  });
}

function lineOf({ title, outcome, why = '', unknownStage }: GateResult): string {
  if (unknownStage !== undefined) return why;
  if (outcome !== 'failed') return `${title} wasn't evaluated: ${why}`;
  // `no approval yet, 1 needed` says what gate it is.
  return title === 'approvals' ? why : `${title}: ${why}`;
}
