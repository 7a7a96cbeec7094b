import * as v from 'valibot';
import type { RegistryCalls } from '../registry/methods.ts';
import type { Declared } from './evaluate-gates.ts';
import { promoteThroughGates } from './promote.ts';

const moveSchema = v.looseObject({
  type: v.literal('stage.changed'),
  version: v.string(),
  to: v.string(),
  kind: v.picklist(['promote', 'demote', 'archive']),
  reason: v.string(),
  override: v.optional(v.boolean(), false),
});

/**
 * Asks again for what was refused, on top of what is there now. A promotion passes the gates that the project file declares, as at first:
 * what held then needn't hold beside another version in the stage. Throws what `promoteThroughGates` and `Registry.resolveRefused` throw.
 */
export async function askAgain(
  registry: RegistryCalls,
  id: string,
  declaredOf: (model: string) => Declared,
): Promise<void> {
  const refused = (await registry.refused()).find((entry) => entry.id === id);
  const [event, ...others] = refused?.events ?? [];
  const move = v.safeParse(moveSchema, event);
  if (!move.success || others.length > 0) return registry.resolveRefused({ id, how: 'apply' });
  const { version, to, reason, override } = move.output;
  await promoteThroughGates(registry, { ref: version, stage: to, reason, override }, declaredOf);
  await registry.resolveRefused({ id, how: 'drop' });
}
