import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { tellBriefly } from '../notify.ts';
import { askReason } from '../prompts/input.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';

// What a person decides about changes that weren't shared.

const rowSchema = v.object({ registryDir: v.string(), id: v.string() });

export const applyAgain: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  // As at first, a promotion passes the gates that the project files declare.
  await registry.connection.askAgain({ roots: registry.roots.map(({ uri }) => uri.fsPath), id });
  context.registries.announce(registry.dir);
  tellBriefly(t('Asked again'));
};

export const dropRefused: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  const reply = await askReason(
    { title: t('Drop'), step: 1, totalSteps: 1 },
    t('Why is it dropped? The reason becomes a comment on the version.'),
  );
  if (reply.kind !== 'given') return;
  await registry.connection.registry.resolveRefused({ id, how: 'drop', reason: reply.value });
  context.registries.announce(registry.dir);
};

export const shareAfterAll: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  await registry.connection.registry.confirm({ id });
  context.registries.announce(registry.dir);
  await registry.connection.registry.sync({ withBytes: false });
};

export const takeBack: Command = async (context, row) => {
  if (!(await mayWrite())) return;
  const { registry, id } = await rowOf(context, row);
  await registry.connection.registry.withdraw({ id });
  context.registries.announce(registry.dir);
};

async function rowOf(context: CommandContext, row: unknown) {
  const parsed = v.safeParse(rowSchema, row);
  const registry = parsed.success ? await context.registries.byDir(parsed.output.registryDir) : undefined;
  if (!registry || !parsed.success) {
    throw new RegistryError('NOT_CHOSEN', t('Choose it in the view "Shared Work"; nothing was changed.'));
  }
  return { registry, id: parsed.output.id };
}
