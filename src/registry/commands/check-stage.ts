import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { type EffectivePolicy, stageOf } from '../../rules/policy.ts';
import { stageAdvice } from '../stage-advice.ts';

/** Throws `STAGE_UNKNOWN` where the policy has no such stage. */
export function checkStage({ model }: VersionSummary, stage: string, policy: EffectivePolicy): void {
  if (stageOf(policy, stage)) return;
  const names = policy.stages.map(({ name }) => name);
  throw new RegistryError(
    'STAGE_UNKNOWN',
    `There is no stage "${stage}"${stageAdvice(stage, names)} The stages of ${model} are ${names.join(', ')}. Nothing was changed.`,
  );
}
