import { isoTime } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import { hashOfCommit } from '../log/commit.ts';
import type { Intent } from '../log/intent.ts';
import { logBatches, readCommit, readCommits } from '../log/log-reader.ts';
import { applyCommit, applyIntent, type CommitOutcome, judgeIntent, type LogPosition } from '../rules/apply-commit.ts';
import type { IntentOutcome, IntentVerdict, RegistryState } from '../rules/state.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { buildCatalog } from './bulk/build-catalog.ts';
import { CatalogState } from './catalog-state.ts';
import { settledIntent } from './log-queries.ts';
import { catchUpSearch } from './search/search-index.ts';
import {
  closeCatalog,
  emptyCatalog,
  type LoadedCatalog,
  loadSnapshot,
  loadUnpublished,
  removeSnapshot,
  saveSnapshot,
} from './snapshot.ts';
import type { Sqlite } from './sqlite.ts';

/** A log with this commit is applied at once where nothing of it is. */
const WORTH_BUILDING = 64;
/** One with this commit, in another process. */
const WORTH_A_PROCESS = 2000;

export interface CatalogOptions {
  /** The registry's folder, where the snapshot is. */
  readonly dir: string;
  readonly store: ObjectStore;
  readonly registryId: string;
  readonly formatHash: string;
  /** Makes a catalog in another process, and returns the file that it is in; undefined where it couldn't. */
  readonly buildApart?: (() => Promise<string | undefined>) | undefined;
}

/** The catalog of one registry, in memory, with the log applied up to `position`. */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #serially = serialQueue();
  /** Apart from the other queue: nobody waits for a save. */
  readonly #saveSerially = serialQueue();
  #loaded: LoadedCatalog;
  #state: CatalogState;
  #savedSeq: number;
  #changedCommit: number | undefined;
  #over: readonly Intent[] = [];
  #overRevision = 0;
  #isLaid = false;

  private constructor(options: CatalogOptions, loaded: LoadedCatalog, savedSeq: number) {
    this.#options = options;
    this.#loaded = loaded;
    this.#state = new CatalogState(loaded.db);
    this.#savedSeq = savedSeq;
  }

  /** Loads the saved catalog where there is a sound one, else starts an empty one. Doesn't read the log: call `catchUp`. */
  static async open(options: CatalogOptions): Promise<Catalog> {
    const saved = await loadSnapshot(options.dir, options.registryId);
    const loaded = saved ?? (await emptyCatalog(options.registryId, options.formatHash));
    const catalog = new Catalog(options, loaded, saved?.position.seq ?? 0);
    if (saved) await catalog.#compareWithLog();
    return catalog;
  }

  /** A commit that was applied and saved, and whose bytes in the log aren't those any more, or can't be read. */
  get changedCommit(): number | undefined {
    return this.#changedCommit;
  }

  /** With what is laid over the log. */
  get db(): Sqlite {
    this.#lay();
    return this.#loaded.db;
  }

  /** Of the log alone. */
  get appliedDb(): Sqlite {
    this.#lift();
    return this.#loaded.db;
  }

  /** With what is laid over the log. */
  get state(): RegistryState {
    this.#lay();
    return this.#state;
  }

  /** Changes whenever other intents are laid over the log. */
  get overRevision(): number {
    return this.#overRevision;
  }

  /** Intents that are laid over the log: facts of commit `position.seq + 1` as long as it isn't there. */
  get over(): readonly Intent[] {
    return this.#over;
  }

  get position(): LogPosition {
    return this.#loaded.position;
  }

  /** The commit up to which the saved catalog goes; 0 without one. */
  get savedSeq(): number {
    return this.#savedSeq;
  }

  /** How many applied commits the saved catalog lacks. */
  get unsavedCommits(): number {
    return this.position.seq - this.#savedSeq;
  }

  get sizeBytes(): number {
    return this.#loaded.db.sizeBytes;
  }

  /** Applies what the log has beyond `position`. Returns the number of commits applied. */
  catchUp(): Promise<number> {
    return this.#serially(async () => {
      const before = this.position.seq;
      if (before === 0) await this.#build();
      await this.#readToEnd();
      return this.position.seq - before;
    });
  }

  applyNext(seq: number, bytes: Uint8Array): Promise<void> {
    return this.#serially(async () => {
      if (this.position.seq !== seq - 1) return;
      try {
        this.#applyAll([bytes]);
      } catch (error) {
        if (!RegistryError.is(error, 'CATALOG_DAMAGED')) throw error;
        // The commit is in the log, so whoever wrote it must not be told that it failed.
        await this.#forget();
        await this.#build();
        await this.#readToEnd();
      }
    });
  }

  /** Applies one commit that is in the log and of which these are the bytes. */
  apply(bytes: Uint8Array): CommitOutcome {
    this.#lift();
    const outcome = applyCommit(this.#state, bytes, this.position, this.#options.registryId);
    this.#loaded = { ...this.#loaded, position: outcome.position };
    return outcome;
  }

  judge(intent: Intent): IntentOutcome {
    this.#lay();
    return judgeIntent(this.#state, intent, this.position, this.#options.registryId);
  }

  /**
   * Lays intents over the applied log, one on top of the other, in place of those laid before: queries see them, the saved catalog doesn't.
   */
  layOver(intents: readonly Intent[]): void {
    const isSame =
      intents.length === this.#over.length && intents.every(({ id }, index) => id === this.#over[index]?.id);
    if (isSame) return;
    this.#lift();
    this.#over = intents;
    this.#overRevision += 1;
  }

  /** Runs `attempt` on the applied log alone; what `apply` applied stays for its next calls, and nothing of it afterwards. */
  tryOnLog(attempt: (apply: (intent: Intent) => IntentOutcome, state: RegistryState) => void): void {
    this.#lift();
    let position = 0;
    this.#state.atomically(() => {
      attempt((intent) => this.#applyOver(intent, position++), this.#state);
      return false;
    });
  }

  /** What became of the intent with this id, where it is in the applied log. */
  settled(id: string): IntentVerdict | undefined {
    return settledIntent(this.#loaded.db, id);
  }

  /** Starts again from an empty catalog and forgets the saved one. */
  reset(): Promise<void> {
    return this.#serially(() => this.#forget());
  }

  /** Writes the catalog as it is now, while it goes on being used; slowly, as long as that isn't urgent. */
  save(isUrgent?: () => boolean): Promise<void> {
    return this.#saveSerially(async () => {
      if (this.unsavedCommits === 0) return;
      this.#lift();
      const { db, position } = this.#loaded;
      // So that the next process can search at once.
      catchUpSearch(db, position.seq);
      await saveSnapshot(this.#options.dir, this.#loaded, isUrgent);
      this.#loaded = { db, position: this.position };
      this.#savedSeq = position.seq;
    });
  }

  close(): void {
    this.#isLaid = false;
    this.#over = [];
    closeCatalog(this.#loaded);
  }

  /** Makes the catalog of a log that isn't applied at all, unless it is so short that it doesn't pay. */
  async #build(): Promise<void> {
    const { store, registryId, formatHash } = this.#options;
    if (!(await readCommit(store, WORTH_BUILDING))) return;
    const next = logBatches(store);
    this.#replaceBy((await this.#buildApart()) ?? (await buildCatalog({ registryId, formatHash, next })));
  }

  async #buildApart(): Promise<LoadedCatalog | undefined> {
    const { store, buildApart, registryId } = this.#options;
    if (!buildApart || !(await readCommit(store, WORTH_A_PROCESS))) return undefined;
    const file = await buildApart();
    return file === undefined ? undefined : loadUnpublished(file, registryId);
  }

  async #readToEnd(): Promise<void> {
    // Nearly always there is nothing new or a little: more is asked for only by who finds much, and segments by who is far behind.
    for (const count of [1, 1, 2, 4, 8, 16]) {
      const batch = await this.#next(count);
      this.#applyAll(batch);
      if (batch.length < count) return;
    }
    const next = logBatches(this.#options.store);
    for (;;) {
      const batch = await next(this.position.seq);
      if (batch.length === 0) return;
      this.#applyAll(batch);
    }
  }

  /** Starts again from an empty catalog. */
  async #forget(): Promise<void> {
    await this.#saveSerially(async () => {
      await removeSnapshot(this.#options.dir);
      const empty = await emptyCatalog(this.#options.registryId, this.#options.formatHash);
      this.#replaceBy(empty);
      this.#savedSeq = 0;
      this.#changedCommit = undefined;
    });
  }

  #replaceBy(loaded: LoadedCatalog): void {
    this.#isLaid = false;
    closeCatalog(this.#loaded);
    this.#loaded = loaded;
    this.#state = new CatalogState(loaded.db);
  }

  #lay(): void {
    if (this.#isLaid || this.#over.length === 0) return;
    this.#state.beginTrial();
    this.#isLaid = true;
    for (const [position, intent] of this.#over.entries()) this.#applyOver(intent, position);
  }

  #lift(): void {
    if (!this.#isLaid) return;
    this.#isLaid = false;
    this.#state.endTrial();
  }

  #applyOver(intent: Intent, position: number): IntentOutcome {
    const place = { seq: this.position.seq + 1, position, at: isoTime(Date.parse(intent.askedAt)) };
    return applyIntent(this.#state, { kind: 'intent', intent }, place, this.#options.registryId).outcome;
  }

  async #compareWithLog(): Promise<void> {
    const { seq, hash } = this.position;
    const bytes = await readCommit(this.#options.store, seq).catch((error: unknown) => {
      // Something that isn't read, such as a link, stands there: `verify` names it, which needs a registry that can be opened.
      if (RegistryError.is(error, 'STORAGE_FAILED')) return undefined;
      throw error;
    });
    this.#changedCommit = bytes && hashOfCommit(bytes) === hash ? undefined : seq;
  }

  #next(count: number): Promise<readonly Uint8Array[]> {
    return readCommits(this.#options.store, this.position.seq + 1, count);
  }

  #applyAll(batch: readonly Uint8Array[]): void {
    if (batch.length === 0) return;
    this.#lift();
    // One transaction for many commits: SQLite would otherwise end one after each statement.
    this.#state.atomically(() => {
      for (const bytes of batch) this.apply(bytes);
      return true;
    });
  }
}
