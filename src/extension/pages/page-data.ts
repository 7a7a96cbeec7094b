import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { DeclaredDirections } from '../../base/metrics.ts';
import { toldOf } from '../../base/retold.ts';
import type { VersionDetails, VersionSummary } from '../../catalog/read-models/versions.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { Baseline, ChangesPageData, GraphPageData, VersionPageData } from '../messages/page-data.ts';
import { comparedRows } from './comparison-data.ts';
import { snippetsOf } from './version-handlers.ts';

/** What the project of a registry declares about the metrics of a model. */
export type DirectionsOf = (model: string) => Promise<DeclaredDirections | undefined>;

/** All that the page of a version shows. Throws what the registry throws. */
export async function loadVersionPage(
  registry: RegistryCalls,
  versionId: string,
  directionsOf: DirectionsOf,
): Promise<VersionPageData> {
  const version = await registry.show({ ref: versionId });
  const [declared, stages, compared] = await Promise.all([
    directionsOf(version.model),
    registry.stages({ model: version.modelId }),
    comparedWith(registry, version),
  ]);
  return {
    version,
    loading: snippetsOf(version),
    stages: stages.map(({ name }) => name).filter((name) => name !== 'candidate' && name !== 'archived'),
    ...(declared ? { declared } : {}),
    ...compared,
  };
}

async function comparedWith(
  registry: RegistryCalls,
  version: VersionDetails,
): Promise<Pick<VersionPageData, 'baseline' | 'rollbackTo' | 'noRollback'>> {
  const { production } = await registry.showModel({ model: version.modelId });
  if (production === undefined) return registeredBefore(registry, version);
  if (production.id !== version.id) return { baseline: baselineOf('production', production) };
  try {
    const { target } = await registry.rollbackTarget({ model: version.modelId });
    return { baseline: baselineOf('previous', target), rollbackTo: target.number };
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    // Those that were taken out on purpose can be chosen.
    const { others } = error.details;
    const before = await registeredBefore(registry, version);
    return Array.isArray(others) && others.length > 0 ? before : { ...before, noRollback: toldOf(error) };
  }
}

/** As what changed is told of a version by itself. */
async function registeredBefore(
  registry: RegistryCalls,
  { modelId, number, pending }: VersionDetails,
): Promise<Pick<VersionPageData, 'baseline'>> {
  if (pending) return {};
  // Lists go by numbers, down from the cursor.
  const { items } = await registry.listVersions({ model: modelId, cursor: String(number), limit: 1 });
  const [before] = items;
  return before ? { baseline: baselineOf('registered-before', before) } : {};
}

/** How many of the versions that descend from something its page lists. */
const LISTED = 100;

/** The graph around something. Throws what the registry throws. */
export async function loadGraphPage(registry: RegistryCalls, of: string): Promise<GraphPageData> {
  const [graph, impact] = await Promise.all([registry.graph({ of }), registry.impact({ of, limit: LISTED })]);
  return { graph, impact };
}

/** All that is recorded of what changed from one version to another. Throws what the registry throws. */
export async function loadChangesPage(
  registry: RegistryCalls,
  refs: readonly [before: string, after: string],
  directionsOf: DirectionsOf,
): Promise<ChangesPageData> {
  const changes = await registry.changes({ refs });
  const declared = await directionsOf(changes.after.model);
  return {
    ...changes,
    ...(declared ? { declared } : {}),
    params: comparedRows(changes.params),
    metrics: comparedRows(changes.metrics),
    environment: comparedRows(changes.environment),
    facts: comparedRows(changes.facts),
  };
}

function baselineOf(kind: Baseline['kind'], version: VersionSummary): Baseline {
  const { id: versionId, number, pending, metrics } = version;
  return { kind, versionId, number, ...(pending ? { pending } : {}), metrics };
}

/** `fraud-detector@2`, and `fraud-detector@draft-<6>` while the version has no number. */
export function versionTitle(version: VersionSummary): string {
  return `${version.model}@${numberOf(version)}`;
}

/** `fraud-detector@1, @2` for versions of one model. */
export function comparisonTitle(versions: readonly VersionSummary[]): string {
  const model = versions[0]?.model ?? '';
  const names = versions.every((version) => version.model === model)
    ? `${model}${versions.map((version) => `@${numberOf(version)}`).join(', ')}`
    : versions.map(versionTitle).join(', ');
  return t('Compare {names}', { names });
}

/** `fraud-detector@1 → @2` for versions of one model. */
export function changesTitle({ before, after }: Pick<ChangesPageData, 'before' | 'after'>): string {
  const later = before.model === after.model ? `@${numberOf(after)}` : versionTitle(after);
  return `${versionTitle(before)} → ${later}`;
}

function numberOf(version: VersionSummary): string {
  return version.pending ? `draft-${version.id.slice(-6).toLowerCase()}` : String(version.number);
}
