import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { Page, PageRequest } from '../../catalog/paging.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { stageIcon } from '../models-tree/stage-icon.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import {
  facts,
  headlineText,
  momentText,
  NAME_IN_LIST,
  numberOf,
  oneLine,
  shortLabelOf,
  shortName,
} from '../version-text.ts';
import type { Answers, OfferedVersion } from './answers.ts';
import { batches, type Choice, type PickOptions, pickOne } from './pick.ts';
import { added, mayGoBack, type Place, passOver, type Reply, type Step } from './steps.ts';

/** Lists are loaded to their end while they are open, up to so many entries. */
const MOST_CHOICES = 5000;
const BATCH = 500;

/** Which of several registries; asked for only where there are several. */
export function registryStep(registries: Registries): Step {
  return async (place, answers) =>
    pickOrOffered(
      answers,
      {
        place,
        placeholder: t('Which registry?'),
        nothing: t('There is no registry'),
        choices: registries.existing().then((all) => all.map(registryChoice)),
      },
      (registry) => ({ ...answers, registry }),
    );
}

function registryChoice(registry: WorkspaceRegistry): Choice<WorkspaceRegistry> {
  return {
    value: registry,
    label: registry.roots.map((root) => root.name).join(', '),
    description: registry.dir,
    icon: new vscode.ThemeIcon('database'),
  };
}

/** Which model; asked for where the registry that was chosen before has several, or none. */
export const modelStep: Step = async (place, answers) => {
  const { registry } = answers;
  if (registry === undefined) return { kind: 'cancelled' };
  const calls = registry.connection.registry;
  const only = mayGoBack(place) ? await onlyModel(calls) : undefined;
  if (only) return passOver(answers, { ...answers, model: only });
  const load = (page: PageRequest) => calls.listModels(page);
  return pickOrOffered(
    answers,
    {
      place,
      placeholder: t('Which model?'),
      nothing: t('The registry has no models yet'),
      choices: paged(load, modelChoice),
    },
    (model) => ({ ...answers, model }),
  );
};

/** Where there is one model only, nobody needs to be asked which. */
export async function onlyModel(calls: WorkspaceRegistry['connection']['registry']): Promise<ModelSummary | undefined> {
  const { items } = await calls.listModels({ limit: 2 });
  return items.length === 1 ? items[0] : undefined;
}

export const versionStep: Step = (place, answers) => pickVersion(place, answers, versionChoices(answers));

/** The same with the newest first: the one in production is rarely what should be promoted. */
export const candidateStep: Step = (place, answers) => pickVersion(place, answers, newestChoices(answers));

async function pickVersion(
  place: Place,
  answers: Answers,
  choices: AsyncIterable<readonly Choice<VersionSummary>[]>,
): Promise<Reply<Answers>> {
  const nothing = t('The model has no versions');
  const model = answers.model?.name;
  const placeholder =
    model === undefined
      ? t('Which version?')
      : t('Which version of {model}?', { model: shortName(model, NAME_IN_LIST) });
  return pickOrOffered(answers, { place, placeholder, nothing, choices }, (version) => ({ ...answers, version }));
}

/** Asks for one of several; where a version is offered, that is the first row, and answers for all up to it. */
async function pickOrOffered<T>(
  answers: Answers,
  options: PickOptions<T>,
  add: (value: T) => Answers,
): Promise<Reply<Answers>> {
  const { offered } = answers;
  if (!offered) return added(await pickOne(options), add);
  async function* choices({ registry, model, version, where }: OfferedVersion) {
    const { label, description = '', detail = '', icon } = versionChoice(version, true);
    const row = { label, description: facts(where, description), detail, ...(icon ? { icon } : {}) };
    yield [{ ...row, value: () => ({ ...answers, registry, model, version }) }];
    for await (const batch of batches(options.choices))
      yield batch.map((choice) => ({ ...choice, value: () => add(choice.value) }));
  }
  const reply = await pickOne<() => Answers>({ ...options, choices: choices(offered) });
  return added(reply, (answer) => answer());
}

/** The versions of the model, the one in production first. */
export async function* versionChoices(answers: Answers): AsyncIterable<readonly Choice<VersionSummary>[]> {
  const production = answers.model?.production;
  if (production !== undefined) yield [versionChoice(production)];
  for await (const batch of newestChoices(answers)) yield batch.filter(({ value }) => value.id !== production?.id);
}

async function* newestChoices({ registry, model }: Answers): AsyncIterable<readonly Choice<VersionSummary>[]> {
  if (registry === undefined || model === undefined) return;
  const calls = registry.connection.registry;
  const load = (page: PageRequest) => calls.listVersions({ ...page, model: model.id });
  yield* paged(load, (version) => versionChoice(version));
}

async function* paged<S, T>(
  load: (page: PageRequest) => Promise<Page<S>>,
  choiceOf: (entry: S) => Choice<T>,
): AsyncIterable<readonly Choice<T>[]> {
  let cursor: string | undefined;
  let loaded = 0;
  do {
    const page = await load({ limit: BATCH, ...(cursor === undefined ? {} : { cursor }) });
    yield page.items.map(choiceOf);
    loaded += page.items.length;
    cursor = page.next;
  } while (cursor !== undefined && loaded < MOST_CHOICES);
}

function modelChoice(model: ModelSummary): Choice<ModelSummary> {
  const { production, latest } = model;
  return {
    value: model,
    label: shortName(model.name, NAME_IN_LIST),
    description: facts(
      production ? t('@{production} in production', { production: numberOf(production) }) : t('none in production'),
      latest ? t('@{latest} newest', { latest: numberOf(latest) }) : t('no versions'),
    ),
    icon: new vscode.ThemeIcon('package'),
  };
}

/** A version as a row; with `hasModel`, of which model it is too. */
export function versionChoice(version: VersionSummary, hasModel = false): Choice<VersionSummary> {
  const aliases = version.aliases.map((alias) => `@${oneLine(alias, 40)}`).join(' ');
  return {
    value: version,
    label: hasModel ? shortLabelOf(version, NAME_IN_LIST) : t('Version {version}', { version: numberOf(version) }),
    description: facts(headlineText(version, preferredMetric(), NAME_IN_LIST), oneLine(version.stage, 40), aliases),
    detail: facts(
      t('registered {moment} by {name}', {
        moment: momentText(version.claimedAt ?? version.createdAt),
        name: oneLine(version.createdBy.name, 60),
      }),
      oneLine(version.description, 80),
    ),
    icon: stageIcon(version.stage),
  };
}
