import * as v from 'valibot';
import { type ReviewPageState, reviewPageStateSchema } from '../messages-review.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askText } from '../prompts/input.ts';
import { candidateStep } from '../prompts/questions.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { proposalOf, sayOfProposal } from './proposals.ts';
import { stageStep } from './stages.ts';
import { mayWrite, startFrom } from './targets.ts';

const runSchema = v.object({ ...reviewPageStateSchema.entries, isAgain: v.optional(v.boolean(), false) });

/** The page of a version on its way to a stage. */
export const review: Command = async (context, argument) => {
  const known = v.safeParse(reviewPageStateSchema, argument);
  const state = known.success ? known.output : await askWhat(context, argument, 'Review a Version');
  if (state) context.pages.openReview(state);
};

/** Of one version and stage: from the palette, from a row, or from the page, which says which. */
export const runGates: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const known = v.safeParse(runSchema, argument);
  const state = known.success ? known.output : await askWhat(context, argument, 'Run Gates');
  if (!state) return;
  const isAgain = known.success && known.output.isAgain;
  const report = await context.reviews.run(state, isAgain);
  if (!report || known.success) return;
  const { standing, results } = report;
  const broken = results.filter(({ outcome }) => outcome !== 'passed');
  const label = labelOf(standing.version);
  const text =
    results.length === 0
      ? `Nothing is asked of ${label} for ${standing.stage}: no gates are declared.`
      : broken.length === 0
        ? `${label} passes the gates of ${standing.stage}.`
        : `${label} doesn’t pass ${broken.length} of ${results.length} gates of ${standing.stage}.`;
  const chosen = await inform(text, ...(results.length === 0 ? [] : (['Review'] as const)));
  if (chosen !== undefined) context.pages.openReview(state);
};

export const approve: Command = (context, argument) => say(context, argument, 'approve');
export const refuse: Command = (context, argument) => say(context, argument, 'refuse');

/** Who is asked comes from the page, which says who has looked already; from here it is everybody, or those who are written. */
export const requestPromotion: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const answers = await ask(context, argument, 'Request Promotion', [reviewersStep, commentStep('request')]);
  await decide(context, answers, 'request');
};

export const withdrawRequest: Command = async (context, argument) => {
  const known = v.safeParse(reviewPageStateSchema, argument);
  if (!known.success || !(await mayWrite())) return;
  await context.reviews.withdraw(known.output);
};

async function say(context: CommandContext, argument: unknown, decision: 'approve' | 'refuse'): Promise<void> {
  if (!(await mayWrite())) return;
  const proposal = proposalOf(argument);
  if (proposal) return sayOfProposal(context, proposal, decision === 'approve');
  const title = decision === 'approve' ? 'Approve' : 'Refuse';
  await decide(context, await ask(context, argument, title, [commentStep(decision)]), decision);
}

async function decide(
  { reviews }: CommandContext,
  answers: Answers | undefined,
  decision: 'approve' | 'refuse' | 'request',
): Promise<void> {
  const { registry, version, stage, text, standing, reviewers } = answers ?? {};
  if (!registry || !version || !stage || text === undefined || !standing) return;
  const state = { registryDir: registry.dir, versionId: version.id, stage: stage.rule.name };
  await reviews.decide(state, { decision, text, ...(reviewers ? { reviewers: [...reviewers] } : {}) }, standing);
}

const reviewersStep: Step = async (place, answers) => {
  const reply = await askText({
    place,
    prompt: 'Who is asked to look at it? Addresses or names, with commas between them; nothing asks everybody.',
    placeholder: 'grace@example.org, Ada Lovelace',
    check: () => undefined,
  });
  return added(reply, (text) => ({ ...answers, reviewers: text.split(',') }));
};

const questions = {
  approve: { end: 'is approved. What did you look at?', placeholder: 'Comment, if you like' },
  refuse: { end: 'is refused. Why?', placeholder: 'Why, for whoever wants to promote it' },
  request: { end: 'is to be reviewed. What should they know?', placeholder: 'Comment, if you like' },
} as const;

/** What is said is about what was there when the question was asked. */
function commentStep(decision: keyof typeof questions): Step {
  return async (place, answers) => {
    const { registry, version, stage } = answers;
    if (!registry || !version || !stage) return { kind: 'cancelled' };
    const standing = await registry.connection.registry.gateStanding({ ref: version.id, stage: stage.rule.name });
    const { end, placeholder } = questions[decision];
    const gates = standing.results.filter(({ outcome }) => outcome === 'failed').map(({ gate }) => gate);
    const failed = gates.length === 0 ? '' : ` Failed gates: ${oneLine(gates.join(', '), 200)}.`;
    const reply = await askText({
      place,
      prompt: `${labelOf(version)} for ${stage.rule.name} ${end}${failed}`,
      placeholder,
      check: (text) => (text === '' && decision === 'refuse' ? 'Say in a few words why.' : undefined),
    });
    return added(reply, (text) => ({ ...answers, text, standing }));
  };
}

async function askWhat(
  context: CommandContext,
  argument: unknown,
  title: string,
): Promise<ReviewPageState | undefined> {
  const { registry, version, stage } = (await ask(context, argument, title)) ?? {};
  if (!registry || !version || !stage) return undefined;
  return { registryDir: registry.dir, versionId: version.id, stage: stage.rule.name };
}

/** Which version and for which stage, as far as that isn't known; then the rest. */
async function ask(
  context: CommandContext,
  argument: unknown,
  title: string,
  rest: readonly Step[] = [],
): Promise<Answers | undefined> {
  const start = await startFrom(context, argument, 'version', candidateStep);
  if (!start) return undefined;
  const { version: known, registry } = start.answers;
  const named = v.safeParse(reviewPageStateSchema, argument);
  const rules =
    named.success && known ? await registry?.connection.registry.stages({ model: known.modelId }) : undefined;
  const rule = rules?.find(({ name }) => named.success && name === named.output.stage);
  const answers = rule ? { ...start.answers, stage: { rule } } : start.answers;
  const steps = [...start.steps, ...(rule ? [] : [stageStep]), ...rest];
  const full = known ? `${title}: ${labelOf(known)}${rule ? ` for ${rule.name}` : ''}` : title;
  return askInSteps(full, answers, steps);
}
