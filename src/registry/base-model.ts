import { type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isSha256Hex } from '../base/hash.ts';
import { pathInside } from '../base/inside.ts';
import { jsonIfAny } from '../base/json-if-any.ts';
import type { OperationOptions } from '../base/progress.ts';
import { artifactsOfSize, newestWithArtifact, newestWithWeights } from '../catalog/artifact-queries.ts';
import type { DataLineage } from '../catalog/read-models/lineage.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { EventOf } from '../log/events.ts';
import { objectKey } from '../storage/layout.ts';
import type { RegisterRequest } from './api/registering.ts';
import { readFacts } from './facts/read-facts.ts';
import { filesOf } from './queries/files.ts';
import { findVersion } from './references.ts';
import { dbOf, type Session } from './session.ts';

type Base = NonNullable<EventOf<'version.registered'>['base']>;

interface Stored {
  readonly digest: string;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
}

/** Only what has such a name is looked for among the files of other versions. */
const WEIGHTS =
  /\.(safetensors|gguf|ggml|bin|pt|pth|ckpt|onnx|h5|hdf5|keras|pkl|pickle|joblib|npz|npy|tflite|pb|ubj|cbm|mlmodel)$/i;
const CONFIGS = ['config.json', 'adapter_config.json'];
const MAX_CONFIG_BYTES = 1024 * 1024;
const configSchema = v.object({
  _name_or_path: v.fallback(v.optional(v.string()), undefined),
  base_model_name_or_path: v.fallback(v.optional(v.nullable(v.string())), undefined),
});

/**
 * The model that a version was made from. What was asked for: a version by its reference, the digest of its artifact or weights, or by files that are its files;
 * else a name. Where nothing was asked for, a version whose files stand where the model's own configuration says, or are among the data. Undefined where none is
 * known. Names that no version here has are in the facts.
 */
export async function baseModelOf(
  session: Session,
  request: Pick<RegisterRequest, 'base' | 'folder' | 'dataPaths'>,
  stored: Stored,
  data: readonly DataLineage[],
  options: OperationOptions,
): Promise<Base | undefined> {
  const { base, folder } = request;
  const found =
    base === undefined
      ? await foundBase(session, request, stored, data, options)
      : (versionNamed(session, base) ?? (await versionAt(session, resolve(folder ?? '.', base), true, options)));
  if (found && found.artifact.digest !== stored.digest)
    return { name: `${found.model}@${found.number}`, version: found.id };
  return base === undefined ? undefined : { name: base };
}

function versionNamed(session: Session, base: string): VersionSummary | undefined {
  if (isSha256Hex(base)) return newestWithArtifact(dbOf(session), base) ?? newestWithWeights(dbOf(session), base);
  try {
    return findVersion(session, base);
  } catch (error) {
    // Not a version of this registry: files, or the name of a model elsewhere.
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}

async function foundBase(
  session: Session,
  { folder, dataPaths = [] }: Pick<RegisterRequest, 'folder' | 'dataPaths'>,
  stored: Stored,
  data: readonly DataLineage[],
  options: OperationOptions,
): Promise<VersionSummary | undefined> {
  for (const named of folder === undefined ? [] : await pathsInConfigs(session, stored)) {
    const place = placeInside(folder ?? '', named);
    const version = place === undefined ? undefined : await versionAt(session, place, false, options);
    if (version) return version;
  }
  for (const { path, sha256, sizeBytes } of data) {
    if (sha256 === undefined) continue;
    const isFolder = isFolderAt(dataPaths.find((entry) => entry.path === path)?.source);
    const version =
      isFolder || !WEIGHTS.test(path)
        ? newestWithArtifact(dbOf(session), sha256)
        : await versionWithFile(session, sha256, sizeBytes ?? 0);
    if (version) return version;
  }
  return undefined;
}

/** Where the stored model's own configuration says that it came from. */
async function pathsInConfigs(session: Session, { files }: Stored): Promise<readonly string[]> {
  const named: string[] = [];
  for (const { path, sha256, size } of files) {
    if (!CONFIGS.includes(basename(path)) || size > MAX_CONFIG_BYTES) continue;
    const bytes = await session.store.get(objectKey(sha256));
    // Files of a model may say anything.
    const parsed = v.safeParse(configSchema, bytes && jsonIfAny(bytes));
    if (!parsed.success) continue;
    const { _name_or_path, base_model_name_or_path } = parsed.output;
    for (const name of [base_model_name_or_path, _name_or_path]) if (name) named.push(name);
  }
  return named;
}

/** Only inside the folder: a model's configuration isn't trusted to name other files of this machine. */
function placeInside(folder: string, named: string): string | undefined {
  const place = resolve(folder, named);
  return pathInside(folder, place) ? place : undefined;
}

/** What a file says can be no path at all, or too long for one. */
function entryAt(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}

function isFolderAt(place: string | undefined): boolean {
  return place !== undefined && (entryAt(place)?.isDirectory() ?? false);
}

/** The newest version whose files are those at a place: all of them, its weights by name, or with `withWeights` by what they hold. */
async function versionAt(
  session: Session,
  place: string,
  withWeights: boolean,
  options: OperationOptions,
): Promise<VersionSummary | undefined> {
  if (!entryAt(place)) return undefined;
  try {
    const { digest, files } = await session.bytes.digest({ paths: [place] }, options);
    const whole = newestWithArtifact(dbOf(session), digest);
    if (whole) return whole;
    const [largest] = files.filter(({ path }) => WEIGHTS.test(path)).sort((a, b) => b.size - a.size);
    if (!largest) return undefined;
    const byFile = await versionWithFile(session, largest.sha256, largest.size);
    if (byFile || !withWeights) return byFile;
    const isFile = files.length === 1 && basename(place) === largest.path && !isFolderAt(place);
    const local = files.map(({ path }) => ({ path, file: isFile ? place : join(place, path) }));
    const weights = (await readFacts(session, local, options))?.weights;
    return weights === undefined ? undefined : newestWithWeights(dbOf(session), weights);
  } catch (error) {
    // It only has to be looked at; that it can't be is no reason to refuse the version.
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
    return undefined;
  }
}

/** The newest version that has a file with these bytes, of those that are large enough. */
async function versionWithFile(
  session: Session,
  sha256: string,
  sizeBytes: number,
): Promise<VersionSummary | undefined> {
  for (const artifact of artifactsOfSize(dbOf(session), sizeBytes)) {
    const files = await filesOf(session, artifact);
    if (files?.some((file) => file.sha256 === sha256)) return newestWithArtifact(dbOf(session), artifact);
  }
  return undefined;
}
