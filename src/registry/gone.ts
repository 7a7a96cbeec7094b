import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { MAX_FORMAT_BYTES } from '../log/format-file.ts';
import { readFormat } from '../log/log-reader.ts';
import { FORMAT_KEY } from '../storage/layout.ts';
import type { Session } from './session.ts';

/** What is wrong where the folder hasn't the registry any more that was opened there. What was read of it before must not be shown as if it were. */
export async function goneProblem({
  store,
  location,
  formatHash,
}: Pick<Session, 'store' | 'location' | 'formatHash'>): Promise<RegistryError | undefined> {
  const bytes = await store.get(FORMAT_KEY, MAX_FORMAT_BYTES);
  if (bytes && sha256Hex(bytes) === formatHash) return undefined;
  try {
    const { format } = await readFormat(store, location.logDir);
    if (format.registryId === location.registryId) return undefined;
    return anotherRegistry(location.dir);
  } catch (error) {
    if (RegistryError.is(error, 'REGISTRY_NOT_FOUND')) return registryGone(location.dir);
    if (RegistryError.is(error)) return error;
    throw error;
  }
}

/** For a folder that had a registry while this program ran. */
export function registryGone(dir: string): RegistryError {
  return new RegistryError(
    'REGISTRY_GONE',
    `The registry in ${dir} was removed or moved away while it was open here. Put it back, from a backup or from where it is now, and it goes on; for a new, empty one, run \`model-registry init\` (in the editor: Create Registry). Nothing was recorded.`,
    { details: { dir } },
  );
}

function anotherRegistry(dir: string): RegistryError {
  return new RegistryError(
    'REGISTRY_GONE',
    `Another registry is in ${dir} now than the one that was opened there. Begin again to use that one, or put the other back. Nothing was recorded.`,
    { details: { dir } },
  );
}
