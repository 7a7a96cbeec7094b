import * as v from 'valibot';
import { t } from '../../base/language.ts';
import { tellBriefly } from '../notify.ts';
import { askText } from '../prompts/input.ts';
import { showProposedPolicy } from '../reviews/proposal-documents.ts';
import { oneLine } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';

const proposalSchema = v.object({ registryDir: v.string(), model: v.string(), digest: v.string() });
type ProposalTarget = v.InferOutput<typeof proposalSchema>;

/** The proposal in the argument of a command; undefined where it is about something else. */
export function proposalOf(argument: unknown): ProposalTarget | undefined {
  const parsed = v.safeParse(proposalSchema, argument);
  return parsed.success ? parsed.output : undefined;
}

/** What a proposed policy would change, with the ways to answer. */
export const showProposal: Command = async (_context, argument) => {
  const proposal = proposalOf(argument);
  if (proposal) await showProposedPolicy(proposal);
};

/** Takes a proposal of one's own back. */
export const withdrawProposal: Command = async ({ registries }, argument) => {
  const proposal = proposalOf(argument);
  if (!proposal || !(await mayWrite())) return;
  const { registryDir, model, digest } = proposal;
  await (await registries.callsFor(registryDir)).withdrawPolicy({ model, digest });
  tellBriefly(t('The proposed policy of {model} was withdrawn', { model: oneLine(model, 100) }));
};

/** Approves a proposed policy, or refuses it, which needs a comment. What it changes is on the screen while the person is asked. */
export async function sayOfProposal(
  { registries }: CommandContext,
  proposal: ProposalTarget,
  isGiven: boolean,
): Promise<void> {
  const { registryDir, model, digest } = proposal;
  const registry = await registries.callsFor(registryDir);
  await showProposedPolicy(proposal);
  const reply = await askText({
    place: {
      title: isGiven
        ? t('Approve the Policy of {model}', { model: oneLine(model, 100) })
        : t('Refuse the Policy of {model}', { model: oneLine(model, 100) }),
      step: 1,
      totalSteps: 1,
    },
    prompt: isGiven ? t('It takes effect when whoever proposes it sets it.') : t('Why, for whoever proposes it?'),
    placeholder: isGiven ? t('Comment, if you like') : t('Why'),
    check: (text) => (text === '' && !isGiven ? t('Say in a few words why.') : undefined),
  });
  if (reply.kind !== 'given') return;
  const comment = reply.value === '' ? {} : { comment: reply.value };
  await registry.reviewPolicy({ model, digest, isGiven, ...comment });
  tellBriefly(
    isGiven
      ? t('The proposed policy of {model} was approved', { model: oneLine(model, 100) })
      : t('The proposed policy of {model} was refused', { model: oneLine(model, 100) }),
  );
}
