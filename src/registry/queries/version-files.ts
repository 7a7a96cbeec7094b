import type { Manifest, ManifestFile } from '../../artifacts/manifest.ts';
import { readManifest } from '../../artifacts/read-manifest.ts';
import { byName } from '../../base/by-name.ts';
import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { filesBeside } from '../../modelfiles/files-read-together.ts';
import type { LocalFile } from '../../modelfiles/local-files.ts';
import { manifestKey, objectKey } from '../../storage/layout.ts';
import type { FileChange, FilesAnswer, FolderEntry } from '../api/files.ts';
import { readObject } from '../facts/attached.ts';
import { objectsOf } from '../facts/read-facts.ts';
import { findVersion } from '../references.ts';
import { readToHead, type Session } from '../session.ts';
import { filesNotShared } from '../shared/fetch-files.ts';
import { withFilesOf } from '../space/withdrawn.ts';

/** What is read into memory at once: texts and pictures are smaller, and weights have readers of their own. */
const MAX_READ_BYTES = 64 * 1024 * 1024;
/** Nobody reads longer lists. */
const MAX_ENTRIES = 5000;
const MAX_CHANGES = 2000;
/** Lists of files that are kept: an editor asks for one again and again. */
const KEPT = 4;

const manifests = new WeakMap<Session, Map<string, Manifest>>();

/** See `RegistryQueries.files`. */
export async function files(
  session: Session,
  request: { readonly ref: string; readonly path?: string },
): Promise<FilesAnswer> {
  const version = await versionAtHead(session, request.ref);
  const { files: all } = await manifestOf(session, version);
  const path = request.path ?? '';
  const file = all.find((entry) => entry.path === path);
  if (file) return { version, kind: 'file', ...about(file) };
  const inside = path === '' ? '' : `${path}/`;
  const entries = new Map<string, FolderEntry>();
  let left = 0;
  for (const entry of all) {
    if (!entry.path.startsWith(inside)) continue;
    const rest = entry.path.slice(inside.length);
    const end = rest.indexOf('/');
    const name = end < 0 ? rest : rest.slice(0, end);
    if (entries.has(name)) continue;
    if (entries.size >= MAX_ENTRIES) left += 1;
    else entries.set(name, end < 0 ? { name, kind: 'file', ...about(entry) } : { name, kind: 'folder' });
  }
  if (entries.size === 0 && path !== '') throw noSuchFile(version, path);
  return { version, kind: 'folder', entries: [...entries.values()], leftOut: left };
}

/** See `RegistryQueries.fileBytes`. */
export async function fileBytes(
  session: Session,
  request: { readonly ref: string; readonly path: string },
): Promise<Uint8Array> {
  const version = await versionAtHead(session, request.ref);
  const file = await fileIn(session, version, request.path);
  if (file.size > MAX_READ_BYTES) {
    throw new RegistryError(
      'FILE_TOO_LARGE',
      `${request.path} of ${version.model}@${version.number} has ${Math.round(file.size / 1e6)} MB, more than is read into an editor. Restore the files of the version and open it from there.`,
      { details: { sizeBytes: file.size } },
    );
  }
  return withFilesOf(session, version, () => objectBytes(session, version, file));
}

/** See `RegistryQueries.filePlaces`. */
export async function filePlaces(
  session: Session,
  request: { readonly ref: string; readonly path: string },
): Promise<{ readonly files: readonly LocalFile[]; readonly version: VersionSummary }> {
  const version = await versionAtHead(session, request.ref);
  await fileIn(session, version, request.path);
  const { files: all } = await manifestOf(session, version);
  const together = new Set(
    filesBeside(
      request.path,
      all.map(({ path }) => path),
    ),
  );
  const wanted = all.filter(({ path }) => together.has(path));
  return withFilesOf(session, version, async () => {
    for (const file of wanted) {
      if ((await session.store.head(objectKey(file.sha256)))?.sizeBytes === file.size) continue;
      throw session.shared ? notHere(version, file.path) : missing(file);
    }
    return { version, files: objectsOf(session, wanted) };
  });
}

/** See `RegistryQueries.compareFiles`. */
export async function compareFiles(
  session: Session,
  { refs: [beforeRef, afterRef] }: { readonly refs: readonly [string, string] },
): Promise<{
  readonly before: VersionSummary;
  readonly after: VersionSummary;
  readonly changes: readonly FileChange[];
  readonly total: number;
}> {
  const before = await versionAtHead(session, beforeRef);
  const after = await versionAtHead(session, afterRef);
  const old = new Map((await manifestOf(session, before)).files.map((file) => [file.path, file]));
  const changes: FileChange[] = [];
  for (const file of (await manifestOf(session, after)).files) {
    const last = old.get(file.path);
    old.delete(file.path);
    if (!last) changes.push({ path: file.path, kind: 'added', after: about(file) });
    else if (last.sha256 !== file.sha256)
      changes.push({ path: file.path, kind: 'changed', before: about(last), after: about(file) });
  }
  for (const file of old.values()) changes.push({ path: file.path, kind: 'removed', before: about(file) });
  changes.sort((a, b) => byName(a.path, b.path));
  return { before, after, changes: changes.slice(0, MAX_CHANGES), total: changes.length };
}

async function versionAtHead(session: Session, ref: string): Promise<VersionSummary> {
  await readToHead(session);
  return findVersion(session, ref);
}

async function fileIn(session: Session, version: VersionSummary, path: string): Promise<ManifestFile> {
  const file = (await manifestOf(session, version)).files.find((entry) => entry.path === path);
  if (file) return file;
  throw noSuchFile(version, path);
}

/** The list of a version's files, of a shared registry also where this machine has none of them. */
async function manifestOf(session: Session, version: VersionSummary): Promise<Manifest> {
  const { digest } = version.artifact;
  const kept = manifests.get(session) ?? new Map<string, Manifest>();
  manifests.set(session, kept);
  const known = kept.get(digest);
  const manifest = known ?? (await withFilesOf(session, version, () => readAnyManifest(session, version)));
  kept.delete(digest);
  kept.set(digest, manifest);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return manifest;
}

async function readAnyManifest(session: Session, version: VersionSummary): Promise<Manifest> {
  const { digest } = version.artifact;
  const isHere = !session.shared || (await session.store.head(manifestKey(digest))) !== undefined;
  if (isHere || !session.shared) return readManifest(session.store, digest);
  try {
    return await readManifest(await session.shared.remote(), digest);
  } catch (error) {
    throw RegistryError.is(error, 'MANIFEST_MISSING') ? filesNotShared(session, version) : error;
  }
}

/** Of a shared registry, only what is looked at is fetched, and not kept. */
async function objectBytes(session: Session, version: VersionSummary, file: ManifestFile): Promise<Uint8Array> {
  const found = await readObject(session, file.sha256, file.size);
  if ('bytes' in found) return found.bytes;
  if (found.problem === 'damaged') throw damaged(file);
  throw found.where === 'shared' ? filesNotShared(session, version) : missing(file);
}

function about({ size, sha256 }: ManifestFile) {
  return { sizeBytes: size, sha256 };
}

function noSuchFile(version: VersionSummary, path: string): RegistryError {
  return new RegistryError('FILE_NOT_FOUND', `${version.model}@${version.number} has no file ${path.slice(0, 1000)}.`);
}

function notHere(version: VersionSummary, path: string): RegistryError {
  return new RegistryError(
    'FILES_NOT_HERE',
    `${path} of ${version.model}@${version.number} isn’t on this machine. Restore the files of the version, then open it again.`,
  );
}

function missing({ sha256, path }: ManifestFile): RegistryError {
  return new RegistryError(
    'OBJECT_MISSING',
    `${objectKey(sha256)}, the bytes of ${path}, is missing from the registry. Put it back from a backup.`,
  );
}

function damaged({ sha256, path }: ManifestFile): RegistryError {
  return new RegistryError(
    'OBJECT_DAMAGED',
    `${objectKey(sha256)}, the bytes of ${path}, is damaged. Put it back from a backup.`,
  );
}
