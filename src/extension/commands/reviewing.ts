import * as v from 'valibot';
import { t } from '../../base/language.ts';
import { type ReviewPageState, reviewPageStateSchema } from '../messages/page-states.ts';
import { inform } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askText } from '../prompts/input.ts';
import { candidateStep } from '../prompts/questions.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { gatesVerdict } from '../reviews/gates-verdict.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { proposalOf, sayOfProposal } from './proposals.ts';
import { stageStep } from './stages.ts';
import { startHere } from './version-here.ts';

const runSchema = v.object({ ...reviewPageStateSchema.entries, isAgain: v.optional(v.boolean(), false) });

/** The page of a version on its way to a stage. */
export const review: Command = async (context, argument) => {
  const known = v.safeParse(reviewPageStateSchema, argument);
  const state = known.success ? known.output : await askWhat(context, argument, t('Review a Version'));
  if (state) context.pages.openReview(state);
};

/** What a row or a page says it is about; from the palette, the review that the person has before them. */
function meant({ pages }: CommandContext, argument: unknown): unknown {
  return argument ?? pages.reviewInFront();
}

/** Of one version and stage: from the palette, from a row, or from the page, which says which. */
export const runGates: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const known = v.safeParse(runSchema, meant(context, argument));
  const state = known.success ? known.output : await askWhat(context, argument, t('Run Gates'));
  if (!state) return;
  const isAgain = known.success && known.output.isAgain;
  const report = await context.reviews.run(state, isAgain);
  if (!report || known.success) return;
  const chosen = await inform(gatesVerdict(report), ...(report.results.length === 0 ? [] : ([t('Review')] as const)));
  if (chosen !== undefined) context.pages.openReview(state);
};

export const approve: Command = (context, argument) => say(context, argument, 'approve');
export const refuse: Command = (context, argument) => say(context, argument, 'refuse');

/** Who is asked comes from the page, which says who has looked already; from here it is everybody, or those who are written. */
export const requestPromotion: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const steps = [reviewersStep, commentStep('request')];
  const answers = await ask(context, meant(context, argument), t('Request Promotion'), steps);
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
  const title = decision === 'approve' ? t('Approve') : t('Refuse');
  await decide(context, await ask(context, meant(context, argument), title, [commentStep(decision)]), decision);
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
    prompt: t('Who is asked to look at it? Addresses or names, with commas between them; nothing asks everybody.'),
    placeholder: t('grace@example.org, Ada Lovelace'),
    check: () => undefined,
  });
  return added(reply, (text) => ({ ...answers, reviewers: text.split(',') }));
};

/** The question, of a version and a stage; and what stands where the answer goes. */
function questionOf(
  decision: 'approve' | 'refuse' | 'request',
  about: { readonly version: string; readonly stage: string },
): readonly [prompt: string, placeholder: string] {
  switch (decision) {
    case 'approve':
      return [t('{version} for {stage} is approved. What did you look at?', about), t('Comment, if you like')];
    case 'refuse':
      return [t('{version} for {stage} is refused. Why?', about), t('Why, for whoever wants to promote it')];
    case 'request':
      return [t('{version} for {stage} is to be reviewed. What should they know?', about), t('Comment, if you like')];
  }
}

/** What is said is about what was there when the question was asked. */
function commentStep(decision: 'approve' | 'refuse' | 'request'): Step {
  return async (place, answers) => {
    const { registry, version, stage } = answers;
    if (!registry || !version || !stage) return { kind: 'cancelled' };
    const standing = await registry.connection.registry.gateStanding({ ref: version.id, stage: stage.rule.name });
    const about = { version: labelOf(version), stage: stage.rule.name };
    const [question, placeholder] = questionOf(decision, about);
    const gates = standing.results.filter(({ outcome }) => outcome === 'failed').map(({ gate }) => gate);
    const failed =
      gates.length === 0 ? '' : ` ${t('Failed gates: {gates}.', { gates: oneLine(gates.join(', '), 200) })}`;
    const reply = await askText({
      place,
      prompt: `${question}${failed}`,
      placeholder,
      check: (text) => (text === '' && decision === 'refuse' ? t('Say in a few words why.') : undefined),
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
  const start = await startHere(context, argument, candidateStep);
  if (!start) return undefined;
  const { version: known, registry } = start.answers;
  const named = v.safeParse(reviewPageStateSchema, argument);
  const rules =
    named.success && known ? await registry?.connection.registry.stages({ model: known.modelId }) : undefined;
  const rule = rules?.find(({ name }) => named.success && name === named.output.stage);
  const answers = rule ? { ...start.answers, stage: { rule } } : start.answers;
  const steps = [...start.steps, ...(rule ? [] : [stageStep]), ...rest];
  const of =
    known && (rule ? t('{version} for {stage}', { version: labelOf(known), stage: rule.name }) : labelOf(known));
  const full = of === undefined ? title : `${title}: ${of}`;
  return askInSteps(full, answers, steps);
}
