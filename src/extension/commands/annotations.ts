import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { tellBriefly } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askReason, askText } from '../prompts/input.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { versionChoice } from '../prompts/questions.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { labelOf, numberOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { refusalOf } from './refusal.ts';
import { rowOf, startFrom, targetOf } from './targets.ts';
import { startHere } from './version-here.ts';

export const setAlias: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startHere(context, argument);
  if (!start) return;
  const name: Step = async (place, answers) => {
    const { version, model } = answers;
    const taken = (await aliasesOf(answers)).map(({ alias, number }) =>
      t('{alias} is version {number}', { alias: oneLine(alias, 40), number }),
    );
    const now =
      taken.length === 0
        ? t('{name} has no aliases yet.', { name: model?.name ?? '' })
        : t('Now: {taken}.', { taken: taken.join(', ') });
    const reply = await askText({
      place,
      prompt: `${t('Name that points to {version}.', { version: version ? labelOf(version) : '' })} ${now}`,
      placeholder: 'champion',
      check: (text) => (text === '' ? t('Write a name, for example champion.') : setOn(answers, text)),
    });
    return added(reply, (alias) => ({ ...answers, alias }));
  };
  const answers = await askInSteps(t('Set Alias'), start.answers, [...start.steps, name]);
  const { version, alias } = answers ?? {};
  if (!version || alias === undefined) return;
  tellBriefly(
    t('{model}@{alias} is version {version} now', { model: version.model, alias, version: numberOf(version) }),
  );
};

export const removeAlias: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'model');
  if (!start) return;
  const versionId = targetOf(argument)?.versionId;
  const which: Step = async (place, answers) => {
    const reply = await pickOne({
      place,
      placeholder: t('Which alias do you want to remove?'),
      nothing: t('There is no alias to remove'),
      choices: aliasesOf(answers).then((all) =>
        all
          .filter((entry) => versionId === undefined || entry.versionId === versionId)
          .map(({ alias, number }) => ({
            value: alias,
            label: oneLine(alias),
            description: t('version {number}', { number }),
          })),
      ),
    });
    return added(reply, (alias) => ({ ...answers, alias }));
  };
  const answers = await askInSteps(t('Remove Alias'), start.answers, [...start.steps, which]);
  const { registry, model, alias } = answers ?? {};
  if (!registry || !model || alias === undefined) return;
  await registry.connection.registry.removeAlias({ model: model.id, alias });
  tellBriefly(t('{name} has no alias {alias} any more', { name: model.name, alias }));
};

export const addNote: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startHere(context, argument);
  if (!start) return;
  const answers = await askInSteps(t('Add Note'), start.answers, [...start.steps, textStep(t('Note on'))]);
  const { registry, version, text } = answers ?? {};
  if (!registry || !version || text === undefined) return;
  await registry.connection.registry.note({ ref: version.id, text });
  tellBriefly(t('The note was added to {version}', { version: labelOf(version) }));
};

/** On a version, or on a model where it is asked from the model's row. */
export const comment: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const target = targetOf(argument);
  const isOnModel = target !== undefined && target.versionId === undefined;
  const start = await (isOnModel ? startFrom(context, argument, 'model') : startHere(context, argument));
  if (!start) return;
  const answers = await askInSteps(t('Comment'), start.answers, [...start.steps, textStep(t('Comment on'))]);
  const { registry, model, version, text } = answers ?? {};
  const ref = isOnModel ? model?.id : version?.id;
  if (!registry || ref === undefined || text === undefined) return;
  await registry.connection.registry.comment({ ref, text, onModel: isOnModel });
  tellBriefly(t('The comment was added'));
};

export const renameModel: Command = async (context, argument) => {
  const at = rowOf(context, argument, ['model']);
  if (!at || !(await mayWrite())) return;
  const start = await startFrom(context, at.row, 'model');
  if (!start) return;
  const name: Step = async (place, answers) => {
    const old = answers.model?.name ?? '';
    const reply = await askText({
      place,
      prompt: t('New name of {old}. References by the old name still work.', { old }),
      value: old,
      check: (text) => (text === '' || text === old ? t('Write a new name.') : renamedTo(answers, text)),
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(t('Rename Model'), start.answers, [...start.steps, name]);
  const { model, text } = answers ?? {};
  if (model && text !== undefined) tellBriefly(t('{name} is called {text} now', { name: model.name, text }));
};

/** What a model is, in a line: it stands on its page and in its tooltip. */
export const describeModel: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const start = await startFrom(context, argument, 'model');
  if (!start) return;
  const words: Step = async (place, answers) => {
    const { registry, model } = answers;
    if (!registry || !model) return { kind: 'cancelled' };
    const calls = registry.connection.registry;
    const { description } = await calls.showModel({ model: model.id });
    const asked = t('What {name} is, and what it is for.', { name: oneLine(model.name, 80) });
    const reply = await askText({
      place,
      prompt: /\n/.test(description) ? `${asked} ${t('Its lines become one.')}` : asked,
      placeholder: t('Scores card payments for fraud'),
      value: description.replace(/\s*\n\s*/g, ' '),
      check: (text) => refusalOf(() => calls.describe({ ref: model.id, text, onModel: true, expected: description })),
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(t('Describe Model'), start.answers, [...start.steps, words]);
  const { model, text } = answers ?? {};
  if (model && text !== undefined) tellBriefly(t('The description of {name} was changed', { name: model.name }));
};

/** The only command that asks in a dialog before it acts. */
export const deleteVersionOrModel: Command = async (context, argument) => {
  const at = rowOf(context, argument, ['version', 'model']);
  if (!at || !(await mayWrite())) return;
  const target = targetOf(at.row);
  const isVersion = target?.versionId !== undefined;
  const start = await startFrom(context, at.row, isVersion ? 'version' : 'model');
  if (!start) return;
  const steps = target === undefined ? [...start.steps, whatStep] : start.steps;
  const answers = await askInSteps(t('Delete'), start.answers, [...steps, deletionReasonStep]);
  const { registry, model, version, text } = answers ?? {};
  if (!registry || !model || text === undefined) return;
  const what = version
    ? labelOf(version)
    : tCount(model.versions, 'the model {model} with {count} version', 'the model {model} with {count} versions', {
        model: model.name,
      });
  const isServing = version?.stage === 'production' || (!version && model.production);
  const lost = t(
    "It disappears from every list and can't be brought back. The log keeps that it existed, and who deleted it and why.",
  );
  const detail = isServing ? `${t('It is in production.')} ${lost}` : lost;
  const chosen = await vscode.window.showWarningMessage(
    t('Delete {what}?', { what }),
    { modal: true, detail },
    t('Delete'),
  );
  if (chosen === undefined) return;
  const calls = registry.connection.registry;
  if (version) await calls.deleteVersion({ ref: version.id, reason: text });
  else await calls.deleteModel({ model: model.id, reason: text });
  tellBriefly(t('Deleted {what}', { what }));
};

const whatStep: Step = async (place, answers) => {
  const { registry, model } = answers;
  if (!registry || !model) return { kind: 'cancelled' };
  const whole: Choice<VersionSummary | undefined> = {
    value: undefined,
    label: t('The model {name}', { name: oneLine(model.name) }),
    description: tCount(model.versions, 'with {count} version', 'with {count} versions'),
    icon: new vscode.ThemeIcon('package'),
  };
  const { items } = await registry.connection.registry.listVersions({ model: model.id, limit: 1000 });
  // The model comes last: Enter must not delete everything.
  const choices = [...items.map((version): Choice<VersionSummary | undefined> => versionChoice(version)), whole];
  const reply = await pickOne({ place, placeholder: t('Delete what?'), nothing: t('Nothing to delete'), choices });
  return added(reply, (version) => (version ? { ...answers, version } : answers));
};

const deletionReasonStep: Step = async (place, answers) => {
  const { version, model } = answers;
  const what = version ? labelOf(version) : t('the model {name}', { name: model?.name ?? '' });
  return added(await askReason(place, t('Why is {what} deleted?', { what })), (text) => ({ ...answers, text }));
};

function textStep(what: string): Step {
  return async (place, answers) => {
    const { version, model } = answers;
    const reply = await askText({
      place,
      prompt: `${what} ${version ? labelOf(version) : (model?.name ?? '')}`,
      check: (text) => (text === '' ? t('Write something.') : undefined),
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
}

// Names are refused by the registry's rules while the question is still open, so that they can be corrected there.

function setOn({ registry, version }: Answers, alias: string): Promise<string | undefined> {
  return refusalOf(async () => {
    if (registry && version) {
      await registry.connection.registry.setAlias({ model: version.modelId, alias, ref: version.id });
    }
  });
}

function renamedTo({ registry, model }: Answers, name: string): Promise<string | undefined> {
  return refusalOf(async () => {
    if (registry && model) await registry.connection.registry.renameModel({ model: model.id, name });
  });
}

async function aliasesOf({ registry, model }: Answers) {
  if (!registry || !model) return [];
  return (await registry.connection.registry.showModel({ model: model.id })).aliases;
}
