import type { EventOf } from '../log/events.ts';
import type { UnknownEvent } from '../log/intent.ts';
import type { Policy } from '../log/policy-schema.ts';
import { FIRST_STAGE } from '../rules/policy.ts';
import type {
  CommentedVote,
  CommitRecord,
  FactSource,
  IntentOutcome,
  Lapse,
  Question,
  RegistryState,
  ReviewRequest,
  StageMove,
  VotesOf,
} from '../rules/state.ts';
import { CatalogReader } from './catalog-reader.ts';
import {
  authorValues,
  evaluationDetails,
  intentValues,
  overriddenJson,
  valuesJson,
  WRITTEN_VERSION_COLUMNS,
} from './column-values.ts';
import { factsColumns } from './facts-columns.ts';
import { inputsOf } from './inputs.ts';
import {
  dropGates,
  dropVotes,
  endRequests,
  lapseVotes,
  writeGateResult,
  writeRequest,
  writeVote,
} from './write-reviews.ts';

const INSERT_VERSION = `INSERT INTO versions (${WRITTEN_VERSION_COLUMNS}) VALUES (${WRITTEN_VERSION_COLUMNS.replace(/\w+/g, '?')})`;

/** The rules' state on the catalog's tables: what they read comes from `CatalogReader`, what they write is here. */
export class CatalogState extends CatalogReader implements RegistryState {
  /** What was marked as changed last. */
  #lastChange = '';

  override atomically(change: () => boolean): void {
    const before = this.#lastChange;
    super.atomically(() => {
      const isKept = change();
      // The mark was taken back with the change.
      if (!isKept) this.#lastChange = before;
      return isKept;
    });
  }

  beginTrial(): void {
    this.db.beginTrial();
  }

  /** Takes back everything since `beginTrial`. */
  endTrial(): void {
    this.db.endTrial();
    this.records.forget();
    this.#lastChange = '';
  }

  addCommit(commit: CommitRecord): void {
    const { seq, hash, at, problem, needs = null } = commit;
    const sql = 'INSERT INTO commits (seq, hash, at, problem_code, problem, needs) VALUES (?, ?, ?, ?, ?, ?)';
    this.db.run(sql, [seq, hash, at, problem?.code ?? null, problem?.message ?? null, needs]);
  }

  addIntent(source: FactSource, subjects: readonly string[], outcome: IntentOutcome): void {
    const { seq, position, intentId, by } = source;
    this.#insertIntent({ seq, position, id: intentId }, true, outcome, by.signer);
    for (const subject of subjects) {
      this.db.run('INSERT INTO intent_subjects (subject, seq, position) VALUES (?, ?, ?)', [
        subject,
        source.seq,
        source.position,
      ]);
    }
  }

  addVoidIntent(
    place: { readonly seq: number; readonly position: number; readonly id?: string },
    outcome: IntentOutcome,
  ): void {
    this.#insertIntent(place, false, outcome);
  }

  #insertIntent(
    place: { readonly seq: number; readonly position: number; readonly id?: string },
    ownsId: boolean,
    outcome: IntentOutcome,
    signer?: string,
  ): void {
    const sql =
      'INSERT INTO intents (seq, position, id, owns_id, outcome, code, message, signer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    this.db.run(sql, [...intentValues(place, ownsId, outcome), signer ?? null]);
  }

  addModel(event: EventOf<'model.created'>, source: FactSource): void {
    const key = event.name.toLowerCase();
    this.db.run('DELETE FROM former_names WHERE name_key = ?', [key]);
    const columns =
      'id, name, name_key, description, last_number, version_count, created_at, created_by_name, created_by_email, created_by_signer';
    this.db.run(`INSERT INTO models (${columns}) VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?)`, [
      event.model,
      event.name,
      key,
      event.description ?? '',
      source.at,
      ...authorValues(source.by),
    ]);
  }

  addModelId(anyId: string, model: string): void {
    this.db.run('INSERT INTO model_ids (id, model) VALUES (?, ?)', [anyId, model]);
  }

  updateModel(model: string, change: { readonly description?: string }): void {
    this.records.forgetModel(model);
    if (change.description !== undefined) {
      this.db.run('UPDATE models SET description = ? WHERE id = ?', [change.description, model]);
    }
  }

  renameModel(model: string, name: string): void {
    this.records.forgetModel(model);
    this.db.run(
      'INSERT OR REPLACE INTO former_names (name_key, name, model) SELECT name_key, name, id FROM models WHERE id = ?',
      [model],
    );
    this.db.run('DELETE FROM former_names WHERE name_key = ?', [name.toLowerCase()]);
    this.db.run('UPDATE models SET name = ?, name_key = ? WHERE id = ?', [name, name.toLowerCase(), model]);
  }

  deleteModel(model: string, source: FactSource): void {
    this.records.forget();
    this.db.run('UPDATE models SET deleted_seq = ? WHERE id = ?', [source.seq, model]);
    this.db.run('UPDATE versions SET deleted_seq = ? WHERE model = ? AND deleted_seq IS NULL', [source.seq, model]);
    this.db.run('UPDATE tenures SET to_seq = ? WHERE model = ? AND to_seq IS NULL', [source.seq, model]);
    this.db.run('DELETE FROM aliases WHERE model = ?', [model]);
    this.db.run('DELETE FROM former_names WHERE model = ?', [model]);
    this.db.run('DELETE FROM requests WHERE model = ?', [model]);
  }

  addVersion(
    event: EventOf<'version.registered'>,
    model: string,
    number: number,
    fingerprint: string,
    source: FactSource,
  ): void {
    const { run, code } = event;
    this.db.run(INSERT_VERSION, [
      event.version,
      model,
      number,
      FIRST_STAGE,
      source.at,
      ...authorValues(source.by),
      event.artifact.digest,
      event.artifact.sizeBytes,
      event.artifact.fileCount,
      event.description,
      valuesJson(event.metrics),
      valuesJson(event.params),
      run?.id ?? null,
      fingerprint,
      code?.commit ?? null,
      event.environment ?? null,
      event.base?.version ?? null,
      ...factsColumns(event),
      source.at,
      ...authorValues(source.by),
      source.via,
      source.seq,
      source.position,
      source.seq,
    ]);
    this.#addInputs(event);
    this.db.run('UPDATE models SET last_number = ?, version_count = version_count + 1 WHERE id = ?', [number, model]);
    const known = this.records.model(model);
    if (known) this.records.addModel({ ...known, lastNumber: number });
    const { digest: artifact } = event.artifact;
    const { version: id, description } = event;
    this.records.addVersion({
      id,
      model,
      number,
      stage: FIRST_STAGE,
      artifact,
      description,
      fingerprint,
      isDeleted: false,
    });
    this.#lastChange = `${source.seq} ${id}`;
  }

  #addInputs(event: EventOf<'version.registered'>): void {
    for (const input of inputsOf(event)) {
      this.db.run('INSERT OR IGNORE INTO inputs (kind, name, digest) VALUES (?, ?, ?)', input);
      this.db.run(
        `INSERT INTO version_inputs (input, version) SELECT i.id, v.key FROM inputs i, versions v
         WHERE i.kind = ? AND i.name = ? AND i.digest = ? AND v.id = ?`,
        [...input, event.version],
      );
    }
  }

  addVersionId(anyId: string, version: string): void {
    this.db.run('INSERT INTO version_ids (id, version) VALUES (?, ?)', [anyId, version]);
  }

  describeVersion(version: string, description: string, { seq }: FactSource): void {
    this.records.forgetVersion(version);
    this.db.run('UPDATE versions SET description = ?, changed_seq = ? WHERE id = ?', [description, seq, version]);
  }

  addNote(version: string, note: string, source: FactSource): void {
    this.#addRemark(version, 'note', note, source);
  }

  addComment(subject: string, comment: string, source: FactSource): void {
    this.#addRemark(subject, 'comment', comment, source);
  }

  #addRemark(subject: string, kind: string, remark: string, { seq, at, by, intentId }: FactSource): void {
    const sql =
      'INSERT INTO remarks (subject, kind, text, at, by_name, by_email, by_signer, intent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    this.db.run(sql, [subject, kind, remark, at, ...authorValues(by), intentId]);
    this.#changed(subject, seq);
  }

  /** What a version says is searched: its words are read again before the next search. */
  #changed(subject: string, seq: number): void {
    const change = `${seq} ${subject}`;
    if (change === this.#lastChange) return;
    this.#lastChange = change;
    this.db.run('UPDATE versions SET changed_seq = ? WHERE id = ?', [seq, subject]);
  }

  deleteVersion(version: string, source: FactSource): void {
    this.records.forget();
    this.db.run('UPDATE versions SET deleted_seq = ? WHERE id = ?', [source.seq, version]);
    this.db.run(
      'UPDATE models SET version_count = version_count - 1 WHERE id = (SELECT model FROM versions WHERE id = ?)',
      [version],
    );
    this.db.run('UPDATE tenures SET to_seq = ? WHERE version = ? AND to_seq IS NULL', [source.seq, version]);
  }

  setTag(subject: string, key: string, value: string | undefined, { seq }: FactSource): void {
    this.#changed(subject, seq);
    if (value === undefined) this.db.run('DELETE FROM tags WHERE subject = ? AND key = ?', [subject, key]);
    else this.db.run('INSERT OR REPLACE INTO tags (subject, key, value) VALUES (?, ?, ?)', [subject, key, value]);
  }

  addMetrics(version: string, metrics: Readonly<Record<string, number | string>>, { seq }: FactSource): void {
    const all = valuesJson({ ...this.metricsOf(version), ...metrics });
    this.db.run('UPDATE versions SET metrics = ?, changed_seq = ? WHERE id = ?', [all, seq, version]);
  }

  addEvaluation(version: string, event: EventOf<'version.evaluated'>, { at, by }: FactSource): void {
    const sql =
      'INSERT INTO evaluations (version, dataset, slice, metrics, at, by_name, by_email, by_signer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    const dataset = event.dataset?.name ?? null;
    this.db.run(sql, [version, dataset, event.slice ?? null, JSON.stringify(event.metrics), at, ...authorValues(by)]);
    this.db.run(
      'INSERT INTO evaluation_details (id, dataset_sha256, intervals, predictions, rows) VALUES (last_insert_rowid(), ?, ?, ?, ?)',
      evaluationDetails(event),
    );
  }

  setArtifactStatus(digest: string, status: 'published' | 'withdrawn', { at }: FactSource): void {
    this.db.run('INSERT OR REPLACE INTO artifacts (digest, status, since) VALUES (?, ?, ?)', [digest, status, at]);
  }

  addEnvironment(event: EventOf<'environment.recorded'>): void {
    if (this.db.get('SELECT 1 FROM environments WHERE digest = ?', [event.digest])) return;
    this.db.run('INSERT INTO environments (digest, python) VALUES (?, ?)', [event.digest, event.python ?? null]);
    for (const { name, version } of event.packages) {
      this.db.run('INSERT OR IGNORE INTO packages (environment, name, version) VALUES (?, ?, ?)', [
        event.digest,
        name,
        version,
      ]);
    }
    for (const name of event.conda ?? [])
      this.db.run('INSERT OR IGNORE INTO conda_packages (environment, name) VALUES (?, ?)', [event.digest, name]);
  }

  setStage(version: string, move: StageMove, source: FactSource): void {
    const { seq, at, askedAt, by } = source;
    this.records.forgetVersion(version);
    this.db.run(
      'UPDATE versions SET stage = ?, stage_since = ?, stage_by_name = ?, stage_by_email = ?, stage_by_signer = ? WHERE id = ?',
      [move.to, at, ...authorValues(by), version],
    );
    this.db.run(
      `INSERT INTO transitions (version, model, seq, from_stage, to_stage, kind, reason, is_override, overridden, related, at, asked_at, by_name, by_email, by_signer)
       VALUES (?, (SELECT model FROM versions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        version,
        version,
        seq,
        move.from,
        move.to,
        move.kind,
        move.reason,
        move.isOverride ? 1 : 0,
        overriddenJson(move),
        JSON.stringify(move.related),
        at,
        askedAt,
        ...authorValues(by),
      ],
    );
    this.db.run('UPDATE tenures SET to_seq = ? WHERE version = ? AND to_seq IS NULL', [seq, version]);
    this.db.run(
      `INSERT INTO tenures (model, stage, version, from_seq, since, by_name, by_email, by_signer, reason)
       VALUES ((SELECT model FROM versions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?)`,
      [version, move.to, version, seq, at, ...authorValues(by), move.reason],
    );
    this.db.run('INSERT OR IGNORE INTO held (version, stage) VALUES (?, ?)', [version, move.to]);
  }

  pushHolder(model: string, stage: string, version: string): void {
    this.dropHolder(model, stage, version);
    const top = 'SELECT depth FROM holder_stacks WHERE model = ?1 AND stage = ?2 ORDER BY depth DESC LIMIT 1';
    this.db.run(
      `INSERT INTO holder_stacks (model, stage, depth, version) VALUES (?1, ?2, coalesce((${top}), 0) + 1, ?3)`,
      [model, stage, version],
    );
  }

  dropHolder(model: string, stage: string, version: string): void {
    this.db.run('DELETE FROM holder_stacks WHERE version = ? AND stage = ? AND model = ?', [version, stage, model]);
  }

  dropHoldersAbove(model: string, stage: string, version: string): void {
    const depth = 'SELECT depth FROM holder_stacks WHERE version = ?3 AND stage = ?2';
    this.db.run(`DELETE FROM holder_stacks WHERE model = ?1 AND stage = ?2 AND depth > (${depth})`, [
      model,
      stage,
      version,
    ]);
  }

  setAlias(model: string, alias: string, version: string | undefined, { seq }: FactSource): void {
    if (version !== undefined) this.#changed(version, seq);
    if (version === undefined) this.db.run('DELETE FROM aliases WHERE model = ? AND alias = ?', [model, alias]);
    else
      this.db.run('INSERT OR REPLACE INTO aliases (model, alias, version) VALUES (?, ?, ?)', [model, alias, version]);
  }

  dropGateRecords(version: string, isMeant: (gate: string) => boolean): void {
    dropGates(this.db, version, isMeant);
  }

  addGateResult(version: string, event: EventOf<'gate.recorded'>, source: FactSource): void {
    writeGateResult(this.db, version, event, source);
  }

  setVote(question: Question, vote: CommentedVote, source: FactSource): void {
    writeVote(this.db, question, vote, source);
  }

  lapseVotes(of: VotesOf, lapse: Lapse, source: FactSource): void {
    lapseVotes(this.db, of, lapse, source);
  }

  dropVotes(subject: string): void {
    dropVotes(this.db, subject);
  }

  setRequest(question: Question, request: ReviewRequest, source: FactSource): void {
    writeRequest(this.db, question, request, source);
  }

  endRequests(subject: string, target?: string): void {
    endRequests(this.db, subject, target);
  }

  setPolicy(model: string, policy: Policy): void {
    this.records.addPolicy(model, policy);
    this.db.run('UPDATE models SET policy = ? WHERE id = ?', [JSON.stringify(policy), model]);
  }

  addUnknownEvent(event: UnknownEvent, { seq, position }: FactSource): void {
    this.db.run('INSERT INTO unknown_events (seq, position, type) VALUES (?, ?, ?)', [seq, position, event.type]);
  }

  seal(reason: string): void {
    this.db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('sealed', ?)", [reason]);
  }
}
