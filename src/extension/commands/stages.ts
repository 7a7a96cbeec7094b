import * as v from 'valibot';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { stageIcon } from '../models-tree/stage-icon.ts';
import type { Answers, RollbackChoice, StageChoice } from '../prompts/answers.ts';
import { askReason } from '../prompts/input.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { candidateStep, registryStep } from '../prompts/questions.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { directionsIn } from '../registries/directions.ts';
import { setContext } from '../set-context.ts';
import { preferredMetric } from '../settings.ts';
import { standingText } from '../standing-text.ts';
import { withProgress } from '../status/progress.ts';
import {
  facts,
  headlineText,
  labelOf,
  momentText,
  NAME_IN_LIST,
  numberOf,
  oneLine,
  shortLabelOf,
} from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { refuseHeldBack, thenUnlessHeldBack } from './held-back.ts';
import { mayWrite } from './may-write.ts';
import { toBeAskedAgain } from './report-error.ts';
import { startFrom, targetOf } from './targets.ts';
import { tellMoved } from './tell-moved.ts';
import { startHere } from './version-here.ts';

/** Of a promotion that somebody else was faster than: the reason, for the person to change or take. */
const proposedReasonSchema = v.object({ proposedReason: v.pipe(v.string(), v.maxLength(2000)) });

export const promote: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startHere(context, argument, candidateStep);
  if (!start) return;
  await refuseHeldBack(start.answers);
  const { version: known } = start.answers;
  const title = known ? t('Promote {known}', { known: labelOf(known) }) : t('Promote a Version');
  const wantedStage = targetOf(argument)?.stage;
  const proposed = v.safeParse(proposedReasonSchema, argument);
  const begun = {
    ...start.answers,
    ...(wantedStage === undefined ? {} : { wantedStage }),
    ...(proposed.success ? { proposedText: proposed.output.proposedReason } : {}),
  };
  const which = start.steps.map(thenUnlessHeldBack);
  const answers = await askInSteps(title, begun, [...which, gatedStageStep(context), promotionReasonStep]);
  const { registry, version, stage, text } = answers ?? {};
  if (!registry || !version || !stage || text === undefined) return;
  const request = {
    ref: version.id,
    stage: stage.rule.name,
    reason: text,
    // What was on the screen when the person decided; someone may have moved it, or promoted another one, meanwhile.
    expectStage: version.stage,
    ...(stage.rule.isExclusive ? { expectHolder: stage.holder?.id ?? null } : {}),
  };
  const roots = registry.roots.map(({ uri }) => uri.fsPath);
  try {
    const result = await withProgress(
      context.activity,
      { title: t('Promoting {version}', { version: labelOf(version) }), isCancellable: true },
      (operation) => registry.connection.promoteThroughGates({ roots, request }, operation),
    );
    await tellMoved(context, registry.dir, result);
  } catch (error) {
    const target = { registryDir: registry.dir, versionId: version.id, stage: stage.rule.name };
    if (RegistryError.is(error, 'CONFLICT')) throw toBeAskedAgain(error, { ...target, proposedReason: text });
    if (!RegistryError.is(error, 'GATE_FAILED')) throw error;
    context.pages.openReview(target);
  }
};

/** Where a gate isn't passed, nobody has to write a reason to find that out: the review says what is missing. */
function gatedStageStep({ reviews, pages, activity }: CommandContext): Step {
  return async (place, answers) => {
    const reply = await stageStep(place, answers);
    const { registry, version, stage } = reply.kind === 'given' ? reply.value : {};
    if (!registry || !version || !stage) return reply;
    const state = { registryDir: registry.dir, versionId: version.id, stage: stage.rule.name };
    const { standing, results } = await withProgress(
      activity,
      { title: t('Evaluating the gates of {name}', { name: stage.rule.name }) },
      () => reviews.stageGates(state),
    );
    if (standing.kind !== 'promote' || results.every(({ outcome }) => outcome === 'passed')) return reply;
    pages.openReview(state);
    return { kind: 'cancelled' };
  };
}

export const archive: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startHere(context, argument);
  if (!start) return;
  const { version: known } = start.answers;
  const title = known ? t('Archive {known}', { known: labelOf(known) }) : t('Archive a Version');
  const reason: Step = async (place, answers) => {
    const { version } = answers;
    const keeps = t('{version} keeps its files and can come back.', { version: version ? labelOf(version) : '' });
    const prompt = [keeps, ...emptied(version)].join(' ');
    return added(await askReason(place, prompt), (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(title, start.answers, [...start.steps, reason]);
  const { registry, version, text } = answers ?? {};
  if (!registry || !version || text === undefined) return;
  const result = await registry.connection.registry.archive({
    ref: version.id,
    reason: text,
    expectStage: version.stage,
  });
  await tellMoved(context, registry.dir, result);
};

/** What is said before a version leaves production without another one in its place. */
function emptied(version: VersionSummary | undefined): readonly string[] {
  return version?.stage === 'production' ? [t('It is in production: nothing will be in production afterwards.')] : [];
}

/** A rollback that was proposed: what goes back, and why. */
const proposedRollbackSchema = v.object({
  registryDir: v.string(),
  modelId: v.string(),
  proposal: v.object({ number: v.number(), stage: v.string(), reason: v.pipe(v.string(), v.maxLength(2000)) }),
});

/** One pick and a reason: the first row is what was in production before. Of a proposal only the reason is asked for, which is filled in. */
export const rollBack: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, targetOf(argument) ? argument : undefined, 'registry');
  if (!start) return;
  const modelId = await modelOf(context, argument);
  const proposed = await proposedRollback(start.answers, argument);
  const answers = await askInSteps(t('Roll Back'), { ...start.answers, ...proposed }, [
    ...(start.answers.registry ? [] : [registryStep(context.registries)]),
    ...(proposed ? [] : [rollbackStep(modelId)]),
    rollbackReasonStep,
  ]);
  const { registry, rollback, text } = answers ?? {};
  if (!registry || !rollback || text === undefined) return;
  const { plan, target } = rollback;
  const request = {
    model: target.modelId,
    to: target.number,
    stage: plan.stage,
    reason: text,
    expectHolder: plan.current?.id ?? null,
  };
  const work = { title: t('Rolling back to {target}', { target: labelOf(target) }), isCancellable: true };
  const result = await withProgress(context.activity, work, (operation) =>
    registry.connection.registry.rollback(request, operation),
  );
  await setContext('modelRegistry.hasRolledBack', true);
  await tellMoved(context, registry.dir, result);
};

async function proposedRollback({ registry }: Answers, argument: unknown): Promise<Answers | undefined> {
  const parsed = v.safeParse(proposedRollbackSchema, argument);
  if (!parsed.success || !registry) return undefined;
  const { modelId: model, proposal } = parsed.output;
  const { number: to, stage, reason } = proposal;
  const plan = await registry.connection.registry.rollbackTarget({ model, to, stage });
  return { rollback: { plan, target: plan.target }, proposedText: reason };
}

/** Answers with a stage that was taken as it was wanted: who comes back to them wants to choose. */
const taken = new WeakSet<Answers>();

/** The stage that a version is to get to. */
export const stageStep: Step = async (place, answers) => {
  const { version, wantedStage } = answers;
  if (!version) return { kind: 'cancelled' };
  if (wantedStage !== undefined && !taken.has(answers)) {
    taken.add(answers);
    const wanted = (await stageChoices(answers, version)).find(({ value }) => value.rule.name === wantedStage);
    if (wanted) return { kind: 'given', value: { ...answers, stage: wanted.value }, isUnasked: true };
  }
  const reply = await pickOne<StageChoice>({
    place,
    placeholder: t('To which stage? {version} is in {stage}.', { version: labelOf(version), stage: version.stage }),
    nothing: t('There is no other stage'),
    choices: stageChoices(answers, version),
  });
  return added(reply, (stage) => ({ ...answers, stage }));
};

/** The highest stage first; archiving is a command of its own. */
async function stageChoices({ registry }: Answers, version: VersionSummary): Promise<readonly Choice<StageChoice>[]> {
  if (!registry) return [];
  const calls = registry.connection.registry;
  const [rules, declared] = await Promise.all([
    calls.stages({ model: version.modelId }),
    directionsIn(registry, version.model),
  ]);
  const offered = rules.filter(({ name }) => name !== version.stage && name !== 'archived').toReversed();
  return Promise.all(
    offered.map(async (rule) => {
      const { items } = rule.isExclusive
        ? await calls.listVersions({ model: version.modelId, stage: rule.name, limit: 1 })
        : { items: [] };
      const [holder] = items;
      const standing = holder && standingText(version, holder, { preferred: preferredMetric(), declared });
      return {
        value: { rule, ...(holder ? { holder } : {}), ...(standing ? { standing } : {}) },
        label: rule.name,
        description: facts(
          isLower(rules, rule.name, version.stage) ? t('moves down from {stage}', { stage: version.stage }) : undefined,
          effectOf(rule, holder),
        ),
        ...(standing ? { detail: standing.text, isWarning: standing.isWorse } : {}),
        icon: stageIcon(rule.name),
      };
    }),
  );
}

/** Stages are told from the lowest up; out of the archive every way leads up. */
function isLower(rules: readonly StageChoice['rule'][], to: string, from: string): boolean {
  const rank = (stage: string) => rules.findIndex(({ name }) => name === stage);
  return from !== 'archived' && rank(to) < rank(from);
}

function effectOf(rule: StageChoice['rule'], holder: VersionSummary | undefined): string {
  if (!rule.isExclusive) return '';
  if (!holder) return t('no version is in {name} now', { name: rule.name });
  const since = t('there since {moment} by {name}', {
    moment: momentText(holder.stageClaimedAt ?? holder.stageSince),
    name: oneLine(holder.stageBy.name, 60),
  });
  return facts(t('replaces version {number}', { number: numberOf(holder) }), since);
}

/** Says what is about to happen, and asks why. */
export const promotionReasonStep: Step = async (place, answers) => {
  const { version, stage, proposedText } = answers;
  if (!version || !stage) return { kind: 'cancelled' };
  const { rule, holder, standing } = stage;
  const moves = t('{version} moves from {from} to {to}.', {
    version: labelOf(version),
    from: version.stage,
    to: rule.name,
  });
  const to = rule.displacedTo ?? 'archived';
  const displaced = holder
    ? [t('Version {number} moves from {from} to {to}.', { number: numberOf(holder), from: rule.name, to })]
    : [];
  const said = standing ? [`${standing.text}.`] : [];
  const prompt = [moves, ...displaced, ...emptied(version), ...said].join(' ');
  const reply = await askReason(place, prompt, proposedText);
  return added(reply, (text) => ({ ...answers, text }));
};

async function modelOf({ registries }: CommandContext, argument: unknown): Promise<string | undefined> {
  const target = targetOf(argument);
  if (target?.modelId !== undefined || target?.versionId === undefined) return target?.modelId;
  return (await (await registries.callsFor(target.registryDir)).show({ ref: target.versionId })).modelId;
}

function rollbackStep(modelId: string | undefined): Step {
  return async (place, answers) => {
    const { registry } = answers;
    if (!registry) return { kind: 'cancelled' };
    const reply = await pickOne<RollbackChoice>({
      place,
      placeholder: t('Which version goes back into production?'),
      nothing: t('No other version that was in production is still there, so there is nothing to roll back to'),
      choices: rollbackChoices(registry, modelId),
    });
    return added(reply, (rollback) => ({ ...answers, rollback }));
  };
}

/** What a rollback would bring back, for each model; then what was there even earlier. */
async function rollbackChoices(
  { connection }: NonNullable<Answers['registry']>,
  modelId: string | undefined,
): Promise<readonly Choice<RollbackChoice>[]> {
  const calls = connection.registry;
  const modelIds = modelId === undefined ? (await calls.production()).map((entry) => entry.modelId) : [modelId];
  const taken = new Set<string>();
  const plans = await Promise.all(
    modelIds.map((model) =>
      calls.rollbackTarget({ model }).catch(async (error: unknown) => {
        const [last] = RegistryError.is(error, 'NOTHING_TO_ROLL_BACK') ? numbersIn(error.details.others) : [];
        // None was displaced, but these were there.
        if (last !== undefined) {
          const plan = await calls.rollbackTarget({ model, to: last });
          taken.add(plan.target.id);
          return plan;
        }
        // Of several models, those without a version to go back to aren't offered.
        if (modelId === undefined && RegistryError.is(error, 'NOTHING_TO_ROLL_BACK')) return undefined;
        throw error;
      }),
    ),
  );
  const known = plans.filter((plan) => plan !== undefined);
  const first = known.map((plan) => rollbackChoice(plan, plan.target, taken.has(plan.target.id)));
  const earlier = known.flatMap((plan) =>
    plan.others.filter(({ id }) => id !== plan.target.id).map((target) => rollbackChoice(plan, target)),
  );
  return [...first, ...earlier.map((choice, index) => (index === 0 ? { ...choice, group: t('Earlier') } : choice))];
}

function numbersIn(list: unknown): readonly number[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'number') : [];
}

function rollbackChoice(
  plan: RollbackChoice['plan'],
  target: VersionSummary,
  wasTakenOut = false,
): Choice<RollbackChoice> {
  const { current, stage, held } = plan;
  const replaced = current
    ? t('replaces version {number}', { number: numberOf(current) })
    : t('no version is in {stage} now', { stage });
  const was = heldText(held[target.id], stage);
  return {
    value: { plan, target },
    label: shortLabelOf(target, NAME_IN_LIST),
    description: facts(
      wasTakenOut ? t('was taken out of {stage} on purpose', { stage }) : undefined,
      t('now {stage}', { stage: oneLine(target.stage, 40) }),
      headlineText(target, preferredMetric(), NAME_IN_LIST),
      replaced,
    ),
    ...(was === undefined ? {} : { detail: was }),
    icon: new vscode.ThemeIcon('history'),
  };
}

/** `was in production from … to …` */
function heldText(span: RollbackChoice['plan']['held'][string] | undefined, stage: string): string | undefined {
  if (!span) return undefined;
  const from = momentText(span.from);
  if (span.to === undefined) return t('was in {stage} from {from}', { stage, from });
  const until = momentText(span.to);
  // Of earlier years only the day is told, of today minutes.
  return until === from
    ? t('was in {stage}: {from}', { stage, from })
    : t('was in {stage} from {from} to {until}', { stage, from, until });
}

const rollbackReasonStep: Step = async (place, answers) => {
  const { registry, rollback, proposedText } = answers;
  if (!registry || !rollback) return { kind: 'cancelled' };
  const { plan, target } = rollback;
  const version = labelOf(target);
  const declared = await directionsIn(registry, target.model);
  const standing = plan.current && standingText(target, plan.current, { preferred: preferredMetric(), declared });
  const moves = plan.current
    ? t(
        '{version} goes back into {stage} in place of version {number}, which moves to {to}. The files of {version} are checked first.',
        { version, stage: plan.stage, number: numberOf(plan.current), to: await displacedTo(answers, plan) },
      )
    : t('{version} goes back into {stage}. Its files are checked first.', { version, stage: plan.stage });
  const prompt = standing ? `${moves} ${standing.text}.` : moves;
  const reply = await askReason(place, prompt, proposedText);
  return added(reply, (text) => ({ ...answers, text }));
};

async function displacedTo({ registry }: Answers, { stage, target }: RollbackChoice['plan']): Promise<string> {
  const rules = (await registry?.connection.registry.stages({ model: target.modelId })) ?? [];
  return rules.find(({ name }) => name === stage)?.displacedTo ?? 'archived';
}
