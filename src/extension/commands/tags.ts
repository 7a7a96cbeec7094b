import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { tellBriefly } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { askText } from '../prompts/input.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { refusalOf } from './refusal.ts';
import { startFrom, targetOf } from './targets.ts';
import { startHere } from './version-here.ts';

/** So many of the newest versions are looked at for names that are used already. */
const LOOKED_AT = 200;
const MOST_VALUES = 5;

/** Which tag: one that is there, a name that other versions have, or a new one. */
export type TagChoice =
  | { readonly kind: 'new' }
  | { readonly kind: 'present'; readonly key: string; readonly value: string }
  | { readonly kind: 'elsewhere'; readonly key: string; readonly values: readonly string[] };

/** Sets, changes or removes a tag of a version, or of a model where it is asked from the model's row or page. */
export const editTags: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const target = targetOf(argument);
  const isOnModel = target !== undefined && target.versionId === undefined;
  const start = await (isOnModel ? startFrom(context, argument, 'model') : startHere(context, argument));
  if (!start) return;
  let tag: TagChoice = { kind: 'new' };
  const which: Step = async (place, answers) => {
    const reply = await pickOne({
      place,
      placeholder: t('Which tag of {subject}?', { subject: nameOf(answers) }),
      nothing: '',
      choices: tagChoices(answers),
    });
    return added(reply, (chosen) => {
      tag = chosen;
      return answers;
    });
  };
  const value: Step = async (place, answers) => {
    const reply = await askText({
      place,
      ...questionAbout(tag, nameOf(answers)),
      check: (text) => problemOf(tag, text) ?? change(answers, changeOf(tag, text)),
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(t('Edit Tags'), start.answers, [...start.steps, which, value]);
  if (answers?.text === undefined) return;
  const { set = {}, remove = [] } = changeOf(tag, answers.text);
  const subject = nameOf(answers);
  for (const [key, text] of Object.entries(set))
    tellBriefly(t('{subject} has the tag {tag} now', { subject, tag: oneLine(`${key}=${text}`, 80) }));
  for (const key of remove) tellBriefly(t('{subject} has no tag {key} any more', { subject, key: oneLine(key, 60) }));
};

function nameOf({ version, model }: Answers): string {
  return version ? labelOf(version) : oneLine(model?.name ?? '', 80);
}

async function tagChoices({ registry, version, model }: Answers): Promise<readonly Choice<TagChoice>[]> {
  if (!registry || !model) return [];
  const calls = registry.connection.registry;
  // As they are now: the row may be from before the last change.
  const tags = version
    ? (await calls.show({ ref: version.id })).tags
    : (await calls.showModel({ model: model.id })).tags;
  const { items } = version ? await calls.listVersions({ model: model.id, limit: LOOKED_AT }) : { items: [] };
  const present = Object.entries(tags).map(
    ([key, value]): Choice<TagChoice> => ({
      value: { kind: 'present', key, value },
      label: oneLine(key, 100),
      description: oneLine(value, 100),
      icon: new vscode.ThemeIcon('tag'),
    }),
  );
  const elsewhere = tagsElsewhere(items, tags).map(
    ([key, values], index): Choice<TagChoice> => ({
      value: { kind: 'elsewhere', key, values },
      label: oneLine(key, 100),
      description: oneLine(values.join(', '), 100),
      icon: new vscode.ThemeIcon('add'),
      ...(index === 0 ? { group: t('on other versions') } : {}),
    }),
  );
  const fresh: Choice<TagChoice> = { value: { kind: 'new' }, label: t('New tag…'), icon: new vscode.ThemeIcon('add') };
  return [fresh, ...present, ...elsewhere];
}

/** Names of tags that other versions have and this one doesn't, with some of their values, the newest first. */
export function tagsElsewhere(
  versions: readonly Pick<VersionSummary, 'tags'>[],
  own: Readonly<Record<string, string>>,
): readonly (readonly [key: string, values: readonly string[]])[] {
  const found = new Map<string, Set<string>>();
  for (const { tags } of versions) {
    for (const [key, value] of Object.entries(tags)) {
      if (Object.hasOwn(own, key)) continue;
      const values = found.get(key) ?? new Set();
      if (values.size < MOST_VALUES) values.add(value);
      found.set(key, values);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => [key, [...values]]);
}

function questionAbout(tag: TagChoice, subject: string) {
  switch (tag.kind) {
    case 'new':
      return { prompt: t('Tag of {subject}, as name=value', { subject }), placeholder: 'team=risk' };
    case 'present':
      return {
        prompt: t('Value of {key}. Leave it empty to remove the tag.', { key: oneLine(tag.key, 60) }),
        value: tag.value,
      };
    case 'elsewhere':
      return {
        prompt: t('Value of {key}', { key: oneLine(tag.key, 60) }),
        placeholder: oneLine(tag.values.join(', '), 100),
      };
  }
}

/** What is wrong with what was typed, before the registry is asked. */
export function problemOf(tag: TagChoice, text: string): string | undefined {
  if (tag.kind === 'elsewhere' && text === '') return t('Write a value.');
  if (tag.kind === 'new' && !/^[^=\s][^=]*=\s*\S/.test(text))
    return t('Write a name, an equals sign and a value, for example team=risk.');
  return undefined;
}

/** What a text means for a tag. */
export function changeOf(
  tag: TagChoice,
  text: string,
): { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] } {
  if (tag.kind === 'present' && text === '') return { remove: [tag.key] };
  const [key, value] =
    tag.kind === 'new' ? [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] : [tag.key, text];
  // Of entries, so that a name like __proto__ is one.
  return { set: Object.fromEntries([[key.trim(), value.trim()]]) };
}

/** Refused by the registry while the question is still open, so that it can be corrected there. */
function change({ registry, version, model }: Answers, what: ReturnType<typeof changeOf>) {
  return refusalOf(async () => {
    if (!registry || !model) return;
    await registry.connection.registry.tag({ ref: version?.id ?? model.id, onModel: !version, ...what });
  });
}
