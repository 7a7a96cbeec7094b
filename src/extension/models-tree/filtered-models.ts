import { RegistryError } from '../../base/errors.ts';
import { formatNumber, t } from '../../base/language.ts';
import type { VersionSummary } from '../../registry/api.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { firstEntries } from './first-entries.ts';
import type { ModelNode, TreeNode } from './nodes.ts';

/** What a filter needs of a registry. */
export type FilterCalls = Pick<RegistryCalls, 'listModels' | 'search' | 'showModel'>;

/** So many versions are looked for: a filter is typed to see few. */
const MOST_FOUND = 100;
/** Up to so many models are open from the start. */
const OPEN_MODELS = 10;

export interface FilterOptions {
  readonly registryDir: string;
  readonly filter: string;
  /** How many models are shown whose names fit. */
  readonly count: number;
}

/** Models whose names contain the filter, with all their versions; then others with the versions that a search for it finds. */
export async function filteredModels(
  registry: FilterCalls,
  { registryDir, filter, count }: FilterOptions,
): Promise<readonly TreeNode[]> {
  const [{ items: named, hasMore }, { found, isAll, problem }] = await Promise.all([
    firstEntries((page) => registry.listModels({ ...page, nameContains: filter }), count),
    search(registry, filter),
  ]);
  const names = new Set(named.map(({ id }) => id));
  const others = new Map<string, VersionSummary[]>();
  for (const version of found) {
    if (names.has(version.modelId) || version.model.toLowerCase().includes(filter.toLowerCase())) continue;
    others.set(version.modelId, [...(others.get(version.modelId) ?? []), version]);
  }
  const isOpen = named.length + others.size <= OPEN_MODELS;
  const byName = named.map((model): ModelNode => ({ kind: 'model', registryDir, modelId: model.id, model, isOpen }));
  const byVersions = await Promise.all(
    [...others].map(async ([modelId, versions]): Promise<ModelNode> => {
      const model = await registry.showModel({ model: modelId });
      return { kind: 'model', registryDir, modelId, model, isOpen: true, found: versions };
    }),
  );
  const rows: readonly TreeNode[] = [
    ...byName,
    ...(hasMore ? [{ kind: 'more', list: registryDir } as const] : []),
    ...byVersions,
  ];
  const hints = [
    problem,
    isAll || problem !== undefined
      ? undefined
      : t('Only the newest {number} versions that fit are shown', { number: formatNumber(MOST_FOUND) }),
    rows.length === 0 && problem === undefined ? t('Nothing fits “{filter}”', { filter }) : undefined,
  ].filter((text) => text !== undefined);
  return [...rows, ...hints.map((text): TreeNode => ({ kind: 'hint', id: `${registryDir}#filter#${text}`, text }))];
}

/** While a condition is being typed, it isn't one yet: that is said, and isn't an error. */
async function search(registry: FilterCalls, query: string) {
  try {
    const { items, next } = await registry.search({ query, limit: MOST_FOUND });
    return { found: items, isAll: next === undefined };
  } catch (error) {
    if (!RegistryError.is(error, 'QUERY_INVALID')) throw error;
    return { found: [], isAll: true, problem: error.message };
  }
}
