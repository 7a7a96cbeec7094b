import { RegistryError } from '../base/errors.ts';
import { codeBetweenVersions } from '../lineage/version-code.ts';
import type { VersionChanges } from '../registry/api/changes.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CommandContext } from './context.ts';
import { changesText, type ReadCode } from './format/changes.ts';
import { versionJson } from './format/json.ts';
import { directionsIn } from './project-root.ts';
import { print, printJson } from './terminal.ts';

/** What is shown of a list on a terminal. */
const SHOWN = 20;

/** `changes`: what changed between two versions, by what was recorded of them and by the repository around the folder. */
export async function showChanges(
  context: CommandContext,
  options: { readonly limit?: number },
  refs: readonly string[],
): Promise<void> {
  const { changes, code } = await context.withQueries(async (registry) => {
    const found = await registry.changes(refs.length === 0 ? { model: await onlyModel(registry) } : { refs });
    return { changes: found, code: await readCode(context, registry, found) };
  });
  if (context.isJson) {
    const { before, after, ...rest } = changes;
    const { repository: _, ...between } = code.between ?? { repository: '' };
    return printJson({
      before: versionJson(before),
      after: versionJson(after),
      ...rest,
      history: code.between ? between : null,
      ...(code.problem === undefined ? {} : { historyProblem: code.problem }),
    });
  }
  const declared = await directionsIn(context, changes.after.model);
  print(changesText(changes, code, { limit: options.limit ?? SHOWN, declared }));
}

async function readCode(
  { cwd, signal }: CommandContext,
  registry: Registry,
  changes: VersionChanges,
): Promise<ReadCode> {
  const request = { folders: [cwd], beforeId: changes.before.id, afterId: changes.after.id };
  try {
    const between = await codeBetweenVersions(registry, request, signal);
    return between ? { between } : {};
  } catch (error) {
    // What was recorded is told all the same.
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    return { problem: error.message };
  }
}

async function onlyModel(registry: Registry): Promise<string> {
  const { items } = await registry.listModels({ limit: 2 });
  const [only] = items;
  if (only && items.length === 1) return only.id;
  throw new RegistryError(
    'MODEL_NEEDED',
    only
      ? 'There are several models. Name one, to see what changed between its version in production and the one before: changes MODEL.'
      : 'The registry has no models yet: register one.',
  );
}
