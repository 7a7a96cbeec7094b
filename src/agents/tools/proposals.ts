import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { MODEL, REASON, REF, STAGE } from '../inputs.ts';
import { labelOf } from '../shapes.ts';
import { tool } from '../tool.ts';

/** These change no stage: a person is shown what is proposed, and decides. */
export const proposalTools = [
  tool({
    name: 'propose_promotion',
    title: 'Propose a promotion',
    description:
      'Proposes to move a version to a stage. Changes no stage: a person has to look at it and decide. Look at check_gates and what_changed first, and name in the reason what speaks for it and against it.',
    entries: {
      ref: REF,
      stage: STAGE,
      reason: REASON,
      reviewers: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300))),
          v.maxLength(20),
          v.description('Addresses or names of those who are asked; everybody where it is left out.'),
        ),
        [],
      ),
    },
    isReadOnly: false,
    isPersonal: true,
    async run({ registry, propose }, { ref, stage, reason, reviewers }) {
      const { version, kind, holder } = await registry.gateStanding({ ref, stage });
      if (kind !== 'promote')
        throw new RegistryError(
          'NO_PROMOTION',
          `To move ${labelOf(version)} from ${version.stage} to ${stage} is no promotion. Nothing was proposed.`,
        );
      const outcome = await propose({ kind: 'promotion', versionId: version.id, stage, reason, reviewers });
      return {
        proposed: `${labelOf(version)} from ${version.stage} to ${stage}`,
        ...(holder ? { wouldDisplace: labelOf(holder) } : {}),
        ...outcome,
        stageWasChanged: false,
      };
    },
  }),
  tool({
    name: 'propose_rollback',
    title: 'Propose a rollback',
    description:
      'Proposes to put the version back that was in a stage before. Changes no stage: a person has to confirm it.',
    entries: {
      model: MODEL,
      to: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(1),
          v.description('Number of the version, if not the one that was there before.'),
        ),
      ),
      stage: v.optional(STAGE, 'production'),
      reason: REASON,
    },
    isReadOnly: false,
    isPersonal: true,
    async run({ registry, propose }, { model, to, stage, reason }) {
      const { target, current } = await registry.rollbackTarget({ model, stage, ...(to === undefined ? {} : { to }) });
      const { modelId, id: versionId, number } = target;
      const outcome = await propose({
        ...{ kind: 'rollback', modelId, versionId, number, stage, reason },
        version: labelOf(target),
      });
      return {
        proposed: `${labelOf(target)} back into ${stage}`,
        ...(current ? { inPlaceOf: labelOf(current) } : {}),
        ...outcome,
        stageWasChanged: false,
      };
    },
  }),
];
