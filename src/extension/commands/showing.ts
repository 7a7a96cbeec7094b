import * as v from 'valibot';
import * as vscode from 'vscode';
import { formatNumber, t } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { VersionChanges } from '../../registry/api/changes.ts';
import { logDocumentUri } from '../log/log-document.ts';
import { complain, tellBriefly } from '../notify.ts';
import type { Answers } from '../prompts/answers.ts';
import { pickMany } from '../prompts/pick.ts';
import { versionChoice, versionChoices } from '../prompts/questions.ts';
import { searchVersions } from '../prompts/search.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import { labelOf } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { openPlots } from './plotting.ts';
import { isRow, startFrom, targetOf, targetsOf } from './targets.ts';
import { startHere } from './version-here.ts';

const MOST_COMPARED = 8;

export const showVersion: Command = async (context, argument) => {
  const target = targetOf(argument);
  if (target?.versionId !== undefined) {
    const { registryDir, versionId } = target;
    // Whoever walks through the rows of a tree wants to go on walking.
    context.pages.openVersion({ registryDir, versionId, keepsFocus: isRow(argument) });
    return;
  }
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const answers = await askInSteps(t('Show Version'), start.answers, start.steps);
  if (!answers?.registry || !answers.version) return;
  context.pages.openVersion({ registryDir: answers.registry.dir, versionId: answers.version.id });
};

/** The page of a model, of a row's one or of one that is chosen. */
export const showModel: Command = async (context, argument) => {
  const target = targetOf(argument);
  if (target?.modelId !== undefined) {
    context.pages.openModel({ ...target, modelId: target.modelId, keepsFocus: isRow(argument) });
    return;
  }
  const start = await startFrom(context, argument, 'model');
  if (!start) return;
  const answers = await askInSteps(t('Show Model'), start.answers, start.steps);
  if (!answers?.registry || !answers.model) return;
  context.pages.openModel({ registryDir: answers.registry.dir, modelId: answers.model.id });
};

/** The selected rows; from the palette or one row, with those chosen from a list. */
export const compareVersions: Command = async (context, row, selected) => {
  const page = v.safeParse(comparedPageSchema, row);
  if (page.success) {
    await changeCompared(context, page.output);
    return;
  }
  const targets = targetsOf(row, selected);
  const versionIds = [...new Set(targets.flatMap(({ versionId }) => versionId ?? []))];
  if (versionIds.length >= 2) {
    const registryDir = targets[0]?.registryDir ?? '';
    if (targets.some((target) => target.registryDir !== registryDir))
      await complain(t('Versions of different registries can’t be compared. Select versions of one registry.'));
    // More than have room beside each other are drawn.
    else if (versionIds.length > MOST_COMPARED)
      await openPlots(
        context,
        registryDir,
        versionIds,
        targets.map(({ modelId }) => modelId ?? ''),
      );
    else context.pages.openComparison({ registryDir, versionIds });
    return;
  }
  const start = await startFrom(context, row, 'model');
  if (!start) return;
  const which: Step = async (place, answers) => {
    const reply = await pickMany<VersionSummary>({
      place,
      placeholder: t('Select 2 to {most} versions to compare', { most: MOST_COMPARED }),
      nothing: t('The model has no versions'),
      choices: preselected(answers, versionIds[0]),
      check: (count) =>
        count < 2
          ? t('Select at least two versions')
          : count > MOST_COMPARED
            ? t('Select at most {most}', { most: MOST_COMPARED })
            : undefined,
    });
    return added(reply, (versions) => ({ ...answers, versions }));
  };
  const answers = await askInSteps(t('Compare Versions'), start.answers, [...start.steps, which]);
  if (!answers?.registry || !answers.versions) return;
  context.pages.openComparison({
    registryDir: answers.registry.dir,
    versionIds: answers.versions.map(({ id }) => id),
  });
};

/** The page of a comparison, whose versions are to be others. */
const comparedPageSchema = v.object({ registryDir: v.string(), compared: v.array(v.string()) });

/** Adds versions to a comparison, or takes some out of it, of one model after the other. */
async function changeCompared(context: CommandContext, page: v.InferOutput<typeof comparedPageSchema>): Promise<void> {
  const { registryDir, compared } = page;
  const registry = await context.registries.callsFor(registryDir);
  const present = await Promise.all(compared.map((ref) => registry.show({ ref })));
  const start = await startFrom(context, { registryDir }, 'model');
  if (!start) return;
  const [first, ...models] = [...new Set(present.map(({ modelId }) => modelId))];
  // Versions of another model are one step back.
  const isAskedLater = first !== undefined && models.length === 0 && start.steps.length > 0;
  const given = isAskedLater ? [{ ...start.answers, model: await registry.showModel({ model: first }) }] : [];
  const which: Step = async (place, answers) => {
    const isElsewhere = ({ modelId }: VersionSummary) => modelId !== answers.model?.id;
    const others = present.filter(isElsewhere).length;
    const reply = await pickMany<VersionSummary>({
      place,
      placeholder: t('Select the versions of {name} that are compared', { name: answers.model?.name ?? '' }),
      nothing: t('The model has no versions'),
      choices: picked(answers, new Set(compared)),
      check: (count) =>
        count + others < 2
          ? t('At least two versions are compared')
          : count + others > MOST_COMPARED
            ? others > 0
              ? t('At most {most} versions are compared, and {others} of other models are there', {
                  most: MOST_COMPARED,
                  others: formatNumber(others),
                })
              : t('At most {most} versions are compared', { most: MOST_COMPARED })
            : undefined,
    });
    return added(reply, (versions) => ({ ...answers, versions }));
  };
  const answers = await askInSteps(t('Versions to Compare'), start.answers, [...start.steps, which], given);
  if (!answers?.versions) return;
  const chosen = new Set(answers.versions.map(({ id }) => id));
  // Those that stay keep their places; what is new comes behind them.
  const kept = present.filter(({ id, modelId }) => modelId !== answers.model?.id || chosen.has(id)).map(({ id }) => id);
  const versionIds = [...new Set([...kept, ...answers.versions.map(({ id }) => id)])];
  context.pages.arrangeComparison({ registryDir, versionIds: compared }, versionIds);
}

/**
 * Two selected versions, from the older to the newer; one against what it is looked at against by itself; a model's version in production
 * against the one before. From the palette the model is asked for.
 */
export const showChanges: Command = async (context, row, selected) => {
  const targets = targetsOf(row, selected);
  const [first] = targets;
  const ids = [...new Set(targets.flatMap(({ versionId }) => versionId ?? []))];
  if (ids.length > 2) {
    await complain(
      t('What changed is told between two versions, and {number} are selected. Select one or two.', {
        number: formatNumber(ids.length),
      }),
    );
    return;
  }
  if (targets.some(({ registryDir }) => registryDir !== first?.registryDir)) {
    await complain(t('Versions of different registries can’t be compared. Select versions of one registry.'));
    return;
  }
  if (first && ids.length > 0) {
    const registry = await context.registries.callsFor(first.registryDir);
    const versions = await Promise.all(ids.map((ref) => registry.show({ ref })));
    const refs = versions.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1)).map(({ id }) => id);
    openChanges(context, first.registryDir, await registry.changes({ refs }));
    return;
  }
  const start = await startFrom(context, row, 'model');
  if (!start) return;
  const answers = await askInSteps(t('What Changed?'), start.answers, start.steps);
  const { registry, model } = answers ?? {};
  if (!registry || !model) return;
  openChanges(context, registry.dir, await registry.connection.registry.changes({ model: model.id }));
};

function openChanges(
  { pages }: CommandContext,
  registryDir: string,
  { before, after }: Pick<VersionChanges, 'before' | 'after'>,
): void {
  pages.openChanges({ registryDir, beforeId: before.id, afterId: after.id });
}

/** What made a version and what it went into. */
export const showLineage: Command = async (context, argument) => {
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const answers = await askInSteps(t('Show Lineage Graph'), start.answers, start.steps);
  const { registry, version } = answers ?? {};
  if (registry && version) context.pages.openGraph({ registryDir: registry.dir, of: `version:${version.id}` });
};

/** The version asked about, or the newest, against the one in production. */
async function* preselected(answers: Answers, versionId: string | undefined) {
  const { production, latest } = answers.model ?? {};
  yield* picked(answers, new Set([versionId ?? latest?.id, production?.id]));
}

async function* picked(answers: Answers, ids: ReadonlySet<string | undefined>) {
  for await (const batch of versionChoices(answers)) {
    yield batch.map((choice) => ({ ...choice, isPicked: ids.has(choice.value.id) }));
  }
}

export const search: Command = async (context) => {
  const start = await startFrom(context, undefined, 'registry');
  if (!start) return;
  const answers = await askInSteps(t('Search'), start.answers, start.steps);
  const { registry } = answers ?? {};
  if (!registry) return;
  const version = await searchVersions(registry, (found) => versionChoice(found, true));
  if (version) context.pages.openVersion({ registryDir: registry.dir, versionId: version.id });
};

export const copyReference: Command = async (context, argument) => {
  const start = await startHere(context, argument);
  if (!start) return;
  const answers = await askInSteps(t('Copy Reference'), start.answers, start.steps);
  if (!answers?.version) return;
  const reference = labelOf(answers.version);
  await vscode.env.clipboard.writeText(reference);
  tellBriefly(t('Copied {reference}', { reference }));
};

/** The log of the registry, or of one model where it is asked from the model's row. */
export const openLog: Command = async (context, argument) => {
  const target = targetOf(argument);
  const start = await startFrom(context, argument, target?.modelId === undefined ? 'registry' : 'model');
  if (!start) return;
  const answers = await askInSteps(t('Open Log'), start.answers, start.steps);
  const { registry, model } = answers ?? {};
  if (!registry) return;
  const document = await vscode.workspace.openTextDocument(logDocumentUri(registry.dir, model));
  await vscode.window.showTextDocument(document, { preview: true });
};
