import { lstat, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { statCacheOf } from '../artifacts/stat-cache.ts';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import type { FileEntry, VersionSummary } from '../catalog/read-models/versions.ts';
import type { Project } from '../project/project-schema.ts';
import type { Registry } from '../registry/api/registry.ts';
import { matchingFiles } from './output-files.ts';

/** A file of the workspace that a version has as it is. */
export interface RegisteredOutput {
  /** Absolute, below the root as that was given. */
  readonly file: string;
  readonly model: string;
  readonly versionId: string;
  readonly number: number;
  readonly stage: string;
}

const MAX_FILES = 2000;
/** Versions of a model that are looked at, beside the one in production: what is in the workspace is of the newest, as a rule. */
const NEWEST = 10;
const LARGEST_VERSION = 5000;
/** Versions whose lists of files are kept: nobody changes them, and each change of the log asks again. */
const KEPT_LISTS = 100;
const lists = new WeakMap<Registry, Map<string, readonly FileEntry[]>>();

/**
 * Which declared outputs are those of a version. Nothing is hashed: a file is taken for a version's by the digest that is known of it, or by its name and size
 * if it wasn't changed since the version was registered. Enough for a mark beside a name, and for nothing that anybody decides by.
 */
export async function registeredOutputs(
  registry: Registry,
  root: string,
  project: Project,
): Promise<readonly RegisteredOutput[]> {
  const found: RegisteredOutput[] = [];
  const realRoot = await realpath(root);
  const cache = await statCacheOf(registry.location.dir);
  for (const [name, model] of Object.entries(project.models)) {
    const files = (await matchingFiles(root, model.outputs)).slice(0, MAX_FILES - found.length);
    const versions = files.length === 0 ? [] : await versionsOf(registry, name);
    for (const file of files) {
      const stats = await lstat(file, { bigint: true }).catch((error: unknown) => {
        // Trainers take files away at any moment.
        if (systemErrorCode(error) === undefined) throw error;
      });
      if (!stats) continue;
      const sha256 = cache.find(file, stats);
      const path = file.split(sep).join('/').normalize('NFC');
      // Of what is known by its times alone, the newest version that may have it was registered from it last.
      const candidates = sha256 === undefined ? newestFirst(versions) : versions;
      const version = candidates.find(({ summary, files: theirs }) => {
        const same = theirs.find((entry) => path.endsWith(`/${entry.path}`));
        if (!same || same.sizeBytes !== Number(stats.size)) return false;
        return sha256 === undefined
          ? Number(stats.mtimeMs) <= Date.parse(summary.claimedAt ?? summary.createdAt)
          : same.sha256 === sha256;
      });
      if (!version) continue;
      const { id, number, stage, pending } = version.summary;
      found.push({
        file: join(root, relative(realRoot, file)),
        model: name,
        versionId: id,
        number: pending ? 0 : number,
        stage,
      });
    }
  }
  return found;
}

interface VersionFiles {
  readonly summary: VersionSummary;
  readonly files: readonly FileEntry[];
}

function newestFirst(versions: readonly VersionFiles[]): readonly VersionFiles[] {
  return versions.toSorted((a, b) => Date.parse(b.summary.createdAt) - Date.parse(a.summary.createdAt));
}

/** The one in production first. */
async function versionsOf(registry: Registry, model: string): Promise<readonly VersionFiles[]> {
  try {
    const { items } = await registry.listVersions({ model, limit: NEWEST });
    const production = await productionOf(registry, model);
    const all = [...production, ...items.filter(({ id }) => id !== production[0]?.id)];
    const small = all.filter(({ artifact }) => artifact.fileCount <= LARGEST_VERSION);
    return await Promise.all(small.map(async (summary) => ({ summary, files: await filesOf(registry, summary.id) })));
  } catch (error) {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND')) return [];
    throw error;
  }
}

/** Nothing where the policy has no such stage. */
async function productionOf(registry: Registry, model: string): Promise<readonly VersionSummary[]> {
  try {
    return (await registry.listVersions({ model, stage: 'production', limit: 1 })).items;
  } catch (error) {
    if (RegistryError.is(error, 'STAGE_UNKNOWN')) return [];
    throw error;
  }
}

async function filesOf(registry: Registry, id: string): Promise<readonly FileEntry[]> {
  const kept = lists.get(registry) ?? new Map<string, readonly FileEntry[]>();
  lists.set(registry, kept);
  const known = kept.get(id);
  if (known) return known;
  const { files } = await registry.show({ ref: id });
  // Of a shared registry the list may come later.
  if (!files) return [];
  const [oldest] = kept.keys();
  if (kept.size >= KEPT_LISTS && oldest !== undefined) kept.delete(oldest);
  kept.set(id, files);
  return files;
}
