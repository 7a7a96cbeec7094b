import { join, sep } from 'node:path';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { CheckedData } from '../api.ts';
import { digestOfData } from '../data-digest.ts';
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
  const data = (await registrationOf(session, id))?.data ?? [];
  const checked: CheckedData[] = [];
  for (const { path, sha256 } of data)
    checked.push({ path, state: await stateOf(session, join(request.root, path), request.root, sha256, options) });
  return checked;
}

async function stateOf(
  session: Session,
  place: string,
  root: string,
  sha256: string | undefined,
  options: OperationOptions,
): Promise<CheckedData['state']> {
  // The log is text by others: it names no file outside of the folder.
  if (sha256 === undefined || !place.startsWith(join(root, sep))) return 'unknown';
  try {
    return (await digestOfData(session, place, options)).sha256 === sha256 ? 'same' : 'different';
  } catch (error) {
    if (RegistryError.is(error, 'PATH_NOT_FOUND')) return 'missing';
    throw error;
  }
}
