import type { TensorsRequest } from '../../artifacts/byte-service.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import {
  type ComparedTensorQuery,
  type ComparedTensorRows,
  comparedTensorTable,
} from '../../modelfiles/tensors/compared-rows.ts';
import type { TensorComparison } from '../../modelfiles/tensors/tensor-difference.ts';
import type { TensorComparisonAnswer } from '../api/facts.ts';
import { filesOf } from '../queries/files.ts';
import { findVersion } from '../references.ts';
import { readToHead, type Session } from '../session.ts';
import { fetchFiles } from '../shared/fetch-files.ts';
import { withFilesOf } from '../space/withdrawn.ts';
import { objectsOf, readHeaders } from './read-facts.ts';
import { factsOfVersion } from './version-facts.ts';

/** Comparisons that stay at hand: pages ask for their rows bit by bit. */
const KEPT = 2;

interface Kept {
  readonly comparison: TensorComparison;
  readonly rows: (query: ComparedTensorQuery) => ComparedTensorRows;
}

const KEPT_OF = new WeakMap<Session, Map<string, Kept>>();

/** See `RegistryQueries.compareTensors`. */
export async function compareTensors(
  session: Session,
  request: { readonly refs: readonly string[]; readonly withoutRows?: boolean },
  options: OperationOptions = {},
): Promise<TensorComparisonAnswer> {
  const [before, after] = await twoVersions(session, request.refs);
  const { comparison } = await compared(session, before, after, options);
  const { tensors, ...rest } = comparison;
  return { versions: [before, after], ...rest, tensors: request.withoutRows ? [] : tensors };
}

/** See `RegistryQueries.comparedTensorRows`. */
export async function comparedTensorRows(
  session: Session,
  request: { readonly refs: readonly string[]; readonly query: ComparedTensorQuery },
  options: OperationOptions = {},
): Promise<ComparedTensorRows> {
  const [before, after] = await twoVersions(session, request.refs);
  return (await compared(session, before, after, options)).rows(request.query);
}

async function twoVersions(
  session: Session,
  refs: readonly string[],
): Promise<readonly [VersionSummary, VersionSummary]> {
  const [a, b, more] = refs;
  if (a === undefined || b === undefined || more !== undefined) {
    throw new RegistryError('COMPARE_COUNT', `The tensors of two versions are compared, not of ${refs.length}.`);
  }
  await readToHead(session);
  return [findVersion(session, a), findVersion(session, b)];
}

async function compared(
  session: Session,
  before: VersionSummary,
  after: VersionSummary,
  options: OperationOptions,
): Promise<Kept> {
  const kept = KEPT_OF.get(session) ?? new Map<string, Kept>();
  KEPT_OF.set(session, kept);
  const key = `${before.artifact.digest} ${after.artifact.digest}`;
  const known = kept.get(key);
  if (known) return known;
  const [one, other] = [await sideOf(session, before, options), await sideOf(session, after, options)];
  const comparison = await withFilesOf(session, before, () =>
    withFilesOf(session, after, () => session.bytes.compareTensors({ before: one, after: other }, options)),
  );
  const made = { comparison, rows: comparedTensorTable(comparison.tensors) };
  kept.set(key, made);
  for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
  return made;
}

/** Where the tensors of a version lie on this disk, with the digests that were recorded of them. */
async function sideOf(session: Session, version: VersionSummary, options: OperationOptions): Promise<TensorsRequest> {
  await fetchFiles(session, version, options);
  const label = `${version.model}@${version.number}`;
  const found = await withFilesOf(session, version, async () => {
    const entries = await filesOf(session, version.artifact.digest);
    if (entries) return entries;
    throw new RegistryError(
      'MANIFEST_MISSING',
      `The list of the files of ${label} is missing or damaged. Run \`model-registry verify --artifacts\`.`,
    );
  });
  const files = objectsOf(session, found);
  const facts = await withFilesOf(session, version, () => readHeaders(session, files, options));
  const { tensors = [] } = facts ?? {};
  if (tensors.length === 0) {
    const why = facts?.problems?.[0] ?? `its format${facts ? ` (${facts.format})` : ''} names none that can be read`;
    throw new RegistryError('TENSORS_UNKNOWN', `The tensors of ${label} can't be compared: ${why}.`);
  }
  const recorded = (await factsOfVersion(session, version, options)).facts?.tensors ?? [];
  // The files are what was hashed; their tensors come in the same order then.
  const isSame =
    recorded.length === tensors.length && tensors.every(({ name }, index) => recorded[index]?.name === name);
  if (!isSame) return { files, tensors };
  return {
    files,
    tensors: tensors.map((tensor, index) => {
      const sha256 = recorded[index]?.sha256;
      return sha256 === undefined ? tensor : { ...tensor, sha256 };
    }),
  };
}
