import { RegistryError } from '../base/errors.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { ServingMachine } from '../registry/api/serving.ts';
import { noteUnreachable } from './sharing.ts';

/** Which machines serve what, with what is known where the storage doesn't answer. `isQuiet`: that was said already. */
export async function servingMachines(
  registry: Pick<Registry, 'serving'>,
  { model, isQuiet = false }: { readonly model?: string | undefined; readonly isQuiet?: boolean },
): Promise<readonly ServingMachine[]> {
  const request = model === undefined ? {} : { model };
  try {
    return await registry.serving(request);
  } catch (error) {
    if (!RegistryError.is(error) || !error.code.startsWith('REMOTE_')) throw error;
    if (!isQuiet) noteUnreachable(error);
    return registry.serving({ ...request, isFresh: false });
  }
}
