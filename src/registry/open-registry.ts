import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { isInside } from '../base/inside.ts';
import type { OperationOptions } from '../base/progress.ts';
import { sealSegments } from '../log/seal-segments.ts';
import type { Recording, Registry, RegistryChange } from './api/registry.ts';
import * as annotations from './commands/annotations.ts';
import { evaluate } from './commands/evaluate.ts';
import * as gates from './commands/gates.ts';
import * as models from './commands/models.ts';
import * as policies from './commands/policies.ts';
import * as proposals from './commands/proposals.ts';
import * as registering from './commands/register.ts';
import * as reviewing from './commands/reviews.ts';
import * as stages from './commands/stages.ts';
import * as tensors from './facts/tensor-comparison.ts';
import * as facts from './facts/version-facts.ts';
import { certainty } from './queries/certainty.ts';
import { changes } from './queries/changes.ts';
import { checkData } from './queries/check-data.ts';
import { columns } from './queries/columns.ts';
import { compare } from './queries/compare.ts';
import { graph } from './queries/graph.ts';
import { impact } from './queries/impact.ts';
import * as listing from './queries/listing.ts';
import { log } from './queries/log.ts';
import { patch } from './queries/patch.ts';
import { plot, plotted } from './queries/plot.ts';
import { policyProposals } from './queries/proposals.ts';
import { reviews } from './queries/reviews.ts';
import { trends } from './queries/trends.ts';
import * as versionFiles from './queries/version-files.ts';
import { findVersion } from './references.ts';
import { damageIn, readToHead, type Session } from './session.ts';
import { limitCache } from './shared/cache-limit.ts';
import { withFetchedFiles } from './shared/fetch-files.ts';
import { reportServing, servingMachines } from './shared/serving.ts';
import * as waiting from './shared/waiting.ts';
import { diskUse } from './space/disk-use.ts';
import { collectGarbage } from './space/gc.ts';
import { CHECKOUTS_FOLDER } from './space/plan.ts';
import { readRetention, writeRetention } from './space/retention.ts';
import { verify } from './verify.ts';

/** Commits that the saved catalog may lag behind before it is saved again: applying them takes time at each opening, saving takes time and disk. */
const SAVE_EVERY = 50;
/** The same for who closes: a command of the command line applies them each time, without code that has been optimised yet. */
const SAVE_AT_CLOSE = 10;
/** A catalog that is larger by so much may lag one commit more. */
const SAVED_BYTES_PER_COMMIT = 1024 * 1024;
/** Segments that are written after a save, so that nobody waits for long. */
const SEGMENTS_AT_ONCE = 8;

/** Binds commands and queries to one session. */
export class OpenRegistry implements Registry {
  readonly #session: Session;
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  #announced: number;
  #announcedOver = 0;
  #isClosed = false;
  #saving: Promise<void> | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#announced = session.catalog.position.seq;
  }

  get location() {
    return this.#session.location;
  }

  async refresh(): Promise<boolean> {
    const before = this.#announced;
    await this.#run(() => readToHead(this.#session));
    return this.#announced > before;
  }

  onDidChange(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onDidRecord(listener: (recording: Recording) => void): () => void {
    this.#session.recordListeners.add(listener);
    return () => this.#session.recordListeners.delete(listener);
  }

  outcomeOf(id: string): Promise<'applied' | 'pending' | 'gone'> {
    return this.#run(() => waiting.outcomeOf(this.#session, id));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    this.#session.recordListeners.clear();
    const { catalog, bytes, inspector, statistician } = this.#session;
    await Promise.all([bytes.close(), inspector.close(), statistician.close()]);
    await this.#saving;
    if (this.#lagsBehind(SAVE_AT_CLOSE) || catalog.savedSeq === 0) await this.#save();
    catalog.close();
  }

  createModel: Registry['createModel'] = (request) => this.#run(() => models.createModel(this.#session, request));
  renameModel: Registry['renameModel'] = (request) => this.#run(() => models.renameModel(this.#session, request));
  deleteModel: Registry['deleteModel'] = (request) => this.#run(() => models.deleteModel(this.#session, request));
  register: Registry['register'] = (request, options) =>
    this.#run(() => registering.register(this.#session, request, options));
  evaluate: Registry['evaluate'] = (request, options) => this.#run(() => evaluate(this.#session, request, options));
  review: Registry['review'] = (request) => this.#run(() => reviewing.review(this.#session, request));
  requestPromotion: Registry['requestPromotion'] = (request) =>
    this.#run(() => reviewing.requestPromotion(this.#session, request));
  withdrawRequest: Registry['withdrawRequest'] = (request) =>
    this.#run(() => reviewing.withdrawRequest(this.#session, request));
  proposePolicy: Registry['proposePolicy'] = (request) =>
    this.#run(() => proposals.proposePolicy(this.#session, request));
  reviewPolicy: Registry['reviewPolicy'] = (request) => this.#run(() => proposals.reviewPolicy(this.#session, request));
  withdrawPolicy: Registry['withdrawPolicy'] = (request) =>
    this.#run(() => proposals.withdrawPolicy(this.#session, request));
  policyProposals: Registry['policyProposals'] = (request) => this.#run(() => policyProposals(this.#session, request));
  reviews: Registry['reviews'] = (request) => this.#run(() => reviews(this.#session, request));
  recordGates: Registry['recordGates'] = (request) => this.#run(() => gates.recordGates(this.#session, request));
  gateStanding: Registry['gateStanding'] = (request) => this.#run(() => gates.gateStanding(this.#session, request));
  certainty: Registry['certainty'] = (request, options) => this.#run(() => certainty(this.#session, request, options));
  gateEvidence: Registry['gateEvidence'] = (request) => this.#run(() => gates.gateEvidence(this.#session, request));
  completeMetrics: Registry['completeMetrics'] = (request) =>
    this.#run(() => registering.completeMetrics(this.#session, request));
  promote: Registry['promote'] = (request, options) => this.#run(() => stages.promote(this.#session, request, options));
  rollback: Registry['rollback'] = (request, options) =>
    this.#run(() => stages.rollback(this.#session, request, options));
  archive: Registry['archive'] = (request) => this.#run(() => stages.archive(this.#session, request));
  setAlias: Registry['setAlias'] = (request) => this.#run(() => annotations.setAlias(this.#session, request));
  removeAlias: Registry['removeAlias'] = (request) => this.#run(() => annotations.removeAlias(this.#session, request));
  tag: Registry['tag'] = (request) => this.#run(() => annotations.tag(this.#session, request));
  note: Registry['note'] = (request) => this.#run(() => annotations.note(this.#session, request));
  describe: Registry['describe'] = (request) => this.#run(() => annotations.describe(this.#session, request));
  comment: Registry['comment'] = (request) => this.#run(() => annotations.comment(this.#session, request));
  setPolicy: Registry['setPolicy'] = (request) => this.#run(() => policies.setPolicy(this.#session, request));
  deleteVersion: Registry['deleteVersion'] = (request) =>
    this.#run(() => annotations.deleteVersion(this.#session, request));

  listModels: Registry['listModels'] = (request) => this.#run(() => listing.listModels(this.#session, request));
  listVersions: Registry['listVersions'] = (request) => this.#run(() => listing.listVersions(this.#session, request));
  overview: Registry['overview'] = (request) => this.#run(() => listing.overview(this.#session, request));
  tenures: Registry['tenures'] = (request) => this.#run(() => listing.tenures(this.#session, request));
  plot: Registry['plot'] = (request) => this.#run(() => plot(this.#session, request));
  columns: Registry['columns'] = (request) => this.#run(() => columns(this.#session, request));
  plotted: Registry['plotted'] = (request) => this.#run(() => plotted(this.#session, request));
  showModel: Registry['showModel'] = (request) => this.#run(() => listing.showModel(this.#session, request));
  show: Registry['show'] = (request) => this.#run(() => listing.show(this.#session, request));
  policy: Registry['policy'] = (request) => this.#run(() => policies.policy(this.#session, request));
  planPolicy: Registry['planPolicy'] = (request) => this.#run(() => policies.planPolicy(this.#session, request));
  stages: Registry['stages'] = (request) => this.#run(() => listing.stages(this.#session, request));
  stageCounts: Registry['stageCounts'] = (request) => this.#run(() => listing.stageCounts(this.#session, request));
  vocabulary: Registry['vocabulary'] = (request) => this.#run(() => listing.vocabulary(this.#session, request));
  production: Registry['production'] = () => this.#run(() => listing.production(this.#session));
  at: Registry['at'] = (request) => this.#run(() => listing.at(this.#session, request));
  search: Registry['search'] = (request) => this.#run(() => listing.search(this.#session, request));
  log: Registry['log'] = (request) => this.#run(() => log(this.#session, request));
  compare: Registry['compare'] = (request) => this.#run(() => compare(this.#session, request));
  changes: Registry['changes'] = (request) => this.#run(() => changes(this.#session, request));
  impact: Registry['impact'] = (request) => this.#run(() => impact(this.#session, request));
  graph: Registry['graph'] = (request) => this.#run(() => graph(this.#session, request));
  facts: Registry['facts'] = (request, options) => this.#run(() => facts.facts(this.#session, request, options));
  tensorRows: Registry['tensorRows'] = (request) => this.#run(() => facts.tensorRows(this.#session, request));
  patch: Registry['patch'] = (request) => this.#run(() => patch(this.#session, request));
  files: Registry['files'] = (request) => this.#run(() => versionFiles.files(this.#session, request));
  fileBytes: Registry['fileBytes'] = (request) => this.#run(() => versionFiles.fileBytes(this.#session, request));
  filePlaces: Registry['filePlaces'] = (request) => this.#run(() => versionFiles.filePlaces(this.#session, request));
  compareFiles: Registry['compareFiles'] = (request) =>
    this.#run(() => versionFiles.compareFiles(this.#session, request));
  checkData: Registry['checkData'] = (request, options) => this.#run(() => checkData(this.#session, request, options));
  trends: Registry['trends'] = (request) => this.#run(() => trends(this.#session, request));
  card: Registry['card'] = (request, options) =>
    this.#run(async () => (await import('./card/card.ts')).card(this.#session, request, options));
  history: Registry['history'] = (request) => this.#run(() => facts.history(this.#session, request));
  compareTensors: Registry['compareTensors'] = (request, options) =>
    this.#run(() => tensors.compareTensors(this.#session, request, options));
  comparedTensorRows: Registry['comparedTensorRows'] = (request, options) =>
    this.#run(() => tensors.comparedTensorRows(this.#session, request, options));
  rollbackTarget: Registry['rollbackTarget'] = (request) =>
    this.#run(() => stages.rollbackTarget(this.#session, request));
  verify: Registry['verify'] = (request, options) => this.#run(() => verify(this.#session, request, options));

  head: Registry['head'] = () =>
    this.#run(async () => {
      await readToHead(this.#session);
      const { seq, hash } = this.#session.catalog.position;
      return { seq, hash };
    });
  remote: Registry['remote'] = () => this.#run(async () => this.#session.shared?.status());
  pending: Registry['pending'] = () => this.#run(() => waiting.pendingEntries(this.#session));
  refused: Registry['refused'] = () => this.#run(() => waiting.refusedEntries(this.#session));
  withdraw: Registry['withdraw'] = (request) => this.#run(() => waiting.withdraw(this.#session, request));
  confirm: Registry['confirm'] = (request) => this.#run(() => waiting.confirm(this.#session, request));
  resolveRefused: Registry['resolveRefused'] = (request) =>
    this.#run(() => waiting.resolveRefused(this.#session, request));
  serving: Registry['serving'] = (request) => this.#run(() => servingMachines(this.#session, request));
  reportServing: Registry['reportServing'] = (report) => this.#run(() => reportServing(this.#session, report));
  sync: Registry['sync'] = (request, options) =>
    this.#run(async () => {
      const bytes = request?.withBytes === false ? { bytesOf: [] } : {};
      const report = await waiting.sharedOf(this.#session).sync({ ...options, ...bytes });
      // What is shared now may make room.
      if (report.published > 0) await limitCache(this.#session);
      return report;
    });

  pull: Registry['pull'] = (request, options) =>
    this.#run(async () => {
      await readToHead(this.#session);
      if (isInside(this.location.dir, request.to)) {
        throw new RegistryError(
          'TARGET_UNWRITABLE',
          `${request.to} lies in the registry itself, where nothing else belongs. Choose another folder. Nothing was changed.`,
        );
      }
      const version = findVersion(this.#session, request.ref);
      const { digest } = version.artifact;
      const write = () => this.#session.bytes.materialise({ digest, to: request.to }, options);
      const written = await withFetchedFiles(this.#session, version, write, options);
      return { version, to: request.to, fileCount: written.fileCount, sizeBytes: written.sizeBytes };
    });

  path: Registry['path'] = (request, options) =>
    this.#run(async () => {
      await readToHead(this.#session);
      const version = findVersion(this.#session, request.ref);
      const checkoutsDir = join(this.#session.location.dir, CHECKOUTS_FOLDER);
      const { digest } = version.artifact;
      const checkOut = () => this.#session.bytes.checkout({ digest, checkoutsDir }, options);
      const { path } = await withFetchedFiles(this.#session, version, checkOut, options);
      return { path, version };
    });

  gc: Registry['gc'] = (request, options) =>
    this.#run(async () => {
      const report = await collectGarbage(this.#session, request, options);
      if (report.isDryRun) return report;
      const cacheFreedBytes = await limitCache(this.#session);
      return cacheFreedBytes === 0 ? report : { ...report, cacheFreedBytes };
    });
  diskUse: Registry['diskUse'] = () => this.#run(() => diskUse(this.#session));
  retention: Registry['retention'] = () => this.#run(() => readRetention(this.#session.location.dir));
  setRetention: Registry['setRetention'] = (request) =>
    this.#run(async () => {
      const retention = await writeRetention(this.#session.location.dir, request);
      if (request.cacheLimitBytes !== undefined) await limitCache(this.#session);
      return retention;
    });

  async rebuild(_options?: OperationOptions): Promise<{ readonly commits: number; readonly versions: number }> {
    return this.#run(async () => {
      const { catalog } = this.#session;
      await catalog.reset();
      await readToHead(this.#session);
      await catalog.save();
      this.#goOn(() => this.#seal(Number.POSITIVE_INFINITY));
      const row = catalog.db.get('SELECT count(*) AS versions FROM versions WHERE deleted_seq IS NULL');
      return { commits: catalog.position.seq, versions: Number(row?.versions ?? 0) };
    });
  }

  /** Runs a command or query, then tells the listeners when it changed what queries see. */
  async #run<T>(task: () => Promise<T>): Promise<T> {
    const { catalog } = this.#session;
    const before = catalog.position.seq;
    try {
      return await task();
    } catch (error) {
      if (!RegistryError.is(error, 'CATALOG_DAMAGED')) throw error;
      const isUnrecorded = catalog.position.seq === before;
      await catalog.reset();
      // Nothing was written since it began, so that it can begin again.
      if (isUnrecorded) return await task();
      throw error;
    } finally {
      this.#announce();
    }
  }

  #announce(): void {
    const { catalog } = this.#session;
    if (this.#isClosed) return;
    const { seq: head } = catalog.position;
    const isSame = head === this.#announced && catalog.overRevision === this.#announcedOver;
    if (isSame) return;
    this.#announced = head;
    this.#announcedOver = catalog.overRevision;
    for (const listener of this.#listeners) listener({ head });
    if (this.#lagsBehind() && !this.#saving) this.#goOn(() => this.#save(() => this.#isClosed));
  }

  /** Has something done that only makes later work faster. Nobody but `close` waits for it. */
  #goOn(task: () => Promise<void>): void {
    const done: Promise<void> = (this.#saving ?? Promise.resolve()).then(task).finally(() => {
      if (this.#saving === done) this.#saving = undefined;
    });
    this.#saving = done;
  }

  async #seal(limit: number): Promise<void> {
    const { store, catalog } = this.#session;
    await sealSegments(store, catalog.position.seq, limit).catch(() => undefined);
  }

  #lagsBehind(commits = SAVE_EVERY): boolean {
    const { catalog } = this.#session;
    return catalog.unsavedCommits >= commits + Math.floor(catalog.sizeBytes / SAVED_BYTES_PER_COMMIT);
  }

  /**
   * The saved catalog only makes the next opening faster: a registry that can't be written to is still read. It is evidence of what
   * the log was, too, so that one of a damaged log is never saved.
   */
  async #save(isUrgent?: () => boolean): Promise<void> {
    const { catalog } = this.#session;
    if (catalog.position.seq === 0 || (await damageIn(this.#session).catch(() => true))) return;
    await catalog.save(isUrgent).catch(() => undefined);
    await this.#seal(SEGMENTS_AT_ONCE);
  }
}
