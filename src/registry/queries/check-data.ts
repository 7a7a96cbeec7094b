import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { DataLineage } from '../../catalog/read-models/lineage.ts';
import { recordedParts } from '../../catalog/recorded-parts.ts';
import type { CheckedData } from '../api/changes.ts';
import { digestOfData } from '../data/describe-data.ts';
import { readDvcData } from '../data/dvc-data.ts';
import { readLfsPointer } from '../data/lfs-pointer.ts';
import { findVersion } from '../references.ts';
import { readToHead, type Session } from '../session.ts';
import { registrationOf } from './intent-lines.ts';

/** See `RegistryQueries.checkData`. */
export async function checkData(
  session: Session,
  request: { readonly ref: string; readonly root: string },
  options: OperationOptions = {},
): Promise<readonly CheckedData[]> {
  await readToHead(session);
  const { id } = findVersion(session, request.ref);
  const { data } = recordedParts(await registrationOf(session, id));
  const checked: CheckedData[] = [];
  for (const entry of data)
    checked.push({ path: entry.path, state: await stateOf(session, entry, request.root, options) });
  return checked;
}

async function stateOf(
  session: Session,
  { path, kind, sha256, hash }: DataLineage,
  root: string,
  options: OperationOptions,
): Promise<CheckedData['state']> {
  const place = join(root, path);
  const isElsewhere = kind === 'url' || kind === 'huggingface';
  // The log is text by others: it names no file outside of the folder.
  if (isElsewhere || (sha256 ?? hash) === undefined || !place.startsWith(join(root, sep))) return 'unknown';
  try {
    if (hash !== undefined) return await stateByDvc(place, hash);
    // In place of a file only its pointer: `git lfs pull` brings it.
    if (await readLfsPointer(place)) return 'missing';
    return (await digestOfData(session, place, options)).facts.sha256 === sha256 ? 'same' : 'different';
  } catch (error) {
    if (RegistryError.is(error, 'PATH_NOT_FOUND')) return 'missing';
    throw error;
  }
}

/** As far as DVC recorded it: whether the file was changed since, its size alone tells. */
async function stateByDvc(place: string, hash: string): Promise<CheckedData['state']> {
  if (!(await stat(place).catch(() => undefined))) return 'missing';
  const found = await readDvcData(place);
  if (!found) return 'unknown';
  return found.facts.hash === hash && !found.isOutdated ? 'same' : 'different';
}
