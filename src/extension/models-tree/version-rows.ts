import { metricDirection } from '../../base/metrics.ts';
import type { Page, PageRequest } from '../../catalog/paging.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { Arrangement } from './arrangement.ts';
import { firstEntries } from './first-entries.ts';
import { foldVersions, isFold } from './folds.ts';
import type { FoldNode, ModelNode, PeriodNode, StageNode, TreeNode, VersionNode } from './nodes.ts';
import { periodsBefore } from './periods.ts';

/** However few rows they come to: so many versions are read for one list before the person is asked to go on. */
const MOST_READ = 1000;

/** What the rows of a model need of its registry. */
export type VersionCalls = Pick<RegistryCalls, 'listVersions' | 'stages' | 'stageCounts'>;

interface ListOptions {
  readonly registry: VersionCalls;
  readonly arrangement: Arrangement;
  /** How many rows each list shows, by its name. */
  readonly countOf: (list: string) => number;
}

type Place = Pick<ModelNode, 'registryDir' | 'modelId'>;

/** The name of a list, in which a person may ask for more. */
function listName({ registryDir, modelId }: Place, part = ''): string {
  return `${registryDir}#${modelId}${part === '' ? '' : `#${part}`}`;
}

/** What stands below a model: its versions, or the groups of them. */
export async function rowsOfModel(
  node: ModelNode,
  metric: string | undefined,
  options: ListOptions,
): Promise<readonly TreeNode[]> {
  const { model } = node;
  const { registry, arrangement } = options;
  if (arrangement.groupBy === 'stage') return stageRows(node, registry);
  if (arrangement.groupBy === 'date') return periodRows(node, registry);
  const isBestFirst = arrangement.versionOrder === 'best' && metric !== undefined;
  const load = (page: PageRequest) =>
    registry.listVersions({ ...page, model: node.modelId, ...(isBestFirst ? { bestBy: bestBy(metric) } : {}) });
  const rows = await listRows(node, listName(node), load, {
    ...options,
    isFolding: arrangement.isFolding && !isBestFirst,
  });
  return productionFirst(node, rows, model.production);
}

function bestBy(metric: string) {
  return { metric, isLowerBetter: metricDirection(metric) === 'lower' };
}

export async function rowsOfStage(node: StageNode, options: ListOptions): Promise<readonly TreeNode[]> {
  const { modelId, stage } = node;
  const load = (page: PageRequest) => options.registry.listVersions({ ...page, model: modelId, stage });
  const rows = await listRows(node, listName(node, `stage-${stage}`), load, {
    ...options,
    isFolding: options.arrangement.isFolding,
  });
  return rows.map((row) => (row.kind === 'more' ? row : { ...row, isBelowStage: true }));
}

export function rowsOfPeriod(node: PeriodNode, options: ListOptions): Promise<readonly TreeNode[]> {
  const { since, until, label } = node.period;
  const within = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const load = (page: PageRequest) => options.registry.listVersions({ ...page, model: node.modelId, ...within });
  return listRows(node, listName(node, `period-${label}`), load, {
    ...options,
    isFolding: options.arrangement.isFolding,
  });
}

export function rowsOfFold(node: FoldNode): readonly TreeNode[] {
  const { isBelowStage = false, fold } = node;
  return fold.versions.map((version) => ({ ...versionNode(node, version), isBelowStage }));
}

/** Every stage of the policy, the highest first: an empty one is a place to drop a version, too. */
async function stageRows(node: ModelNode, registry: VersionCalls): Promise<readonly TreeNode[]> {
  const request = { model: node.modelId };
  const [stages, all] = await Promise.all([registry.stages(request), registry.stageCounts(request)]);
  const counts = new Map(all.map(({ stage, count }) => [stage, count]));
  const known = stages.map(({ name }) => name).toReversed();
  const active = known.filter((name) => name !== 'archived');
  return [...active, ...known.filter((name) => name === 'archived')].map((stage): StageNode => {
    const { registryDir, modelId, model } = node;
    return { kind: 'stage', registryDir, modelId, model: model.name, stage, count: counts.get(stage) ?? 0 };
  });
}

/** Only times in which a version was registered. */
async function periodRows(node: ModelNode, registry: VersionCalls): Promise<readonly TreeNode[]> {
  const { registryDir, modelId, model } = node;
  const possible = periodsBefore(new Date()).filter(({ until }) => until === undefined || until > model.createdAt);
  const periods = await Promise.all(
    possible.map(async (period) => {
      const { label: _, ...within } = period;
      const { items } = await registry.listVersions({ model: modelId, ...within, limit: 1 });
      return items.length > 0 ? [period] : [];
    }),
  );
  return periods.flat().map((period, index): PeriodNode => {
    return { kind: 'period', registryDir, modelId, period, isNewest: index === 0 };
  });
}

async function listRows(
  place: Place,
  list: string,
  load: (page: PageRequest) => Promise<Page<VersionSummary>>,
  { countOf, isFolding }: Pick<ListOptions, 'countOf'> & { readonly isFolding: boolean },
): Promise<readonly TreeNode[]> {
  const wanted = countOf(list);
  let { items, hasMore } = await firstEntries(load, wanted);
  let rows = rowsFrom(place, list, items, isFolding);
  // What is folded makes room: a list isn't short because a sweep was long.
  while (hasMore && rows.length < wanted && items.length < MOST_READ) {
    ({ items, hasMore } = await firstEntries(load, Math.min(MOST_READ, items.length * 2)));
    rows = rowsFrom(place, list, items, isFolding);
  }
  return hasMore ? [...rows, { kind: 'more', list }] : rows;
}

function rowsFrom(
  place: Place,
  list: string,
  versions: readonly VersionSummary[],
  isFolding: boolean,
): readonly TreeNode[] {
  const { registryDir, modelId } = place;
  const rows = isFolding ? foldVersions(versions) : versions;
  return rows.map(
    (row): TreeNode =>
      isFold(row) ? { kind: 'fold', registryDir, modelId, list, fold: row } : versionNode(place, row),
  );
}

function versionNode({ registryDir, modelId }: Place, version: VersionSummary): VersionNode {
  return { kind: 'version', registryDir, modelId, versionId: version.id, version };
}

/** The version in production first, even where it is further down than what was loaded. */
function productionFirst(
  place: Place,
  rows: readonly TreeNode[],
  production: VersionSummary | undefined,
): readonly TreeNode[] {
  if (production === undefined) return rows;
  const isIt = (row: TreeNode) => row.kind === 'version' && row.versionId === production.id;
  return [rows.find(isIt) ?? versionNode(place, production), ...rows.filter((row) => !isIt(row))];
}
