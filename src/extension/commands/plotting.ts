import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import { plotsPageStateSchema } from '../messages/page-states.ts';
import { complain } from '../notify.ts';
import { askText } from '../prompts/input.ts';
import { added, askInSteps, type Step } from '../prompts/steps.ts';
import type { Command, CommandContext } from './command-context.ts';
import { startFrom, targetsOf } from './targets.ts';

/** As many as the page draws. */
const MOST_DRAWN = 3000;

const versions = v.array(v.object({ id: v.string() }));
/** A row of a run or a sweep has its versions; one of a model those that a filter found. */
const rowSchema = v.object({
  fold: v.optional(v.object({ versions })),
  found: v.optional(versions),
  versionId: v.optional(v.string()),
});

/** The selected versions, those of a run or sweep, or those of a model as pictures of params against metrics. From the palette a search may choose them. */
export const plotVersions: Command = async (context, row, selected) => {
  const targets = targetsOf(row, selected);
  const [first] = targets;
  if (!first) {
    await plotFromPalette(context);
    return;
  }
  const ids = versionsOf(row, selected);
  if (targets.some(({ registryDir }) => registryDir !== first.registryDir)) {
    await complain(t('Versions of different registries can’t be drawn together. Select versions of one registry.'));
    return;
  }
  await openPlots(
    context,
    first.registryDir,
    ids,
    targets.map(({ modelId }) => modelId ?? ''),
  );
};

/** Ids of the versions that rows stand for, each once; none where a row stands for a whole model. */
function versionsOf(row: unknown, selected: unknown): readonly string[] {
  const rows: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [row];
  const ids = rows.flatMap((entry) => {
    const parsed = v.safeParse(rowSchema, entry);
    if (!parsed.success) return [];
    const { fold, found = [], versionId } = parsed.output;
    return [...(fold?.versions ?? []), ...found].map(({ id }) => id).concat(versionId ?? []);
  });
  return [...new Set(ids)];
}

/** One version alone stands for its model. */
export async function openPlots(
  context: CommandContext,
  registryDir: string,
  ids: readonly string[],
  modelIds: readonly string[] = [],
): Promise<void> {
  const registry = await context.registries.callsFor(registryDir);
  const known = new Set(modelIds.filter((id) => id !== ''));
  const [only] = known;
  const modelId = known.size === 1 && only !== undefined ? only : await modelOf(registry, ids);
  if (modelId === undefined || known.size > 1) {
    await complain(t('Versions of different models can’t be drawn together. Select versions of one model.'));
    return;
  }
  const of = ids.length > 1 ? { kind: 'ids' as const, ids: ids.slice(-MOST_DRAWN) } : { kind: 'all' as const };
  const page = v.safeParse(plotsPageStateSchema, { registryDir, modelId, of });
  if (!page.success)
    throw new RegistryError('NOTHING_TO_DRAW', t('Which versions are to be drawn isn’t clear. Select them again.'));
  context.pages.openPlots(page.output);
}

async function modelOf(
  registry: Awaited<ReturnType<CommandContext['registries']['callsFor']>>,
  ids: readonly string[],
): Promise<string | undefined> {
  const found = await Promise.all(ids.map((ref) => registry.show({ ref })));
  const models = new Set(found.map(({ modelId }) => modelId));
  return models.size === 1 ? [...models][0] : undefined;
}

async function plotFromPalette(context: CommandContext): Promise<void> {
  const start = await startFrom(context, undefined, 'model');
  if (!start) return;
  const which: Step = async (place, answers) => {
    const reply = await askText({
      place,
      prompt: t('A search for the versions to draw, or nothing for all of them'),
      placeholder: t('tag:sweep=7 param:optimizer=adam auc>0.9'),
      value: answers.text ?? '',
      async check(query) {
        if (query === '' || !answers.registry) return undefined;
        const { registry } = answers.registry.connection;
        return registry.search({ query, limit: 1 }).then(() => undefined, toldOf);
      },
    });
    return added(reply, (text) => ({ ...answers, text }));
  };
  const answers = await askInSteps(t('Plot Versions'), start.answers, [...start.steps, which]);
  const { registry, model, text = '' } = answers ?? {};
  if (!registry || !model) return;
  const of = text === '' ? { kind: 'all' as const } : { kind: 'search' as const, query: text };
  context.pages.openPlots({ registryDir: registry.dir, modelId: model.id, of });
}
