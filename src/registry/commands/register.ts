import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { RegistryError } from '../../base/errors.ts';
import { idFrom } from '../../base/ids.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { CodeLineage, DataLineage, MissingFact, RunLineage } from '../../catalog/read-models/lineage.ts';
import type { Metrics } from '../../catalog/read-models/values.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { newestVersion, precedingVersion, versionById } from '../../catalog/version-queries.ts';
import { environmentDigest } from '../../log/environment-digest.ts';
import type { EventOf, RegistryEvent } from '../../log/events.ts';
import { PRODUCTION } from '../../rules/policy.ts';
import { registeredVersion } from '../../rules/version-rules.ts';
import { dataWithoutHome } from '../../secrets/home-folder.ts';
import { dataWithoutSecrets } from '../../secrets/remove-secrets.ts';
import { whileStoring } from '../../storage/leases.ts';
import type { RegisterRequest, RegisterResult } from '../api/registering.ts';
import { baseModelOf } from '../base-model.ts';
import { type DescribedData, describeData } from '../data/describe-data.ts';
import { type Attached, attachedTo } from '../facts/attach-facts.ts';
import { storeAttached } from '../facts/attached.ts';
import { type FactsReading, readBeside } from '../facts/read-beside.ts';
import { checkModelName, findModelIfAny, findVersion } from '../references.ts';
import { refuseSecrets } from '../secrets-in-events.ts';
import { dbOf, intentOf, readToWrite, record, refusedBy, type Session, stateOf } from '../session.ts';
import { recordedData, recordedSurroundings } from './recorded-surroundings.ts';

/**
 * Stores the files, then records the version. Bytes that the model's latest version has already, with nothing new in run, params or
 * code, give that version; metrics that it lacks are added to it.
 */
export async function register(
  opened: Session,
  given: RegisterRequest,
  options: OperationOptions = {},
): Promise<RegisterResult> {
  await refuseSecrets(given.description);
  const request = await requestWithoutSecrets(given);
  const session = request.via === undefined ? opened : { ...opened, via: request.via };
  checkModelName(request.model);
  await readToWrite(session);
  const placeholder = { digest: '0'.repeat(64), sizeBytes: 0, fileCount: 1 };
  // What can't be recorded is refused before any bytes are copied.
  intentOf(session, {
    events: eventsOf(
      session,
      request,
      placeholder,
      NO_DATA,
      request.base === undefined ? {} : { base: { name: request.base } },
    ).events,
  });

  return whileStoring(session.location.dir, () => storeAndRecord(session, request, options), {
    signal: options.signal,
    onWait: () => options.onProgress?.({ step: 'Waiting until space is freed', doneBytes: 0 }),
  });
}

/** What is recorded of a request, so that asking for the same again is recognised as that. The places of files aren't recorded. */
async function requestWithoutSecrets(given: RegisterRequest): Promise<RegisterRequest> {
  const { paths, dataPaths, folder, uncommitted, ...recorded } = given;
  return {
    ...dataWithoutHome(await dataWithoutSecrets(recorded)),
    paths,
    ...(folder === undefined ? {} : { folder }),
    ...(dataPaths ? { dataPaths } : {}),
    ...(uncommitted ? { uncommitted } : {}),
  };
}

async function storeAndRecord(
  session: Session,
  request: RegisterRequest,
  options: OperationOptions,
): Promise<RegisterResult> {
  const reading = readBeside(session, request.paths, options);
  try {
    return await storeAndRecordWith(session, request, options, reading);
  } finally {
    await reading.stop();
  }
}

async function storeAndRecordWith(
  session: Session,
  request: RegisterRequest,
  options: OperationOptions,
  reading: FactsReading,
): Promise<RegisterResult> {
  const stored = await session.bytes.intake({ paths: request.paths }, options);
  const { digest, sizeBytes, files } = stored;
  const artifact = { digest, sizeBytes, fileCount: files.length };
  const data = await describeAll(session, request.dataPaths ?? [], options);

  await readToWrite(session);
  throwIfCancelled(options.signal);
  const known = knownVersion(session, request, artifact);
  if (known) return registeredBefore(session, known, request);
  const attached = await attachedTo(session, stored, reading, request.history);
  const code = await recordedCode(session, request);
  const base = await baseModelOf(session, request, stored, data.entries, options);
  // Others may have recorded something meanwhile.
  await readToWrite(session);
  const { events, version } = recordableEvents(
    session,
    { ...request, ...(code ? { code } : {}) },
    artifact,
    data,
    base === undefined ? attached : { ...attached, base },
  );
  const isUploaded = session.shared?.attachment.upload === 'on-register';
  const isWanted = isUploaded && stateOf(session).artifactStatus(digest) !== 'published';
  const following = isWanted
    ? { events: [{ type: 'artifact.published', artifact: digest, version } as const] }
    : undefined;
  try {
    await record(session, { events }, refusedBy, {
      following,
      check: () => {
        const meanwhile = knownVersion(session, request, artifact);
        if (meanwhile) throw new RegisteredMeanwhile(meanwhile);
      },
    });
  } catch (error) {
    if (error instanceof RegisteredMeanwhile) return registeredBefore(session, error.version, request);
    throw error;
  }
  const id = stateOf(session).version(version)?.id ?? version;
  return resultOf(session, id, id === version);
}

/** Another process registered the same between the look for it and the log. */
class RegisteredMeanwhile extends Error {
  readonly version: VersionSummary;

  constructor(version: VersionSummary) {
    super(version.id);
    this.version = version;
  }
}

async function registeredBefore(
  session: Session,
  known: VersionSummary,
  { metrics = {}, run }: RegisterRequest,
): Promise<RegisterResult> {
  const otherMetrics = Object.keys(metrics).filter(
    (name) => known.metrics[name] !== undefined && known.metrics[name] !== metrics[name],
  );
  const isSameRun = run?.id !== undefined && run.id === known.runId;
  // Beside each other they would be a result that nobody measured.
  if (otherMetrics.length === 0 || isSameRun) await completeWith(session, known, metrics);
  const { digest } = known.artifact;
  // Its files were removed to free space, and are there again.
  if (!session.shared && stateOf(session).artifactStatus(digest) !== 'published')
    await record(session, { events: [{ type: 'artifact.published', artifact: digest }] });
  return { ...resultOf(session, known.id, false), ...(otherMetrics.length === 0 ? {} : { otherMetrics }) };
}

/** Adds metrics that the version doesn't have yet. Throws `METRIC_FIXED` for one that it has with another value. */
export async function completeMetrics(
  session: Session,
  request: { readonly ref: string; readonly metrics: Metrics },
): Promise<void> {
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const changed = Object.entries(request.metrics).find(([name, value]) => (version.metrics[name] ?? value) !== value);
  if (changed) {
    const [name] = changed;
    throw new RegistryError(
      'METRIC_FIXED',
      `The metric ${name} of ${version.model}@${version.number} is ${version.metrics[name]} and can't change. Register a new version instead. Nothing was changed.`,
    );
  }
  await completeWith(session, version, request.metrics);
}

async function completeWith(session: Session, version: VersionSummary, metrics: Metrics): Promise<void> {
  const added = Object.entries(metrics).filter(([name]) => version.metrics[name] === undefined);
  if (added.length === 0) return;
  await record(session, {
    events: [{ type: 'version.evaluated', version: version.id, metrics: Object.fromEntries(added) }],
  });
}

function knownVersion(
  session: Session,
  request: RegisterRequest,
  artifact: EventOf<'version.registered'>['artifact'],
): VersionSummary | undefined {
  const model = findModelIfAny(session, request.model);
  const { run, params = {}, code } = request;
  const latest = request.onlyNewBytes && model ? newestVersion(dbOf(session), model.id) : undefined;
  if (latest?.artifact.digest === artifact.digest && countsAsKnown(latest, request)) return latest;
  if (request.onlyNewBytes === 'any' && model) {
    const same = stateOf(session)
      .versionsOfArtifact(artifact.digest, MAX_SAME_BYTES)
      .find((version) => version.model === model.id);
    if (same) return versionById(dbOf(session), same.id);
  }
  const record =
    model &&
    registeredVersion(stateOf(session), model.id, {
      artifact,
      run: run && eventRun(run),
      params,
      code: code && eventCode(code),
    });
  return record && versionById(dbOf(session), record.id);
}

function countsAsKnown({ createdAt }: VersionSummary, { onlyNewBytes }: RegisterRequest): boolean {
  return typeof onlyNewBytes !== 'object' || Date.parse(createdAt) >= Date.parse(onlyNewBytes.since);
}

type AttachedWithBase = Attached & Pick<EventOf<'version.registered'>, 'base'>;

/** What files say is never a reason to refuse their version: what can't be recorded of it is left out. */
function recordableEvents(
  session: Session,
  request: RegisterRequest,
  artifact: EventOf<'version.registered'>['artifact'],
  data: AllData,
  attached: AttachedWithBase,
): ReturnType<typeof eventsOf> {
  const whole = eventsOf(session, request, artifact, data, attached);
  try {
    intentOf(session, whole);
    return whole;
  } catch (error) {
    if (!RegistryError.is(error, 'REQUEST_INVALID')) throw error;
    const { base } = attached;
    return eventsOf(session, request, artifact, data, base === undefined ? {} : { base });
  }
}

function eventsOf(
  session: Session,
  request: RegisterRequest,
  artifact: EventOf<'version.registered'>['artifact'],
  data: AllData,
  { base, ...attached }: AttachedWithBase = {},
): { readonly events: readonly RegistryEvent[]; readonly version: string } {
  const { metrics = {}, params = {}, tags = {}, description = '', run, code, environment, modelDescription } = request;
  const events: RegistryEvent[] = [];
  const model = findModelIfAny(session, request.model);
  const modelId = model?.id ?? session.newId();
  if (!model) {
    const described = modelDescription === undefined ? {} : { description: modelDescription };
    events.push({ type: 'model.created', model: modelId, name: request.model, ...described });
  }
  const environmentId = environment && environmentDigest(environment);
  if (environment && environmentId !== undefined && !isEnvironmentKnown(session, environmentId)) {
    const { python, packages, conda = [] } = environment;
    events.push({
      type: 'environment.recorded',
      digest: environmentId,
      ...(python === undefined ? {} : { python }),
      packages: packages.map(({ name, version }) => ({ name, version })),
      ...(conda.length === 0 ? {} : { conda: [...conda] }),
    });
  }
  const version = newVersionId(session, request.claimedAt);
  events.push({
    type: 'version.registered',
    model: modelId,
    version,
    artifact,
    metrics: { ...metrics },
    params: { ...params },
    tags: { ...tags },
    description,
    data: recordedData(data.entries),
    ...recordedSurroundings(request, data.missing),
    ...(run ? { run: eventRun(run) } : {}),
    ...(code ? { code: eventCode(code) } : {}),
    ...(environmentId === undefined ? {} : { environment: environmentId }),
    ...(base === undefined ? {} : { base }),
    ...attached,
  });
  // The others of a shared registry can't rely on what this disk has.
  if (!session.shared && stateOf(session).artifactStatus(artifact.digest) !== 'published') {
    events.push({ type: 'artifact.published', artifact: artifact.digest });
  }
  return { events, version };
}

/** Of the versions with the same bytes, so many are looked at. */
const MAX_SAME_BYTES = 10_000;

/** The id of a version tells when it was made, also where that was before it got here. */
function newVersionId(session: Session, claimedAt: string | undefined): string {
  const ms = claimedAt === undefined ? Number.NaN : Date.parse(claimedAt);
  return ms > 0 && ms < session.clock() ? idFrom(ms) : session.newId();
}

/** The code with the uncommitted changes, whose patch is stored. */
async function recordedCode(
  session: Session,
  { code, uncommitted }: RegisterRequest,
): Promise<CodeLineage | undefined> {
  if (!code || !uncommitted) return code;
  const { patch, ...counts } = uncommitted;
  const digest = patch.length === 0 ? {} : { patch: await storeAttached(session, patch) };
  return { ...code, changes: { ...digest, ...counts } };
}

function eventRun({ notebook, ...run }: RunLineage): NonNullable<EventOf<'version.registered'>['run']> {
  return { ...run, ...(notebook ? { notebook: { ...notebook } } : {}) };
}

function eventCode({
  tags,
  submodules,
  changes,
  written,
  ...code
}: CodeLineage): NonNullable<EventOf<'version.registered'>['code']> {
  return {
    ...code,
    ...(tags ? { tags: [...tags] } : {}),
    ...(submodules ? { submodules: submodules.map((entry) => ({ ...entry })) } : {}),
    ...(changes ? { changes: { ...changes, leftOut: changes.leftOut.map((entry) => ({ ...entry })) } } : {}),
    ...(written ? { written: { ...written, paths: [...written.paths] } } : {}),
  };
}

interface AllData {
  readonly entries: readonly DataLineage[];
  readonly missing: readonly MissingFact[];
}

const NO_DATA: AllData = { entries: [], missing: [] };

async function describeAll(
  session: Session,
  places: NonNullable<RegisterRequest['dataPaths']>,
  options: OperationOptions,
): Promise<AllData> {
  const described: DescribedData[] = [];
  for (const place of places) described.push(await describeData(session, place, options));
  // A file of DVC may be declared beside its `.dvc` file.
  const entries = new Map(described.map(({ entry }) => [entry.path, entry]));
  return { entries: [...entries.values()], missing: described.flatMap(({ missing }) => missing) };
}

function isEnvironmentKnown(session: Session, digest: string): boolean {
  return dbOf(session).get('SELECT 1 FROM environments WHERE digest = ?', [digest]) !== undefined;
}

function resultOf(session: Session, id: string, isNew: boolean): RegisterResult {
  const db = dbOf(session);
  const version = versionById(db, id);
  if (!version)
    throw new RegistryError('VERSION_NOT_FOUND', 'The version was deleted by somebody else in the meantime.');
  const production = newestVersion(db, version.modelId, PRODUCTION);
  const before = isNew ? precedingVersion(db, version) : undefined;
  return {
    version,
    isNew,
    ...(before?.artifact.digest === version.artifact.digest ? { sameFilesAs: before } : {}),
    ...(production && production.id !== id ? { production } : {}),
  };
}
