import { RegistryError } from '../base/errors.ts';
import type { RegistryEvent } from '../log/events.ts';
import { findSecrets } from '../secrets/find-secrets.ts';
import { dataWithoutSecrets } from '../secrets/remove-secrets.ts';

/** What is gathered around a run: nobody typed it for the log, so that what looks like a secret is cut out of it. */
const GATHERED: ReadonlySet<string> = new Set([
  'model.created',
  'version.registered',
  'version.evaluated',
  'gate.recorded',
]);
/** Its digest is that of its packages, which are names and versions. */
const EXEMPT: ReadonlySet<string> = new Set(['environment.recorded']);

/**
 * The events without what looks like a secret, because the log can't forget. What a person wrote isn't changed behind their back: there
 * it throws `SECRET_FOUND`.
 */
export async function withoutSecretsIn(events: readonly RegistryEvent[]): Promise<readonly RegistryEvent[]> {
  const result: RegistryEvent[] = [];
  for (const event of events) {
    if (EXEMPT.has(event.type)) result.push(event);
    else if (GATHERED.has(event.type)) result.push(await dataWithoutSecrets(event));
    else {
      await refuseSecrets(event);
      result.push(event);
    }
  }
  return result;
}

/** Throws `SECRET_FOUND` for a secret in what a person wrote: a text, or the texts and names in a value. */
export async function refuseSecrets(value: unknown): Promise<void> {
  if (typeof value === 'string') {
    const [found] = await findSecrets(value);
    if (!found) return;
    throw new RegistryError(
      'SECRET_FOUND',
      `What you wrote holds what looks like ${found.what}, and the log can't forget. Take it out and ask again; if it is real, revoke it. Nothing was changed.`,
    );
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) await refuseSecrets(key);
    await refuseSecrets(item);
  }
}
