import * as v from 'valibot';
import { digestArtifact } from '../artifacts/intake.ts';
import { statCacheOf } from '../artifacts/stat-cache.ts';
import { RegistryError } from '../base/errors.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { Registry } from '../registry/api/registry.ts';

export interface LatestVersion {
  readonly version: VersionSummary;
  readonly createdAtMs: number;
  /** When it last got metrics, at the earliest when it was registered; milliseconds since the epoch. */
  readonly completedAtMs: number;
}

const RECENT_ENTRIES = 50;
const evaluatedSchema = v.object({ type: v.literal('version.evaluated'), version: v.string() });

/** The newest version of a model; undefined where it has none. */
export async function latestVersion(registry: Registry, model: string): Promise<LatestVersion | undefined> {
  const version = await unlessMissing(async () => (await registry.listVersions({ model, limit: 1 })).items[0]);
  if (!version) return undefined;
  const createdAtMs = Date.parse(version.createdAt);
  const { items } = await registry.log({ model, limit: RECENT_ENTRIES });
  const times = items
    .filter((entry) => entry.void === undefined && entry.events.some((event) => isEvaluationOf(event, version.id)))
    .map((entry) => Date.parse(entry.at));
  return { version, createdAtMs, completedAtMs: Math.max(createdAtMs, ...times) };
}

/** The newest version of the model that has just these files; undefined where none has. Reads files that changed since they were read last. */
export async function versionWithFiles(
  registry: Registry,
  model: string,
  files: readonly string[],
): Promise<VersionSummary | undefined> {
  const { digest } = await digestArtifact({ paths: files, cache: await statCacheOf(registry.location.dir) });
  return unlessMissing(() => registry.show({ ref: `${model}@${digest}` }));
}

function isEvaluationOf(event: unknown, version: string): boolean {
  const parsed = v.safeParse(evaluatedSchema, event);
  return parsed.success && parsed.output.version === version;
}

async function unlessMissing<T>(query: () => Promise<T>): Promise<T | undefined> {
  try {
    return await query();
  } catch (error) {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND') || RegistryError.is(error, 'VERSION_NOT_FOUND')) return undefined;
    throw error;
  }
}
