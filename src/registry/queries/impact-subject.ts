import { posix } from 'node:path';
import { satisfies, valid, validRange } from '@renovatebot/pep440';
import { RegistryError } from '../../base/errors.ts';
import { isUlid } from '../../base/ids.ts';
import { comparedPackageName } from '../../base/package-name.ts';
import {
  type DirectVersions,
  fromBase,
  fromCommit,
  fromData,
  fromDigest,
  fromPackages,
  fromVersion,
  hasAny,
  idsOfVersion,
  packageNames,
  packageVersions,
  placeOfData,
  placesEndingIn,
  wasAny,
} from '../../catalog/impact-queries.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { ImpactSubject } from '../api/impact.ts';
import { findModelIfAny, findVersion } from '../references.ts';
import { dbOf, type Session } from '../session.ts';
import { filesOf } from './files.ts';

/** What something is, and the versions that it went into. */
export interface FoundSubject {
  readonly subject: ImpactSubject;
  readonly direct: DirectVersions;
}

type Kind = ImpactSubject['kind'];
const KINDS: readonly Kind[] = ['version', 'data', 'commit', 'package', 'base'];
const MAX_LENGTH = 4096;
/** Places that are suggested. */
const MAX_MEANT = 5;
const PACKAGE = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*((?:==|!=|<=|>=|~=|<|>).+)?$/;
/** As DVC names data. */
const HASH = /^[a-z0-9-]{2,16}:[0-9a-f]{7,}(\.dir)?$/i;
const HEX = /^[0-9a-f]{7,64}$/i;

/**
 * What `of` names: a version by its reference, `numpy==1.26.4` (or any other specifier of PEP 440), the first digits of a commit or of the digest of data, the
 * place of data, the name of a base model. `kind:` before it says which. Throws `IMPACT_UNKNOWN`, `REFERENCE_AMBIGUOUS`, and what references throw.
 */
export async function findSubject(session: Session, of: string): Promise<FoundSubject> {
  if (of.length > MAX_LENGTH)
    throw new RegistryError(
      'REFERENCE_INVALID',
      `"${of.slice(0, 40)}…" is too long to name anything: it has ${of.length} characters.`,
    );
  const colon = of.indexOf(':');
  const kind = KINDS.find((known) => known === of.slice(0, Math.max(0, colon)));
  if (kind) return asKind(session, kind, of.slice(colon + 1));
  if (isUlid(of) || /^[^@/\s]+@[^@/\s]+$/.test(of)) return ofVersion(session, findVersion(session, of));
  const specifier = PACKAGE.exec(of)?.[2];
  if (specifier !== undefined) return ofPackage(session, of);
  const found = candidates(session, of);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (only) {
    const ways = found.map(({ subject }) => `${subject.kind}:${of}`).join(', ');
    throw new RegistryError('REFERENCE_AMBIGUOUS', `"${of}" can mean several things. Say which: ${ways}.`);
  }
  const model = findModelIfAny(session, of);
  if (model) return ofVersion(session, findVersion(session, model.id));
  throw unknown(session, of);
}

function unknown(session: Session, of: string): RegistryError {
  const near = of === '' ? [] : placesEndingIn(dbOf(session), placeOf(of).replace(/^\//, ''), MAX_MEANT);
  if (near.length > 0)
    return new RegistryError(
      'IMPACT_UNKNOWN',
      `No version was made from anything called "${of}". Did you mean ${near.join(' or ')}?`,
    );
  return new RegistryError(
    'IMPACT_UNKNOWN',
    `No version was made from anything called "${of}". Name a version (fraud-detector@3), a package (numpy==1.26.4), a commit, data by its place or digest, or a base model.`,
  );
}

/** What the words could mean, of those that some version was made from. */
function candidates(session: Session, of: string): readonly FoundSubject[] {
  const all: FoundSubject[] = [byPlace(of)];
  if (placeOf(of) !== of) all.push(byPlace(placeOf(of)));
  if (HEX.test(of)) {
    const digits = of.toLowerCase();
    all.push({ subject: { kind: 'commit', name: digits }, direct: fromCommit(digits) });
    all.push(byDigest(session, digits));
  }
  all.push({ subject: { kind: 'base', name: of }, direct: fromBase(of) });
  const names = PACKAGE.test(of) ? namesOf(session, of) : [];
  if (names.length > 0) all.push({ subject: { kind: 'package', name: of }, direct: fromPackages(names, undefined) });
  return all.filter(({ direct }) => hasAny(dbOf(session), direct));
}

async function asKind(session: Session, kind: Kind, name: string): Promise<FoundSubject> {
  switch (kind) {
    case 'version':
      return ofVersion(session, findVersion(session, name));
    case 'package':
      return ofPackage(session, name);
    case 'commit':
      if (!HEX.test(name))
        throw new RegistryError('REFERENCE_INVALID', `"${name}" is no commit: give 7 or more of its digits.`);
      return { subject: { kind, name: name.toLowerCase() }, direct: fromCommit(name.toLowerCase()) };
    case 'base':
      return knownOrThrow(session, name, [{ subject: { kind, name }, direct: fromBase(name) }]);
    case 'data': {
      const places = [byPlace(name), byPlace(placeOf(name))];
      const digests = HEX.test(name) || HASH.test(name) ? [byDigest(session, name.toLowerCase())] : [];
      return knownOrThrow(session, name, [...places, ...digests]);
    }
  }
}

/** The first of them that some version was made from, though it may be deleted by now. */
function knownOrThrow(session: Session, name: string, subjects: readonly FoundSubject[]): FoundSubject {
  const db = dbOf(session);
  const found = subjects.find(({ direct }) => hasAny(db, direct)) ?? subjects.find(({ direct }) => wasAny(db, direct));
  if (!found) throw unknown(session, name);
  return found;
}

function byPlace(name: string): FoundSubject {
  return { subject: { kind: 'data', name }, direct: fromData(name) };
}

/** A path as it is recorded: `./data//train.csv` is `data/train.csv`. */
function placeOf(name: string): string {
  return name === '' || name.includes('://') ? name : posix.normalize(name).replace(/(?<=.)\/$/, '');
}

function byDigest(session: Session, digits: string): FoundSubject {
  const path = placeOfData(dbOf(session), digits);
  const subject = { kind: 'data', name: digits, ...(path === undefined ? {} : { path }) } as const;
  return { subject, direct: fromDigest(digits) };
}

/** With the data that is one of its files, or all of them. */
async function ofVersion(session: Session, version: VersionSummary): Promise<FoundSubject> {
  const files = (await filesOf(session, version.artifact.digest)) ?? [];
  const digests = [version.artifact.digest, ...files.map(({ sha256 }) => sha256)];
  const direct = fromVersion(idsOfVersion(dbOf(session), version.id), digests);
  return { subject: { kind: 'version', name: `${version.model}@${version.number}`, version }, direct };
}

function ofPackage(session: Session, of: string): FoundSubject {
  const [, name, specifier] = PACKAGE.exec(of.trim()) ?? [];
  if (name === undefined)
    throw new RegistryError('REFERENCE_INVALID', `"${of}" names no package. Write numpy, numpy==1.26.4 or numpy<2.`);
  const subject = { kind: 'package', name: of.trim() } as const;
  const names = namesOf(session, name);
  if (names.length === 0)
    throw new RegistryError('IMPACT_UNKNOWN', `No version was trained with a package called "${name}".`);
  if (specifier === undefined) return { subject, direct: fromPackages(names, undefined) };
  const known = packageVersions(dbOf(session), names);
  // What isn't a version of Python's can be named exactly.
  const exact = specifier.startsWith('==') ? specifier.replace(/^={2,3}/, '').trim() : undefined;
  const isRange = validRange(specifier);
  if (!isRange && exact === undefined)
    throw new RegistryError(
      'REFERENCE_INVALID',
      `"${specifier}" says nothing about versions. Write ${name}==1.2.3 or ${name}<2.`,
    );
  const wanted = known.filter(
    (version) =>
      version === exact || (isRange && valid(version) !== null && satisfies(version, specifier, { prereleases: true })),
  );
  return { subject, direct: fromPackages(names, wanted) };
}

/** The names that mean the same (PEP 503). */
function namesOf(session: Session, name: string): readonly string[] {
  const wanted = comparedPackageName(name);
  return packageNames(dbOf(session)).filter((known) => comparedPackageName(known) === wanted);
}
