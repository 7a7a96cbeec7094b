import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { CodeChanges, PackageVersion, SubmoduleLineage } from '../catalog/read-models/lineage.ts';
import type { VersionDetails } from '../catalog/read-models/versions.ts';
import type { CheckedData } from '../registry/api/changes.ts';
import type { Registry } from '../registry/api/registry.ts';
import { gitFolderOf, type SourceTreeKind, writeSourceTree } from './source-tree.ts';

export interface ReproduceRequest {
  readonly registry: Pick<Registry, 'show' | 'patch' | 'checkData'>;
  readonly ref: string;
  /** Folders in repositories, of which one may have the commit. */
  readonly near: readonly string[];
  /** Absolute; a new or empty folder. */
  readonly to: string;
  readonly kind: SourceTreeKind;
}

/** Data of a version, compared with what stands at its place in the new tree. */
export interface ReproducedData extends CheckedData {
  /** Where the recorded bytes are, if they aren't in the new tree but in the one that it came from. */
  readonly foundAt?: string;
}

/** The source tree that a version was trained from, and what it takes to train there again. */
export interface Reproduced {
  readonly version: VersionDetails;
  readonly commit: string;
  readonly hasPatch: boolean;
  /** The project's folder in the tree, and the one in which the command ran. */
  readonly folder: string;
  readonly runFolder: string;
  /** A file for `pip install -r`, in git's own folder, so that the source tree stays what it was. */
  readonly requirements?: string;
  readonly command?: string;
  readonly data: readonly ReproducedData[];
  /** What commit and patch don't have of the tree, in words. */
  readonly missing: readonly string[];
}

/**
 * Writes the source tree that a version was trained from, with the list of its packages, and looks whether its data is what it was.
 * Nothing of the tree is run. Throws `CODE_UNKNOWN` and what `writeSourceTree` throws.
 */
export async function reproduce(request: ReproduceRequest, operation: OperationOptions = {}): Promise<Reproduced> {
  const { registry, to } = request;
  const version = await registry.show({ ref: request.ref });
  const { code, run, dependencies } = version.lineage;
  if (!code) {
    throw new RegistryError(
      'CODE_UNKNOWN',
      `${version.model}@${version.number} was registered without its code. Only versions that were trained in a git repository can be reproduced.`,
    );
  }
  operation.onProgress?.({ step: 'Writing the source tree', doneBytes: 0 });
  const patch = await registry.patch({ ref: version.id });
  const { repository } = await writeSourceTree({
    near: request.near,
    commit: code.commit,
    patch,
    to,
    kind: request.kind,
    submodules: code.submodules,
  });
  const folder = inside(to, code.folder);
  const requirements = await writeRequirements(to, dependencies);
  operation.onProgress?.({ step: 'Checking the data', doneBytes: 0 });
  const data = await checkedData(request, version, folder, inside(repository, code.folder), operation);
  return {
    version,
    commit: code.commit,
    hasPatch: patch !== undefined && patch.length > 0,
    folder,
    runFolder: inside(folder, run?.folder),
    ...(requirements === undefined ? {} : { requirements }),
    ...(run?.command === undefined ? {} : { command: run.command }),
    data,
    missing: missingOf(version, (path) => existsSync(join(to, path))),
  };
}

/** The log is text by others: it names no folder outside of the tree. */
function inside(folder: string, below = ''): string {
  const place = resolve(folder, below);
  return place.startsWith(folder + sep) ? place : folder;
}

async function checkedData(
  { registry }: ReproduceRequest,
  { id }: VersionDetails,
  folder: string,
  origin: string,
  operation: OperationOptions,
): Promise<readonly ReproducedData[]> {
  const here = await registry.checkData({ ref: id, root: folder }, operation);
  if (!here.some(({ state }) => state === 'missing')) return here;
  const there = await registry.checkData({ ref: id, root: origin }, operation);
  const same = new Set(there.filter(({ state }) => state === 'same').map(({ path }) => path));
  return here.map((entry) =>
    entry.state === 'missing' && same.has(entry.path) ? { ...entry, foundAt: join(origin, entry.path) } : entry,
  );
}

/** Of names that are one: a line of another form would be an option of pip's. */
async function writeRequirements(to: string, packages: readonly PackageVersion[]): Promise<string | undefined> {
  const named = packages.filter(
    ({ name, version }) => /^[A-Za-z0-9][\w.-]*$/.test(name) && /^[\w.+!-]+$/.test(version),
  );
  if (named.length === 0) return undefined;
  const lines = named.map((entry) => `${requirementOf(entry)}\n`);
  const file = join(await gitFolderOf(to), 'requirements.txt');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(''));
  return file;
}

/** What isn't to be had from an index stands there as a comment: pip would take another package of that name, or run what an address gives. */
function requirementOf({ name, version, source, isConda }: PackageVersion): string {
  if (isConda) return `# ${name}==${version}: by conda, no Python package`;
  if (!source) return `${name}==${version}`;
  const { isEditable, commit, url, folder, sha256 } = source;
  const parts = [isEditable ? 'editable' : '', folder ?? '', url ?? '', commit ?? '', sha256 ?? ''];
  const words = parts
    .filter((part) => part !== '')
    .map((part) => part.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' '));
  return `# ${name}==${version}: ${words.join(', ')}`;
}

function missingOf({ lineage }: VersionDetails, isThere: (path: string) => boolean): readonly string[] {
  const { code } = lineage;
  const submodules = (code?.submodules ?? []).map(submoduleText);
  if (!code?.isDirty) return submodules;
  const { changes } = code;
  if (!changes) return [...submodules, 'the changes that were not committed, which were not recorded'];
  const leftOut = changes.leftOut.map((entry) => leftOutText(entry, isThere(entry.path)));
  return [...submodules, ...leftOut, ...othersText(changes)];
}

/** Fetching one would follow an address that the repository names. */
function submoduleText({ path, commit, isDirty }: SubmoduleLineage): string {
  const changes = isDirty ? ', whose uncommitted changes were not recorded' : '';
  return `the submodule ${path} at ${commit}${changes}: bring it with git submodule update --init`;
}

/** A file that git tracks is there as it was committed. */
function leftOutText({ path, why }: CodeChanges['leftOut'][number], isThere: boolean): string {
  const because = why === 'secret' ? 'seemed to hold a secret' : 'was too large';
  return isThere
    ? `the changes of ${path}, which ${because}: it is here as it was committed`
    : `${path}, which ${because}`;
}

function othersText({ leftOut, leftOutCount, untrackedCount }: CodeChanges): readonly string[] {
  const others = leftOutCount - leftOut.length;
  return [
    ...(others > 0 ? [`${countOf(others, 'other changed file')}`] : []),
    ...(untrackedCount > 0 ? [`${countOf(untrackedCount, 'file')} that git didn’t track`] : []),
  ];
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
