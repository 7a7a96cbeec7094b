import { RegistryError } from '../base/errors.ts';
import { codeBetween } from '../lineage/code-between.ts';
import type { Registry, VersionChanges } from '../registry/api.ts';
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
  const changes = await context.withQueries(async (registry) =>
    registry.changes(refs.length === 0 ? { model: await onlyModel(registry) } : { refs }),
  );
  const code = await readCode(context, changes);
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
  const declared = await directionsIn(context.cwd, changes.after.model);
  print(changesText(changes, code, { limit: options.limit ?? SHOWN, declared }));
}

async function readCode({ cwd, signal }: CommandContext, { code }: VersionChanges): Promise<ReadCode> {
  const { before, after } = code;
  if (!before || !after) return {};
  try {
    return { between: await codeBetween({ folders: [cwd], before: before.commit, after: after.commit, signal }) };
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
