import { messageOf } from '../../base/errors.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { loadComparisonPage } from './comparison-data.ts';
import { type DirectionsOf, loadVersionPage } from './page-data.ts';

/** The window's start, and what the person does first, come before. */
const REST_MS = 1000;

interface WarmUpOptions {
  /** The window's registries. */
  readonly registries: {
    existing(): Promise<readonly { readonly dir: string }[]>;
    callsFor(dir: string): Promise<RegistryCalls>;
    directionsFor(dir: string, model: string): ReturnType<DirectionsOf>;
  };
  readonly log: { debug(message: string): void };
  /** After how long it begins: 1 s unless given. */
  readonly restMs?: number;
}

/**
 * Reads once what the page of a version and a comparison show, when the window has come to rest, and forgets it. The registry's thread has run that code
 * then: without that the first page of a window takes some 100 ms longer than those after it.
 */
export function warmUp({ registries, log, restMs = REST_MS }: WarmUpOptions): { dispose(): void } {
  const timer = setTimeout(() => {
    // Whoever opens a page is told of what fails.
    readOnce(registries).catch((error: unknown) => log.debug(`Nothing was read ahead: ${messageOf(error)}`));
  }, restMs);
  return { dispose: () => clearTimeout(timer) };
}

async function readOnce(registries: WarmUpOptions['registries']): Promise<void> {
  for (const { dir } of await registries.existing()) {
    const registry = await registries.callsFor(dir);
    const directionsOf: DirectionsOf = (model) => registries.directionsFor(dir, model);
    const { items: models } = await registry.listModels({ order: 'recent', limit: 1 });
    const [model] = models;
    if (model === undefined) continue;
    const { items: versions } = await registry.listVersions({ model: model.id, limit: 2 });
    const ids = versions.map(({ id }) => id);
    const shown = model.production?.id ?? ids[0];
    if (shown !== undefined) await loadVersionPage(registry, shown, directionsOf);
    if (ids.length > 1) await loadComparisonPage(registry, ids, directionsOf);
  }
}
