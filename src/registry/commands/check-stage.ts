import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models.ts';
import { type EffectivePolicy, stageOf } from '../../rules/policy.ts';

/** Throws `STAGE_UNKNOWN` where the policy has no such stage. */
export function checkStage({ model }: VersionSummary, stage: string, policy: EffectivePolicy): void {
  if (stageOf(policy, stage)) return;
  const names = policy.stages.map(({ name }) => name).join(', ');
  throw new RegistryError(
    'STAGE_UNKNOWN',
    `There is no stage "${stage}". The stages of ${model} are ${names}. Nothing was changed.`,
  );
}
