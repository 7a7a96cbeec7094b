import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isWhole } from '../../artifacts/is-whole.ts';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/hash.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { attachedObjects } from '../../catalog/artifact-queries.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { summariseFacts } from '../../modelfiles/facts-summary.ts';
import type { TensorQuery, TensorRows } from '../../modelfiles/tensor-rows.ts';
import { tensorTable } from '../../modelfiles/tensor-rows.ts';
import type { FactsAnswer, MetricCourses } from '../api/facts.ts';
import { filesOf } from '../queries/files.ts';
import { registrationOf } from '../queries/intent-lines.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { attachedObject } from './attached.ts';
import { decodeCourses, parseCourses } from './courses.ts';
import { objectsOf, readHeaders } from './read-facts.ts';
import { decodeFacts, encodeFacts, parseFacts, type StoredFacts, storable } from './stored-facts.ts';

/** Facts of files that were registered without, by the digest of their artifact. Derived, may be deleted. */
const FACTS_FOLDER = 'facts';
/** Of how many versions the table of tensors stays at hand. */
const TABLES = 4;

/** See `RegistryQueries.facts`. */
export async function facts(
  session: Session,
  request: { readonly ref: string; readonly withTensors?: boolean },
  options: OperationOptions = {},
): Promise<FactsAnswer> {
  await readToHead(session);
  const version = findVersion(session, request.ref);
  const { facts: known, readFrom, isUnknownFormat, problem } = await factsOfVersion(session, version, options);
  const { tensors, ...rest } = known ?? { format: 'unknown' };
  return {
    version,
    ...(known ? { facts: { ...rest, ...summaryOf(known, await labelOf(known.format)) } } : {}),
    ...(readFrom ? { readFrom } : {}),
    ...(isUnknownFormat ? { isUnknownFormat } : {}),
    ...(problem === undefined ? {} : { problem }),
    ...(request.withTensors && tensors ? { tensors } : {}),
  };
}

/** See `RegistryQueries.tensorRows`. */
export async function tensorRows(
  session: Session,
  request: { readonly ref: string; readonly query: TensorQuery },
): Promise<TensorRows> {
  await readToHead(session);
  const version = findVersion(session, request.ref);
  const tables = tablesOf(session);
  const known = tables.get(version.id);
  const table = known ?? tensorTable((await factsOfVersion(session, version)).facts?.tensors ?? []);
  tables.delete(version.id);
  tables.set(version.id, table);
  for (const oldest of [...tables.keys()].slice(0, -TABLES)) tables.delete(oldest);
  return table(request.query);
}

/** See `RegistryQueries.history`. */
export async function history(session: Session, request: { readonly ref: string }): Promise<MetricCourses | undefined> {
  await readToHead(session);
  const version = findVersion(session, request.ref);
  const recorded = (await registrationOf(session, version.id))?.history;
  if (recorded === undefined) return undefined;
  return typeof recorded === 'string' ? decodeCourses(await attachedObject(session, recorded)) : parseCourses(recorded);
}

export interface FoundFacts {
  readonly facts?: StoredFacts;
  /** From the log, or from the files because the log has none. */
  readonly readFrom?: 'registration' | 'files';
  /** They were read, and no reader knows their format. */
  readonly isUnknownFormat?: true;
  /** Why there are none, or not all. */
  readonly problem?: string;
}

/** What was recorded; else what the files say, where they are on this machine. */
export async function factsOfVersion(
  session: Session,
  version: VersionSummary,
  options: OperationOptions = {},
): Promise<FoundFacts> {
  const { facts: object } = attachedObjects(dbOf(session), version.id);
  if (object !== undefined) {
    try {
      const stored = decodeFacts(await attachedObject(session, object));
      if (stored) return { facts: stored, readFrom: 'registration' };
    } catch (error) {
      if (!version.facts) throw error;
      return { facts: version.facts && shortFacts(version.facts), readFrom: 'registration', problem: messageOf(error) };
    }
  }
  if (version.facts) {
    const recorded = (await registrationOf(session, version.id))?.facts;
    return { facts: parseFacts(recorded?.all) ?? shortFacts(version.facts), readFrom: 'registration' };
  }
  return factsOfFiles(session, version, options);
}

/** What lists show, where the whole can't be had. */
function shortFacts({
  dtypes: _dtypes,
  danger,
  problems: _problems,
  baseModels,
  ...rest
}: NonNullable<VersionSummary['facts']>): StoredFacts {
  return {
    ...rest,
    ...(baseModels ? { baseModels } : {}),
    ...(danger === undefined ? {} : { danger: { verdict: danger, findings: [] } }),
  };
}

async function factsOfFiles(session: Session, version: VersionSummary, options: OperationOptions): Promise<FoundFacts> {
  const { digest, withdrawnAt } = version.artifact;
  const cache = join(session.location.dir, FACTS_FOLDER, `${digest}-${await formatsDigest()}.json`);
  const cached = await readFile(cache).catch(() => undefined);
  if (cached?.length === 0) return { isUnknownFormat: true, problem: UNKNOWN_FORMAT };
  const known = cached && decodeFacts(cached);
  if (known) return { facts: known, readFrom: 'files' };
  if (withdrawnAt !== undefined)
    return { problem: 'Its files were read by no program that knows their format, and were removed to free space.' };
  const files = await filesOf(session, digest);
  if (!files || !(await isHere(session, digest)))
    return {
      problem:
        'Nobody read its files when it was registered, and they aren’t on this machine. Restore them to read them.',
    };
  const read = await readHeaders(session, objectsOf(session, files), options);
  if (!read) {
    await keep(cache, new Uint8Array());
    return { isUnknownFormat: true, problem: UNKNOWN_FORMAT };
  }
  const stored = storable(read);
  await keep(cache, encodeFacts(stored));
  return { facts: stored, readFrom: 'files' };
}

const UNKNOWN_FORMAT = 'Its files are of no format that is known here.';

/** Names the formats that this program knows: one that knows more looks again. */
async function formatsDigest(): Promise<string> {
  const { FORMATS } = await import('../../modelfiles/formats.ts');
  return sha256Hex(FORMATS.map(({ id }) => id).join(' ')).slice(0, 8);
}

async function isHere(session: Session, digest: string): Promise<boolean> {
  try {
    return await isWhole(session.store, digest);
  } catch (error) {
    if (RegistryError.is(error)) return false;
    throw error;
  }
}

/** A registry that can't be written to is read as well. */
async function keep(file: string, bytes: Uint8Array): Promise<void> {
  const folder = join(file, '..');
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(file, bytes, { flag: 'wx' }))
    .catch(() => undefined);
}

function summaryOf(stored: StoredFacts, label: string) {
  return summariseFacts(stored, label);
}

/** What people call a format. The table of formats is large, and needed here alone. */
async function labelOf(format: string): Promise<string> {
  const { FORMATS } = await import('../../modelfiles/formats.ts');
  return FORMATS.find(({ id }) => id === format)?.label ?? format;
}

type Tables = Map<string, (query: TensorQuery) => TensorRows>;
const TABLES_OF = new WeakMap<Session, Tables>();

function tablesOf(session: Session): Tables {
  const known = TABLES_OF.get(session) ?? new Map();
  TABLES_OF.set(session, known);
  return known;
}
