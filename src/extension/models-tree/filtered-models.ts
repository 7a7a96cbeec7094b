import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { firstEntries } from './first-entries.ts';
import type { ModelNode, TreeNode, VersionNode } from './nodes.ts';

/** What a filter needs of a registry. */
export type FilterCalls = Pick<RegistryCalls, 'listModels' | 'search'>;

/** So many versions are shown at first: a filter is typed to see few, and the editor draws all of them again with each key. */
export const FIRST_FOUND = 12;

export interface FilterOptions {
  readonly registryDir: string;
  readonly filter: string;
  /** How many models are shown whose names fit. */
  readonly count: number;
  /** How many versions are shown of other models. */
  readonly foundCount: number;
}

/** The name of the list of the versions that are found. */
export function foundList(registryDir: string): string {
  return `${registryDir}#found`;
}

/**
 * Models whose names contain the filter, with all their versions; then the versions of others that a search for it finds, each with the name of
 * its model: below their models the editor would ask for them once more, and draw twice as many rows with each key.
 */
export async function filteredModels(
  registry: FilterCalls,
  { registryDir, filter, count, foundCount }: FilterOptions,
): Promise<readonly TreeNode[]> {
  const [{ items: named, hasMore }, { found, isAll, problem }] = await Promise.all([
    firstEntries((page) => registry.listModels({ ...page, nameContains: filter }), count),
    search(registry, filter, foundCount),
  ]);
  const names = new Set(named.map(({ id }) => id));
  // The versions of one would hide that there are others.
  const isOpen = named.length === 1;
  const byName = named.map((model): ModelNode => {
    return { kind: 'model', registryDir, modelId: model.id, model, isOpen, isFiltered: true };
  });
  const others = found.filter(
    ({ modelId, model }) => !names.has(modelId) && !model.toLowerCase().includes(filter.toLowerCase()),
  );
  const byVersions = others.map((version): VersionNode => {
    const { id: versionId, modelId } = version;
    return { kind: 'version', registryDir, modelId, versionId, version, isFound: true };
  });
  const rows: readonly TreeNode[] = [
    ...byName,
    ...(hasMore ? [{ kind: 'more', list: registryDir } as const] : []),
    ...byVersions,
    ...(isAll ? [] : [{ kind: 'more', list: foundList(registryDir) } as const]),
  ];
  const hints = [
    problem,
    rows.length === 0 && problem === undefined ? t('Nothing fits “{filter}”', { filter }) : undefined,
  ].filter((text) => text !== undefined);
  return [...rows, ...hints.map((text): TreeNode => ({ kind: 'hint', id: `${registryDir}#filter#${text}`, text }))];
}

/** While a condition is being typed, it isn't one yet: that is said, and isn't an error. */
async function search(registry: FilterCalls, query: string, limit: number) {
  try {
    const { items, hasMore } = await firstEntries((page) => registry.search({ query, ...page }), limit);
    return { found: items, isAll: !hasMore };
  } catch (error) {
    if (!RegistryError.is(error, 'QUERY_INVALID')) throw error;
    return { found: [], isAll: true, problem: toldOf(error) };
  }
}
