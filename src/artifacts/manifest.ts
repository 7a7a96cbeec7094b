import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';
import { problemOfPaths } from './manifest-path.ts';

/** One file of an artifact. `exec` is present only where the file may be executed. */
export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly exec?: true;
}

/** The canonical list of an artifact's files: no times, no facts of the host. Its SHA-256 names the artifact. */
export interface Manifest {
  readonly files: readonly ManifestFile[];
}

export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** One file as manifests and pull markers list it. */
export const manifestFileSchema = v.strictObject({
  path: v.string(),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.check(isSha256Hex)),
  exec: v.exactOptional(v.literal(true)),
});

const manifestSchema = v.strictObject({ files: v.pipe(v.array(manifestFileSchema), v.minLength(1)) });

/**
 * The bytes of the manifest of `files`, in any order, and its digest. Throws `ARTIFACT_EMPTY`, `ARTIFACT_TOO_LARGE`, and
 * `ARTIFACT_PATH_INVALID` for paths that can't be in a manifest.
 */
export function encodeManifest(files: readonly ManifestFile[]): {
  readonly bytes: Uint8Array;
  readonly digest: string;
} {
  if (files.length === 0)
    throw new RegistryError('ARTIFACT_EMPTY', 'There is no file to register. Nothing was changed.');
  checkPaths(files.map(({ path }) => path));
  const bytes = canonicalBytes(files);
  if (bytes.length > MAX_MANIFEST_BYTES || !Number.isSafeInteger(totalSize(files))) throw tooLarge(files.length);
  return { bytes, digest: sha256Hex(bytes) };
}

/** Reads a manifest. Throws `MANIFEST_DAMAGED` for anything but the canonical bytes of a legal one. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw damaged('is too long');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw damaged('is not JSON', cause);
  }
  const parsed = v.safeParse(manifestSchema, json, { abortEarly: true });
  if (!parsed.success) throw damaged('does not list files');
  const { files } = parsed.output;
  const problem = problemOfPaths(files.map(({ path }) => path));
  if (problem !== undefined) throw damaged(`is not legal. ${problem.slice(0, -1)}`);
  if (!Number.isSafeInteger(totalSize(files))) throw damaged('lists more bytes than can be counted');
  if (Buffer.compare(canonicalBytes(files), bytes) !== 0) throw damaged('is not in canonical form');
  return { files };
}

/** Throws `ARTIFACT_PATH_INVALID` for paths that can't be in one manifest. */
export function checkPaths(paths: readonly string[]): void {
  const problem = problemOfPaths(paths);
  if (problem === undefined) return;
  throw new RegistryError('ARTIFACT_PATH_INVALID', `${problem} Rename it and register again. Nothing was changed.`);
}

/** The bytes of all files together. */
export function totalSize(files: readonly ManifestFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The error for more files than a manifest can list. */
export function tooLarge(count: number): RegistryError {
  return new RegistryError(
    'ARTIFACT_TOO_LARGE',
    `These are ${count} files, more than one version can have. Pack them into an archive and register that. Nothing was changed.`,
  );
}

function canonicalBytes(files: readonly ManifestFile[]): Uint8Array {
  const sorted = files
    .map((file) => ({ file, path: Buffer.from(file.path) }))
    .sort((a, b) => Buffer.compare(a.path, b.path))
    .map(({ file: { path, size, sha256, exec } }) => (exec ? { path, size, sha256, exec } : { path, size, sha256 }));
  return new TextEncoder().encode(JSON.stringify({ files: sorted }));
}

function damaged(what: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'MANIFEST_DAMAGED',
    `The manifest ${what}. Put it back from a backup, or register the files again.`,
    { cause },
  );
}
