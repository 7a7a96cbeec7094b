import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';

const UNKNOWN: ReadonlySet<string> = new Set(['VERSION_NOT_FOUND', 'MODEL_NOT_FOUND', 'MODEL_NAME_INVALID']);

export interface FoundVersion {
  readonly registry: WorkspaceRegistry;
  readonly version: VersionSummary;
}

/** Which of the window's registries is asked first: that of the folder where somebody wrote a name down. */
export type AskedFirst = (registry: WorkspaceRegistry) => boolean;

/**
 * The version that a reference names, in the first registry of the window that has it. Where none has it, throws what the one says that has at least the
 * model; and `REGISTRY_NOT_FOUND` where there is none at all.
 */
export async function findVersion(
  registries: Pick<Registries, 'existing'>,
  ref: string,
  isFirst?: AskedFirst,
): Promise<FoundVersion> {
  const { registry, found } = await findIn(registries, ref, (calls) => calls.show({ ref }), isFirst);
  return { registry, version: found };
}

/** The same for a model, by its name or id. */
export async function findModel(
  registries: Pick<Registries, 'existing'>,
  name: string,
): Promise<{ readonly registry: WorkspaceRegistry; readonly model: ModelSummary }> {
  const { registry, found } = await findIn(registries, name, (calls) => calls.showModel({ model: name }));
  return { registry, model: found };
}

async function findIn<T>(
  registries: Pick<Registries, 'existing'>,
  ref: string,
  find: (calls: Pick<RegistryCalls, 'show' | 'showModel'>) => Promise<T>,
  isFirst: AskedFirst = () => false,
): Promise<{ readonly registry: WorkspaceRegistry; readonly found: T }> {
  const unknown: RegistryError[] = [];
  const existing = await registries.existing();
  for (const registry of existing.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))) {
    try {
      return { registry, found: await find(registry.connection.registry) };
    } catch (error) {
      if (!RegistryError.is(error) || !UNKNOWN.has(error.code)) throw error;
      unknown.push(error);
    }
  }
  // Of several registries, most know nothing of the model: the one that has it says what is wrong.
  const telling = unknown.find(({ code }) => code === 'VERSION_NOT_FOUND') ?? unknown[0];
  throw unknown.length > 1 && telling?.code === 'MODEL_NOT_FOUND' ? inNone(ref) : (telling ?? nowhere());
}

/** What one of them has instead would be no help. */
function inNone(ref: string): RegistryError {
  const [model = ref] = ref.split('@');
  return new RegistryError('MODEL_NOT_FOUND', t('No registry of this window has a model called {model}.', { model }));
}

function nowhere(): RegistryError {
  return new RegistryError(
    'REGISTRY_NOT_FOUND',
    t('No folder of this window has a model registry. Open the folder of the project.'),
  );
}

/** Remembers which registry has which version: ids are never used twice. */
export class VersionRegistries {
  readonly #registries: Pick<Registries, 'existing'>;
  readonly #dirs = new Map<string, string>();

  constructor(registries: Pick<Registries, 'existing'>) {
    this.#registries = registries;
  }

  /** Throws what `findVersion` throws. */
  async callsFor(versionId: string): Promise<WorkspaceRegistry['connection']['registry']> {
    const dir = this.#dirs.get(versionId);
    const known = (await this.#registries.existing()).find((registry) => registry.dir === dir);
    if (known) return known.connection.registry;
    const { registry } = await findVersion(this.#registries, versionId);
    if (this.#dirs.size >= 1000) this.#dirs.clear();
    this.#dirs.set(versionId, registry.dir);
    return registry.connection.registry;
  }
}
