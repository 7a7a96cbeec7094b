import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { type ActivityFilter, activityKinds, kindWords } from '../activity/activity-filter.ts';
import { inform } from '../notify.ts';
import { plainRow } from '../prompts/pick.ts';
import type { Registries } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';

/** People are offered who asked for one of the newest entries. */
const LOOKED_AT = 1000;
const MOST_MODELS = 1000;

interface Row extends vscode.QuickPickItem {
  readonly next?: () => Promise<ActivityFilter | undefined>;
}

/** Narrows the Activity view to kinds of entries, a model, or a person; one after the other, they add up. */
export const filterActivity: Command = async ({ activityTree, registries }) => {
  const { filter } = activityTree;
  const { kinds, model, person } = filter;
  const rows: readonly Row[] = [
    {
      label: t('By kind…'),
      description: (kinds ?? []).map((kind) => kindWords()[kind]).join(', '),
      next: () => byKind(filter),
    },
    { label: t('By model…'), description: model?.name ?? '', next: () => byModel(filter, registries) },
    { label: t('By person…'), description: person ?? '', next: () => byPerson(filter, registries) },
  ];
  const chosen = await vscode.window.showQuickPick(rows.map(plainRow), {
    title: t('Filter Activity'),
    placeHolder: t('Choose what the activity shows'),
  });
  const changed = await chosen?.next?.();
  if (changed) activityTree.setFilter(changed);
};

export const clearActivityFilter: Command = async ({ activityTree }) => activityTree.setFilter({});

async function byKind(filter: ActivityFilter): Promise<ActivityFilter | undefined> {
  const rows = activityKinds.map((about) => ({
    about,
    label: kindWords()[about],
    picked: filter.kinds?.includes(about) ?? false,
  }));
  const title = t('Filter Activity by Kind');
  const chosen = await vscode.window.showQuickPick(rows, {
    title,
    canPickMany: true,
    placeHolder: t('Nothing picked shows all'),
  });
  if (!chosen) return undefined;
  const { kinds: _before, ...others } = filter;
  return chosen.length === 0 ? others : { ...others, kinds: chosen.map(({ about }) => about) };
}

async function byModel(filter: ActivityFilter, registries: Registries): Promise<ActivityFilter | undefined> {
  const rows = async () => {
    const existing = await registries.existing();
    const lists = await Promise.all(
      existing.map(async ({ dir, connection, roots }) => {
        const { items } = await connection.registry.listModels({ limit: MOST_MODELS });
        const description = existing.length > 1 ? roots.map(({ name }) => name).join(', ') : '';
        return items.map(({ id, name }) => ({
          label: oneLine(name),
          description,
          model: { registryDir: dir, id, name },
        }));
      }),
    );
    return [{ label: t('All models'), description: '', model: undefined }, ...lists.flat()].map(plainRow);
  };
  const chosen = await vscode.window.showQuickPick(rows(), { title: t('Filter Activity by Model') });
  if (!chosen) return undefined;
  const { model: _before, ...others } = filter;
  return chosen.model ? { ...others, model: chosen.model } : others;
}

async function byPerson(filter: ActivityFilter, registries: Registries): Promise<ActivityFilter | undefined> {
  const names = new Set<string>();
  for (const { connection } of await registries.existing()) {
    const { items } = await connection.registry.log({ limit: LOOKED_AT });
    for (const { by } of items) if (by.name !== '' || by.email !== '') names.add(by.name === '' ? by.email : by.name);
  }
  if (names.size === 0) {
    void inform(t('Nobody has done anything yet.'));
    return undefined;
  }
  const people = [...names].sort((a, b) => a.localeCompare(b)).map((name) => ({ label: oneLine(name), person: name }));
  const rows = [{ label: t('Everybody'), person: undefined }, ...people].map(plainRow);
  const chosen = await vscode.window.showQuickPick(rows, { title: t('Filter Activity by Person') });
  if (!chosen) return undefined;
  const { person: _before, ...others } = filter;
  return chosen.person === undefined ? others : { ...others, person: chosen.person };
}
