import { statSync } from 'node:fs';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { DataLineage, MissingFact } from '../../catalog/read-models/lineage.ts';
import type { DataPlace } from '../api/registering.ts';
import type { Session } from '../session.ts';
import { dataAt, isAddress } from './address.ts';
import { readDvcData, renamed } from './dvc-data.ts';
import { readLfsPointer } from './lfs-pointer.ts';

export interface DescribedData {
  readonly entry: DataLineage;
  readonly missing: readonly MissingFact[];
}

const NO_ARTIFACT: ReadonlySet<string> = new Set([
  'ARTIFACT_PATH_INVALID',
  'ARTIFACT_LINK_OUTSIDE',
  'ARTIFACT_LINK_LOOP',
  'ARTIFACT_EMPTY',
]);

/**
 * What is recorded of data: what DVC or git-lfs say of it without reading it, what an address names, else digest, size and rows. Throws
 * `PATH_NOT_FOUND` where nothing is there, and what hashing throws, unless it may be absent.
 */
export async function describeData(
  session: Session,
  { path, source, mayBeAbsent }: DataPlace,
  options: OperationOptions,
): Promise<DescribedData> {
  if (source === undefined || isAddress(path)) return { entry: await dataAt(path, process.env), missing: [] };
  const byDvc = await readDvcData(source);
  if (byDvc && !byDvc.isOutdated) {
    return { entry: { path: renamed(path, source, byDvc.place), ...byDvc.facts }, missing: [] };
  }
  const place = byDvc?.place ?? source;
  const name = byDvc ? renamed(path, source, place) : path;
  const outdated = byDvc
    ? [
        {
          what: `data[${name}].hash`,
          why: 'its size is another than the one DVC recorded, so that it was hashed instead',
        },
      ]
    : [];
  const pointer = await readLfsPointer(place);
  if (pointer) return { entry: { path: name, ...pointer }, missing: outdated };
  try {
    const { facts, why } = await digestOfData(session, place, options);
    const unhashed = why === undefined ? [] : [{ what: `data[${name}]`, why }];
    return { entry: { path: name, ...facts }, missing: [...outdated, ...unhashed] };
  } catch (error) {
    if (!mayBeAbsent || !RegistryError.is(error) || !Object.hasOwn(WHY_UNREAD, error.code)) throw error;
    return { entry: { path: name }, missing: [{ what: `data[${name}]`, why: WHY_UNREAD[error.code] ?? '' }] };
  }
}

/** Digest, size and rows of a file or folder; none, and why, for what no artifact may hold. */
export async function digestOfData(
  session: Session,
  source: string,
  options: OperationOptions,
): Promise<{ readonly facts: Omit<DataLineage, 'path'>; readonly why?: string }> {
  try {
    const { digest, sizeBytes, files, rows } = await session.bytes.digest({ paths: [source], withRows: true }, options);
    const [only] = files;
    const isFile = statSync(source, { throwIfNoEntry: false })?.isFile() === true && only !== undefined;
    return {
      facts: {
        sha256: isFile ? only.sha256 : digest,
        sizeBytes,
        ...(isFile ? {} : { fileCount: files.length }),
        ...(rows === undefined ? {} : { rows }),
      },
    };
  } catch (error) {
    // Data isn't stored, so what no artifact may hold is no reason to refuse the version: it is recorded by its path alone.
    if (RegistryError.is(error) && NO_ARTIFACT.has(error.code))
      return { facts: {}, why: WHY[error.code] ?? 'it can’t be hashed' };
    throw error;
  }
}

/** Of data that was declared: a version isn't refused because of it. */
const WHY_UNREAD: Readonly<Record<string, string>> = {
  PATH_NOT_FOUND: 'nothing was at its place',
  PATH_UNREADABLE: 'it, or something in it, is neither a file nor a folder, or may not be read',
  FILE_CHANGED: 'it changed while it was read',
  ARTIFACT_TOO_LARGE: 'it holds too many files to be hashed',
};

const WHY: Readonly<Record<string, string>> = {
  ARTIFACT_PATH_INVALID: 'a name in it can’t be recorded',
  ARTIFACT_LINK_OUTSIDE: 'a link leads out of it',
  ARTIFACT_LINK_LOOP: 'its links lead in a circle',
  ARTIFACT_EMPTY: 'it holds no file',
};
