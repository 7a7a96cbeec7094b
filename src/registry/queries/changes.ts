import { byName } from '../../base/by-name.ts';
import { RegistryError } from '../../base/errors.ts';
import { nameOfData } from '../../catalog/inputs.ts';
import { lineageOf } from '../../catalog/lineage-queries.ts';
import type { ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { DataLineage, PackageVersion } from '../../catalog/read-models/lineage.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { heldBefore } from '../../catalog/tenure-queries.ts';
import { newestVersion, precedingVersion } from '../../catalog/version-queries.ts';
import { PRODUCTION } from '../../rules/policy.ts';
import type { DataChange, PackageChange, RecordedOfOne, VersionChanges } from '../api/changes.ts';
import { findModel, findVersion } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { compare } from './compare.ts';
import { recordedWith } from './compared-lineage.ts';
import { registrationOf } from './intent-lines.ts';
import { packageCell } from './lineage-cells.ts';
import { packageDirection } from './package-versions.ts';

/** Of the lineage, what `changes` tells in a part of its own. */
const TOLD_APART = new Set(['code commit', 'branch', 'uncommitted changes', 'artifact', 'packages']);

/** See `RegistryQueries.changes`. */
export async function changes(
  session: Session,
  request: { readonly refs?: readonly string[]; readonly model?: string } = {},
): Promise<VersionChanges> {
  await readToHead(session);
  const { before, after, why } = pairOf(session, request);
  const compared = await compare(session, { refs: [before.id, after.id] });
  const [was, is] = await Promise.all(
    [before, after].map(async ({ id }) => lineageOf(dbOf(session), id, await registrationOf(session, id))),
  );
  const hasData = [(was?.data ?? []).length > 0, (is?.data ?? []).length > 0] as const;
  const around = [...compared.lineage, ...compared.environment].filter(({ name }) => !TOLD_APART.has(name));
  return {
    before,
    after,
    why,
    code: { ...(was?.code ? { before: was.code } : {}), ...(is?.code ? { after: is.code } : {}) },
    // Where they are known of one alone, nothing was added or removed.
    data: hasData.every(Boolean) ? dataChanges(was?.data ?? [], is?.data ?? []) : [],
    hasData,
    packages: was?.environment && is?.environment ? packageChanges(was.dependencies, is.dependencies) : [],
    hasPackages: [was?.environment !== undefined, is?.environment !== undefined],
    params: compared.params.filter(isDifferent),
    metrics: compared.metrics,
    environment: around.filter(isDifferent),
    recordedOfOne: recordedOfOne([
      ...compared.params.map((row) => ({ ...row, name: 'params' })),
      ...around.map((row) => ({ ...row, name: recordedWith(row.name) })),
    ]),
    facts: compared.facts.filter(isDifferent).filter(({ name }) => name !== 'weights'),
    weights: weightsOf(before, after),
  };
}

function isDifferent(row: ComparisonRow): boolean {
  return row.isDifferent;
}

function recordedOfOne(rows: readonly ComparisonRow[]): readonly RecordedOfOne[] {
  const found = rows.flatMap(({ name, isKnown: [before = true, after = true] = [] }): RecordedOfOne[] =>
    before === after ? [] : [{ name, isThere: [before, after] }],
  );
  return [...new Map(found.map((entry) => [entry.name, entry])).values()];
}

/** Equal files have equal weights, whatever is known of these. */
function weightsOf(before: VersionSummary, after: VersionSummary): VersionChanges['weights'] {
  if (before.artifact.digest === after.artifact.digest) return 'same-files';
  const [one, other] = [before.facts?.weights, after.facts?.weights];
  if (one === undefined || other === undefined) return 'unknown';
  return one === other ? 'same' : 'different';
}

interface Pair {
  readonly before: VersionSummary;
  readonly after: VersionSummary;
  readonly why: VersionChanges['why'];
}

function pairOf(
  session: Session,
  { refs = [], model }: { readonly refs?: readonly string[]; readonly model?: string },
): Pair {
  if (refs.length > 2)
    throw new RegistryError('COMPARE_COUNT', `Two versions are compared, not ${refs.length}. Name one or two.`);
  const [first, second] = refs;
  if (first !== undefined && second !== undefined) {
    const [before, after] = [findVersion(session, first), findVersion(session, second)];
    if (before.id === after.id)
      throw new RegistryError('SAME_VERSION', `Both are ${nameOf(before)}. Name two versions to compare.`);
    return { before, after, why: 'asked' };
  }
  const after =
    first === undefined ? findVersion(session, findModel(session, model ?? '').id) : findVersion(session, first);
  return against(session, after);
}

/** What a version is looked at against where only it was named. */
function against(session: Session, after: VersionSummary): Pair {
  const db = dbOf(session);
  const inProduction = newestVersion(db, after.modelId, PRODUCTION);
  if (inProduction && inProduction.id !== after.id) return { before: inProduction, after, why: 'in-production' };
  if (inProduction) {
    const before = heldBefore(db, after.modelId, PRODUCTION, 2).find(({ id }) => id !== after.id);
    if (before) return { before, after, why: 'in-production-before' };
  }
  const before = precedingVersion(db, after);
  if (before) return { before, after, why: 'registered-before' };
  throw new RegistryError(
    'NOTHING_TO_COMPARE',
    `${nameOf(after)} is the first version of ${after.model}, so there is nothing that it could be compared with. Register another one, or name two versions.`,
  );
}

function nameOf({ model, number, pending, id }: VersionSummary): string {
  return `${model}@${pending ? `draft-${id.slice(-6).toLowerCase()}` : number}`;
}

/** What changed first, then what can't be told, by path. */
function dataChanges(before: readonly DataLineage[], after: readonly DataLineage[]): readonly DataChange[] {
  const [was, is] = [byPath(before), byPath(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort(byName).flatMap((path): DataChange[] => {
    const [one, other] = [was.get(path), is.get(path)];
    if (!one || !other) return [{ path, kind: one ? 'removed' : 'added', ...sides(one, other) }];
    const [name, otherName] = [nameOfData(one), nameOfData(other)];
    if (name === otherName && name !== undefined) return [];
    // One read here and named by DVC there can be the same.
    const isKnown = name !== undefined && otherName !== undefined && formOf(one) === formOf(other);
    return [{ path, kind: isKnown ? 'changed' : 'unknown', ...sides(one, other) }];
  });
}

function sides<T>(before: T | undefined, after: T | undefined): { readonly before?: T; readonly after?: T } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function formOf({ sha256, hash }: DataLineage): string {
  return sha256 !== undefined ? 'sha256' : hash !== undefined ? (hash.split(':')[0] ?? '') : 'revision';
}

function byPath(data: readonly DataLineage[]): ReadonlyMap<string, DataLineage> {
  return new Map(data.map((entry) => [entry.path, entry]));
}

const PACKAGE_ORDER: readonly PackageChange['kind'][] = ['upgraded', 'downgraded', 'changed', 'added', 'removed'];

/** Those of another version first: they are what a person looks for. */
function packageChanges(before: readonly PackageVersion[], after: readonly PackageVersion[]): readonly PackageChange[] {
  const [was, is] = [packagesByName(before), packagesByName(after)];
  const found = [...new Set([...was.keys(), ...is.keys()])].sort(byName).flatMap((name): PackageChange[] => {
    const [one, other] = [was.get(name), is.get(name)];
    if (one?.text === other?.text) return [];
    if (!one || !other) return [{ name, kind: one ? 'removed' : 'added', ...sides(one?.text, other?.text) }];
    return [{ name, kind: packageDirection(one.version, other.version), before: one.text, after: other.text }];
  });
  return PACKAGE_ORDER.flatMap((kind) => found.filter((change) => change.kind === kind));
}

/** What a package is shown as, and its version alone. It may be there twice, in two folders of an interpreter. */
interface InstalledPackage {
  readonly text: string;
  readonly version: string;
}

function packagesByName(packages: readonly PackageVersion[]): ReadonlyMap<string, InstalledPackage> {
  const found = new Map<string, InstalledPackage>();
  for (const entry of packages) {
    const known = found.get(entry.name);
    const text = packageCell(entry);
    found.set(entry.name, {
      text: known ? `${known.text}, ${text}` : text,
      version: known ? `${known.version}, ${entry.version}` : entry.version,
    });
  }
  return found;
}
