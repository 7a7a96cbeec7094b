import { isoTime } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import { remarksOf } from '../../catalog/annotation-queries.ts';
import { attachedObjects, sameArtifact, sameWeights } from '../../catalog/artifact-queries.ts';
import { lineageOf } from '../../catalog/lineage-queries.ts';
import {
  aliasEntries,
  formerNames,
  holdersAt,
  modelById,
  modelsPage,
  productionEntries,
  recentModels,
} from '../../catalog/model-queries.ts';
import { namesOf, stageCountsOf } from '../../catalog/overview-queries.ts';
import type { Page, PageRequest } from '../../catalog/paging.ts';
import { limitOf, numbersOfCursor, pageOf } from '../../catalog/paging.ts';
import { firstNumberSince, versionsByKey } from '../../catalog/plot-queries.ts';
import type { AtResult, ProductionEntry } from '../../catalog/read-models/holders.ts';
import type { ModelDetails, ModelOverview, ModelSummary, Vocabulary } from '../../catalog/read-models/models.ts';
import type { StageCounts, StageRule, TenureEntry } from '../../catalog/read-models/stages.ts';
import type { VersionDetails, VersionSummary } from '../../catalog/read-models/versions.ts';
import { parseSearch } from '../../catalog/search/conditions.ts';
import { unknownIn } from '../../catalog/search/nothing-found.ts';
import { catchUpSearch } from '../../catalog/search/search-index.ts';
import { searchVersions } from '../../catalog/search/search-versions.ts';
import type { Sqlite } from '../../catalog/sqlite.ts';
import { tenuresPage } from '../../catalog/tenure-queries.ts';
import { transitionsOf } from '../../catalog/transition-queries.ts';
import { versionsPage } from '../../catalog/version-queries.ts';
import { vocabularyOf } from '../../catalog/vocabulary-queries.ts';
import { nearestKey } from '../../project/nearest-key.ts';
import { policyOf } from '../../rules/lookup.ts';
import { DEFAULT_STAGES } from '../../rules/policy.ts';
import type { ModelRecord } from '../../rules/state.ts';
import type { ListModelsRequest, ListVersionsRequest } from '../api/listing.ts';
import { findModel, findVersion } from '../references.ts';
import { dbOf, readToHead, type Session, stateOf } from '../session.ts';
import { stageAdvice } from '../stage-advice.ts';
import { deletionOf, findDeleted } from './deletion.ts';
import { filesOf } from './files.ts';
import { registrationOf } from './intent-lines.ts';
import { keysByMetric } from './plot.ts';
import { reviewsOf } from './reviews.ts';

export async function listModels(session: Session, request: ListModelsRequest = {}): Promise<Page<ModelSummary>> {
  await readToHead(session);
  const limit = limitOf(request);
  if (request.order === 'recent') {
    const offset = request.cursor === undefined ? 0 : (numbersOfCursor(request.cursor, 1)[0] ?? 0);
    const recent = recentModels(dbOf(session), offset, limit + 1, request.nameContains);
    return pageOf(recent, limit, () => String(offset + limit));
  }
  const models = modelsPage(dbOf(session), request.cursor ?? '', limit + 1, request.nameContains);
  return pageOf(models, limit, (last) => last.name.toLowerCase());
}

export async function listVersions(session: Session, request: ListVersionsRequest = {}): Promise<Page<VersionSummary>> {
  await readToHead(session);
  const limit = limitOf(request);
  const model = request.model === undefined ? undefined : findModel(session, request.model);
  if (model && request.stage !== undefined) checkStageName(session, model, request.stage);
  if (model && request.bestBy) return bestFirst(session, model.id, request.bestBy, request.cursor, limit);
  const numbers = model ? numbersIn(session, model.id, request) : {};
  const cursor = request.cursor === undefined ? undefined : numbersOfCursor(request.cursor, 1)[0];
  const before = cursor ?? numbers.before;
  const filter = { model: model?.id, stage: request.stage, before, from: numbers.from };
  return versionPage(versionsPage(dbOf(session), filter, limit + 1), limit);
}

function bestFirst(
  session: Session,
  model: string,
  { metric, isLowerBetter = false }: NonNullable<ListVersionsRequest['bestBy']>,
  cursor: string | undefined,
  limit: number,
): Page<VersionSummary> {
  const start = cursor === undefined ? 0 : (numbersOfCursor(cursor, 1)[0] ?? 0);
  const keys = keysByMetric(session, model, metric, isLowerBetter);
  const items = versionsByKey(dbOf(session), keys.slice(start, start + limit));
  return { items, ...(start + limit < keys.length ? { next: String(start + limit) } : {}) };
}

/** A time in which versions were registered, as their numbers: later ones are later. */
function numbersIn(
  session: Session,
  model: string,
  { since, until }: ListVersionsRequest,
): { readonly from?: number; readonly before?: number } {
  const db = dbOf(session);
  return {
    ...(since === undefined ? {} : { from: firstNumberSince(db, model, momentOf(since)) }),
    ...(until === undefined ? {} : { before: firstNumberSince(db, model, momentOf(until)) }),
  };
}

function checkStageName(session: Session, model: ModelRecord, stage: string): void {
  const names = policyOf(stateOf(session), model.id).stages.map(({ name }) => name);
  if (!names.includes(stage)) {
    throw new RegistryError(
      'STAGE_UNKNOWN',
      `There is no stage "${stage}"${stageAdvice(stage, names)} The stages of ${model.name} are ${names.join(', ')}.`,
    );
  }
}

export async function search(
  session: Session,
  request: PageRequest & { readonly query: string },
): Promise<Page<VersionSummary>> {
  await readToHead(session);
  const limit = limitOf(request);
  const before = request.cursor === undefined ? undefined : numbersOfCursor(request.cursor, 1)[0];
  const conditions = parseSearch(request.query);
  const db = dbOf(session);
  catchUpSearch(db, session.catalog.position.seq);
  const rows = searchVersions(db, conditions, before, limit + 1);
  if (rows.length === 0 && before === undefined) refuseUnknown(db, request.query);
  return versionPage(rows, limit);
}

/** What is misspelt finds nothing, which reads as if there were nothing. */
function refuseUnknown(db: Sqlite, query: string): void {
  const unknown = unknownIn(
    db,
    query,
    DEFAULT_STAGES.map(({ name }) => name),
  );
  if (!unknown) return;
  const { kind, name, known } = unknown;
  if (kind === 'stage')
    throw new RegistryError(
      'QUERY_INVALID',
      `There is no stage "${name}"${stageAdvice(name, known)} The stages here are ${known.join(', ')}.`,
    );
  const nearest = nearestKey(name, known);
  throw new RegistryError(
    'QUERY_INVALID',
    `No version matches, and nothing is searched by ${name}:${nearest === undefined ? '.' : ` (did you mean ${nearest}:?).`} What is, is ${known.map((field) => `${field}:`).join(', ')}. To look for it as a text, write it in double quotes: "${unknown.term}".`,
  );
}

function versionPage(
  rows: readonly { readonly key: number; readonly version: VersionSummary }[],
  limit: number,
): Page<VersionSummary> {
  const { items, next } = pageOf(rows, limit, (last) => String(last.key));
  return { items: items.map((row) => row.version), ...(next === undefined ? {} : { next }) };
}

export async function showModel(session: Session, request: { readonly model: string }): Promise<ModelDetails> {
  await readToHead(session);
  const db = dbOf(session);
  const { id } = findModel(session, request.model);
  const summary = modelById(db, id);
  if (!summary) throw new RegistryError('MODEL_NOT_FOUND', `There is no model called ${request.model}.`);
  return {
    ...summary,
    aliases: aliasEntries(db, id),
    stages: stageRules(session, id),
    comments: remarksOf(db, id, 'comment'),
    formerNames: formerNames(db, id),
  };
}

export async function overview(session: Session, request: { readonly model: string }): Promise<ModelOverview> {
  const details = await showModel(session, request);
  const db = dbOf(session);
  return { ...details, stageCounts: stageCountsOf(db, details.id), ...namesOf(db, details.id) };
}

export async function tenures(
  session: Session,
  request: PageRequest & { readonly model: string; readonly stage: string },
): Promise<Page<TenureEntry>> {
  await readToHead(session);
  const limit = limitOf(request);
  const model = findModel(session, request.model);
  checkStageName(session, model, request.stage);
  const before = request.cursor === undefined ? {} : { before: numbersOfCursor(request.cursor, 2) };
  const rows = tenuresPage(dbOf(session), { model: model.id, stage: request.stage, ...before }, limit + 1);
  const { items, next } = pageOf(rows, limit, ({ seq, id }) => `${seq}.${id}`);
  return { items: items.map(({ tenure }) => tenure), ...(next === undefined ? {} : { next }) };
}

export async function stages(session: Session, request: { readonly model: string }): Promise<readonly StageRule[]> {
  await readToHead(session);
  return stageRules(session, findModel(session, request.model).id);
}

export async function stageCounts(session: Session, request: { readonly model: string }): Promise<StageCounts> {
  await readToHead(session);
  return stageCountsOf(dbOf(session), findModel(session, request.model).id);
}

export async function vocabulary(session: Session, request: { readonly model: string }): Promise<Vocabulary> {
  await readToHead(session);
  return vocabularyOf(dbOf(session), findModel(session, request.model).id);
}

function stageRules(session: Session, model: string): readonly StageRule[] {
  return policyOf(stateOf(session), model).stages.map(({ name, isExclusive, displacedTo, from }) => ({
    name,
    isExclusive,
    ...(isExclusive ? { displacedTo } : {}),
    ...(from ? { from } : {}),
  }));
}

export async function show(
  session: Session,
  request: { readonly ref: string; readonly withDeleted?: boolean },
): Promise<VersionDetails> {
  await readToHead(session);
  const db = dbOf(session);
  const gone = request.withDeleted ? findDeleted(session, request.ref) : undefined;
  const version = gone?.version ?? findVersion(session, request.ref);
  const deleted = gone && (await deletionOf(session, gone));
  const [files, registered] = await Promise.all([
    filesOf(session, version.artifact.digest),
    registrationOf(session, version.id),
  ]);
  return {
    ...version,
    ...(files ? { files } : {}),
    lineage: lineageOf(db, version.id, registered),
    transitions: transitionsOf(db, version.id),
    reviews: reviewsOf(session, version),
    notes: remarksOf(db, version.id, 'note'),
    comments: remarksOf(db, version.id, 'comment'),
    sameArtifact: sameArtifact(db, version),
    sameWeights: sameWeights(db, version),
    hasHistory: attachedObjects(db, version.id).history !== undefined,
    ...(deleted ? { deleted } : {}),
  };
}

export async function production(session: Session): Promise<readonly ProductionEntry[]> {
  await readToHead(session);
  return productionEntries(dbOf(session));
}

export async function at(
  session: Session,
  request: { readonly time: string; readonly model?: string },
): Promise<AtResult> {
  await readToHead(session);
  const time = request.time === 'now' ? {} : { time: momentOf(request.time) };
  const now = isoTime(session.shared?.now() ?? session.clock());
  const model = request.model === undefined ? undefined : findModel(session, request.model).id;
  return holdersAt(dbOf(session), { ...time, now, model });
}

/** As the catalog writes times. Throws `TIME_INVALID`. */
function momentOf(time: string): string {
  const moment = new Date(time);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  throw new RegistryError(
    'TIME_INVALID',
    `"${time}" is no time. Write it like 2026-05-03T14:00:00Z, 2026-05-03T14:00 or 2026-05-03.`,
  );
}
