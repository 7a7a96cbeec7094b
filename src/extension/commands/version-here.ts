import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { OfferedVersion } from '../prompts/answers.ts';
import { versionStep } from '../prompts/questions.ts';
import { passOver, type Step } from '../prompts/steps.ts';
import type { CommandContext } from './command-context.ts';
import { type Start, startFrom, targetOf } from './targets.ts';

/**
 * As `startFrom` for a version. From the palette, which says nothing of what is meant, the first question offers first the version of the page that is
 * open, or of the selected row of the Models view: Enter takes it, and nothing is done to a version that nobody confirmed.
 */
export async function startHere(
  context: CommandContext,
  argument: unknown,
  askVersion: Step = versionStep,
): Promise<Start | undefined> {
  const start = await startFrom(context, argument, 'version', askVersion);
  const [first, ...others] = start?.steps ?? [];
  if (!start || !first || argument !== undefined) return start;
  const offered = await versionHere(context);
  return offered ? { ...start, steps: [offering(first, offered), ...others.map(unlessChosen)] } : start;
}

async function versionHere(context: CommandContext): Promise<OfferedVersion | undefined> {
  const page = context.pages.versionInFront();
  const rows = page ? [] : context.selectedModels();
  const { registryDir, versionId } = page ?? (rows.length === 1 ? targetOf(rows[0]) : undefined) ?? {};
  const registry = (await context.registries.existing()).find(({ dir }) => dir === registryDir);
  if (!registry || versionId === undefined) return undefined;
  try {
    const calls = registry.connection.registry;
    const version = await calls.show({ ref: versionId });
    const model = await calls.showModel({ model: version.modelId });
    return { registry, model, version, where: page ? t('the page that is open') : t('the selected row') };
  } catch (error) {
    // A page may be open of what somebody else deleted.
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}

function offering(step: Step, offered: OfferedVersion): Step {
  return async (place, answers) => {
    const reply = await step(place, { ...answers, offered });
    if (reply.kind !== 'given') return reply;
    const { offered: _, ...value } = reply.value;
    return { kind: 'given', value };
  };
}

/** Asked only where the first question wasn't answered with a version; who goes back comes to that one. */
function unlessChosen(step: Step): Step {
  return async (place, answers) => (answers.version === undefined ? step(place, answers) : passOver(answers, answers));
}
