import { RegistryError } from '../../base/errors.ts';
import { attachedObjects } from '../../catalog/artifact-queries.ts';
import { lineageOf } from '../../catalog/lineage-queries.ts';
import type { Comparison } from '../../catalog/read-models/comparison.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { filesOf } from './files.ts';
import { registrationOf } from './intent-lines.ts';
import { sideBySide } from './side-by-side.ts';

export async function compare(session: Session, request: { readonly refs: readonly string[] }): Promise<Comparison> {
  if (request.refs.length < 2 || request.refs.length > 8) {
    throw new RegistryError('COMPARE_COUNT', `Two to eight versions can be compared, not ${request.refs.length}.`);
  }
  await readToHead(session);
  const versions = request.refs.map((ref) => findVersion(session, ref));
  const lineages = await Promise.all(
    versions.map(async ({ id }) => lineageOf(dbOf(session), id, await registrationOf(session, id))),
  );
  const files = await Promise.all(versions.map((version) => filesOf(session, version.artifact.digest)));
  const hasHistory = versions.map(({ id }) => attachedObjects(dbOf(session), id).history !== undefined);
  return sideBySide({ versions, lineages, files, hasHistory });
}
