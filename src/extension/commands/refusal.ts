import { RegistryError } from '../../base/errors.ts';
import { toldOf } from '../../base/retold.ts';

/** Why the registry refuses something; undefined where it was done. Throws what isn't a refusal. */
export async function refusalOf(attempt: () => Promise<void>): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (RegistryError.is(error)) return toldOf(error);
    throw error;
  }
}
