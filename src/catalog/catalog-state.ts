import * as v from 'valibot';
import { type EventOf, type Policy, policySchema } from '../log/events.ts';
import type { UnknownEvent } from '../log/intent.ts';
import { FIRST_STAGE } from '../rules/policy.ts';
import type {
  CommitRecord,
  FactSource,
  IntentOutcome,
  ModelRecord,
  RegistryState,
  StageMove,
  VersionRecord,
} from '../rules/state.ts';
import { int, isSet, maybeText, text } from './columns.ts';
import type { Row, Sqlite } from './sqlite.ts';

const VERSION = 'SELECT id, model, number, stage, artifact, description, fingerprint, deleted_seq FROM versions';
const MODEL = 'SELECT id, name, description, last_number, deleted_seq FROM models';

/** The rules' state on the catalog's tables. */
export class CatalogState implements RegistryState {
  readonly #db: Sqlite;
  #depth = 0;

  constructor(db: Sqlite) {
    this.#db = db;
  }

  atomically(change: () => boolean): void {
    const name = `change_${this.#depth}`;
    this.#depth += 1;
    this.#db.run(`SAVEPOINT ${name}`);
    let keep = false;
    try {
      keep = change();
    } finally {
      if (!keep) this.#db.run(`ROLLBACK TO ${name}`);
      this.#db.run(`RELEASE ${name}`);
      this.#depth -= 1;
    }
  }

  hasIntent(id: string): boolean {
    return this.#db.get('SELECT 1 FROM intents WHERE id = ? AND owns_id = 1', [id]) !== undefined;
  }

  isSealed(): boolean {
    return this.#db.get("SELECT 1 FROM meta WHERE key = 'sealed'") !== undefined;
  }

  model(anyId: string): ModelRecord | undefined {
    const row =
      this.#db.get(`${MODEL} WHERE id = ?`, [anyId]) ??
      this.#db.get(`${MODEL} WHERE id = (SELECT model FROM model_ids WHERE id = ?)`, [anyId]);
    return row && modelRecord(row);
  }

  modelByName(name: string): ModelRecord | undefined {
    const key = name.toLowerCase();
    const row =
      this.#db.get(`${MODEL} WHERE name_key = ? AND deleted_seq IS NULL`, [key]) ??
      this.#db.get(`${MODEL} WHERE id = (SELECT model FROM former_names WHERE name_key = ?) AND deleted_seq IS NULL`, [
        key,
      ]);
    return row && modelRecord(row);
  }

  version(anyId: string): VersionRecord | undefined {
    const row =
      this.#db.get(`${VERSION} WHERE id = ?`, [anyId]) ??
      this.#db.get(`${VERSION} WHERE id = (SELECT version FROM version_ids WHERE id = ?)`, [anyId]);
    return row && versionRecord(row);
  }

  latestVersion(model: string): VersionRecord | undefined {
    const row = this.#db.get(`${VERSION} WHERE model = ? AND deleted_seq IS NULL ORDER BY number DESC LIMIT 1`, [
      model,
    ]);
    return row && versionRecord(row);
  }

  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined {
    const where = 'model = ? AND artifact = ? AND run_id = ? AND deleted_seq IS NULL';
    const row = this.#db.get(`${VERSION} WHERE ${where} ORDER BY number DESC LIMIT 1`, [model, artifact, runId]);
    return row && versionRecord(row);
  }

  stagesInUse(model: string): readonly string[] {
    const sql = 'SELECT DISTINCT stage FROM versions WHERE model = ? AND deleted_seq IS NULL ORDER BY stage';
    return this.#db.all(sql, [model]).map((row) => text(row, 'stage'));
  }

  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[] {
    const sql = `${VERSION} WHERE model = ? AND stage = ? AND deleted_seq IS NULL ORDER BY number LIMIT ?`;
    return this.#db.all(sql, [model, stage, limit]).map(versionRecord);
  }

  holderStack(model: string, stage: string): readonly string[] {
    const sql = 'SELECT version FROM holder_stacks WHERE model = ? AND stage = ? ORDER BY depth';
    return this.#db.all(sql, [model, stage]).map((row) => text(row, 'version'));
  }

  hasHeld(version: string, stage: string): boolean {
    return this.#db.get('SELECT 1 FROM held WHERE version = ? AND stage = ?', [version, stage]) !== undefined;
  }

  alias(model: string, alias: string): string | undefined {
    const row = this.#db.get('SELECT version FROM aliases WHERE model = ? AND alias = ?', [model, alias]);
    return row && text(row, 'version');
  }

  aliasesOfModel(model: string): readonly string[] {
    return this.#db
      .all('SELECT alias FROM aliases WHERE model = ? ORDER BY alias', [model])
      .map((row) => text(row, 'alias'));
  }

  aliasesOfVersion(version: string): readonly string[] {
    return this.#db
      .all('SELECT alias FROM aliases WHERE version = ? ORDER BY alias', [version])
      .map((row) => text(row, 'alias'));
  }

  tag(subject: string, key: string): string | undefined {
    const row = this.#db.get('SELECT value FROM tags WHERE subject = ? AND key = ?', [subject, key]);
    return row && text(row, 'value');
  }

  metric(version: string, name: string): number | string | undefined {
    const sql =
      'SELECT value, special FROM metrics WHERE version = (SELECT key FROM versions WHERE id = ?) AND name = ?';
    const row = this.#db.get(sql, [version, name]);
    return row && (maybeText(row, 'special') ?? int(row, 'value'));
  }

  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined {
    const row = this.#db.get('SELECT status FROM artifacts WHERE digest = ?', [digest]);
    if (!row) return undefined;
    return text(row, 'status') === 'published' ? 'published' : 'withdrawn';
  }

  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[] {
    const sql = `${VERSION} WHERE artifact = ? AND deleted_seq IS NULL ORDER BY key LIMIT ?`;
    return this.#db.all(sql, [digest, limit]).map(versionRecord);
  }

  policy(model: string): Policy | undefined {
    const row = this.#db.get('SELECT policy FROM models WHERE id = ?', [model]);
    const json = row && maybeText(row, 'policy');
    return json === undefined ? undefined : v.parse(policySchema, JSON.parse(json));
  }

  approvers(version: string, stage: string): readonly string[] {
    const sql = 'SELECT person FROM approvals WHERE version = ? AND stage = ? AND is_given = 1 ORDER BY person';
    return this.#db.all(sql, [version, stage]).map((row) => text(row, 'person'));
  }

  addCommit(commit: CommitRecord): void {
    const { seq, hash, at, problem, needs = null } = commit;
    const sql = 'INSERT INTO commits (seq, hash, at, problem_code, problem, needs) VALUES (?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, [seq, hash, at, problem?.code ?? null, problem?.message ?? null, needs]);
  }

  addIntent(source: FactSource, subjects: readonly string[], outcome: IntentOutcome): void {
    this.#insertIntent(source.seq, source.position, source.intentId, true, outcome);
    for (const subject of subjects) {
      this.#db.run('INSERT INTO intent_subjects (subject, seq, position) VALUES (?, ?, ?)', [
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
    this.#insertIntent(place.seq, place.position, place.id ?? null, false, outcome);
  }

  #insertIntent(seq: number, position: number, id: string | null, ownsId: boolean, outcome: IntentOutcome): void {
    const code = outcome.kind === 'void' ? outcome.code : null;
    const message =
      outcome.kind === 'void' ? outcome.message : outcome.kind === 'unknown' ? outcome.needs.join(', ') : null;
    const sql = 'INSERT INTO intents (seq, position, id, owns_id, outcome, code, message) VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, [seq, position, id, ownsId ? 1 : 0, outcome.kind, code, message]);
  }

  addModel(event: EventOf<'model.created'>, source: FactSource): void {
    const key = event.name.toLowerCase();
    this.#db.run('DELETE FROM former_names WHERE name_key = ?', [key]);
    const columns = 'id, name, name_key, description, last_number, created_at, created_by_name, created_by_email';
    this.#db.run(`INSERT INTO models (${columns}) VALUES (?, ?, ?, ?, 0, ?, ?, ?)`, [
      event.model,
      event.name,
      key,
      event.description ?? '',
      source.at,
      source.by.name,
      source.by.email,
    ]);
  }

  addModelId(anyId: string, model: string): void {
    this.#db.run('INSERT INTO model_ids (id, model) VALUES (?, ?)', [anyId, model]);
  }

  updateModel(model: string, change: { readonly description?: string }): void {
    if (change.description !== undefined) {
      this.#db.run('UPDATE models SET description = ? WHERE id = ?', [change.description, model]);
    }
  }

  renameModel(model: string, name: string): void {
    this.#db.run(
      'INSERT OR REPLACE INTO former_names (name_key, name, model) SELECT name_key, name, id FROM models WHERE id = ?',
      [model],
    );
    this.#db.run('DELETE FROM former_names WHERE name_key = ?', [name.toLowerCase()]);
    this.#db.run('UPDATE models SET name = ?, name_key = ? WHERE id = ?', [name, name.toLowerCase(), model]);
  }

  deleteModel(model: string, source: FactSource): void {
    this.#db.run('UPDATE models SET deleted_seq = ? WHERE id = ?', [source.seq, model]);
    this.#db.run('UPDATE versions SET deleted_seq = ? WHERE model = ? AND deleted_seq IS NULL', [source.seq, model]);
    this.#db.run('UPDATE tenures SET to_seq = ? WHERE model = ? AND to_seq IS NULL', [source.seq, model]);
    this.#db.run('DELETE FROM aliases WHERE model = ?', [model]);
    this.#db.run('DELETE FROM former_names WHERE model = ?', [model]);
  }

  addVersion(
    event: EventOf<'version.registered'>,
    model: string,
    number: number,
    fingerprint: string,
    source: FactSource,
  ): void {
    const { run, code, data, base } = event;
    const columns = `id, model, number, stage, stage_since, stage_by_name, stage_by_email, artifact, size_bytes, file_count, description,
      run_id, fingerprint, code_commit, environment, lineage, created_at, asked_at, created_by_name, created_by_email, via`;
    this.#db.run(`INSERT INTO versions (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`, [
      event.version,
      model,
      number,
      FIRST_STAGE,
      source.at,
      source.by.name,
      source.by.email,
      event.artifact.digest,
      event.artifact.sizeBytes,
      event.artifact.fileCount,
      event.description,
      run?.id ?? null,
      fingerprint,
      code?.commit ?? null,
      event.environment ?? null,
      JSON.stringify({ run, code, data, base }),
      source.at,
      source.askedAt,
      source.by.name,
      source.by.email,
      source.via,
    ]);
    this.#db.run('UPDATE models SET last_number = ? WHERE id = ?', [number, model]);
    for (const [name, value] of Object.entries(event.params)) {
      this.#db.run('INSERT INTO params (version, name, value) VALUES ((SELECT key FROM versions WHERE id = ?), ?, ?)', [
        event.version,
        name,
        value,
      ]);
    }
  }

  addVersionId(anyId: string, version: string): void {
    this.#db.run('INSERT INTO version_ids (id, version) VALUES (?, ?)', [anyId, version]);
  }

  describeVersion(version: string, description: string): void {
    this.#db.run('UPDATE versions SET description = ? WHERE id = ?', [description, version]);
  }

  addNote(version: string, note: string, source: FactSource): void {
    this.#addRemark(version, 'note', note, source);
  }

  addComment(subject: string, comment: string, source: FactSource): void {
    this.#addRemark(subject, 'comment', comment, source);
  }

  #addRemark(subject: string, kind: string, remark: string, { at, by, intentId }: FactSource): void {
    const sql = 'INSERT INTO remarks (subject, kind, text, at, by_name, by_email, intent) VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, [subject, kind, remark, at, by.name, by.email, intentId]);
  }

  deleteVersion(version: string, source: FactSource): void {
    this.#db.run('UPDATE versions SET deleted_seq = ? WHERE id = ?', [source.seq, version]);
    this.#db.run('UPDATE tenures SET to_seq = ? WHERE version = ? AND to_seq IS NULL', [source.seq, version]);
  }

  setTag(subject: string, key: string, value: string | undefined): void {
    if (value === undefined) this.#db.run('DELETE FROM tags WHERE subject = ? AND key = ?', [subject, key]);
    else this.#db.run('INSERT OR REPLACE INTO tags (subject, key, value) VALUES (?, ?, ?)', [subject, key, value]);
  }

  addMetrics(version: string, metrics: Readonly<Record<string, number | string>>): void {
    const sql =
      'INSERT INTO metrics (version, name, value, special) VALUES ((SELECT key FROM versions WHERE id = ?), ?, ?, ?)';
    for (const [name, value] of Object.entries(metrics)) {
      this.#db.run(sql, [
        version,
        name,
        typeof value === 'number' ? value : null,
        typeof value === 'string' ? value : null,
      ]);
    }
  }

  addEvaluation(version: string, event: EventOf<'version.evaluated'>, { at, by }: FactSource): void {
    const sql =
      'INSERT INTO evaluations (version, dataset, slice, metrics, at, by_name, by_email) VALUES (?, ?, ?, ?, ?, ?, ?)';
    const dataset = event.dataset?.name ?? null;
    this.#db.run(sql, [version, dataset, event.slice ?? null, JSON.stringify(event.metrics), at, by.name, by.email]);
  }

  setArtifactStatus(digest: string, status: 'published' | 'withdrawn'): void {
    this.#db.run('INSERT OR REPLACE INTO artifacts (digest, status) VALUES (?, ?)', [digest, status]);
  }

  addEnvironment(event: EventOf<'environment.recorded'>): void {
    if (this.#db.get('SELECT 1 FROM environments WHERE digest = ?', [event.digest])) return;
    this.#db.run('INSERT INTO environments (digest, python) VALUES (?, ?)', [event.digest, event.python ?? null]);
    for (const { name, version } of event.packages) {
      this.#db.run('INSERT OR IGNORE INTO packages (environment, name, version) VALUES (?, ?, ?)', [
        event.digest,
        name,
        version,
      ]);
    }
  }

  setStage(version: string, move: StageMove, source: FactSource): void {
    const { seq, at, askedAt, by } = source;
    this.#db.run('UPDATE versions SET stage = ?, stage_since = ?, stage_by_name = ?, stage_by_email = ? WHERE id = ?', [
      move.to,
      at,
      by.name,
      by.email,
      version,
    ]);
    this.#db.run(
      `INSERT INTO transitions (version, model, seq, from_stage, to_stage, kind, reason, is_override, related, at, asked_at, by_name, by_email)
       VALUES (?, (SELECT model FROM versions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        version,
        version,
        seq,
        move.from,
        move.to,
        move.kind,
        move.reason,
        move.isOverride ? 1 : 0,
        JSON.stringify(move.related),
        at,
        askedAt,
        by.name,
        by.email,
      ],
    );
    this.#db.run('UPDATE tenures SET to_seq = ? WHERE version = ? AND to_seq IS NULL', [seq, version]);
    this.#db.run(
      `INSERT INTO tenures (model, stage, version, from_seq, since, by_name, by_email, reason)
       VALUES ((SELECT model FROM versions WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)`,
      [version, move.to, version, seq, at, by.name, by.email, move.reason],
    );
    this.#db.run('INSERT OR IGNORE INTO held (version, stage) VALUES (?, ?)', [version, move.to]);
  }

  setHolderStack(model: string, stage: string, versions: readonly string[]): void {
    this.#db.run('DELETE FROM holder_stacks WHERE model = ? AND stage = ?', [model, stage]);
    for (const [depth, version] of versions.entries()) {
      this.#db.run('INSERT INTO holder_stacks (model, stage, depth, version) VALUES (?, ?, ?, ?)', [
        model,
        stage,
        depth,
        version,
      ]);
    }
  }

  setAlias(model: string, alias: string, version: string | undefined): void {
    if (version === undefined) this.#db.run('DELETE FROM aliases WHERE model = ? AND alias = ?', [model, alias]);
    else
      this.#db.run('INSERT OR REPLACE INTO aliases (model, alias, version) VALUES (?, ?, ?)', [model, alias, version]);
  }

  addGateResult(version: string, event: EventOf<'gate.recorded'>, { at, by }: FactSource): void {
    const sql =
      'INSERT INTO gate_results (version, stage, gate, outcome, evidence, at, by_name, by_email) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, [version, event.stage, event.gate, event.outcome, event.evidence ?? null, at, by.name, by.email]);
  }

  setApproval(
    version: string,
    stage: string,
    person: string,
    isGiven: boolean,
    comment: string,
    { at }: FactSource,
  ): void {
    const sql =
      'INSERT OR REPLACE INTO approvals (version, stage, person, is_given, comment, at) VALUES (?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, [version, stage, person, isGiven ? 1 : 0, comment, at]);
  }

  setPolicy(model: string, policy: Policy): void {
    this.#db.run('UPDATE models SET policy = ? WHERE id = ?', [JSON.stringify(policy), model]);
  }

  addUnknownEvent(event: UnknownEvent, { seq, position }: FactSource): void {
    this.#db.run('INSERT INTO unknown_events (seq, position, type) VALUES (?, ?, ?)', [seq, position, event.type]);
  }

  seal(reason: string): void {
    this.#db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('sealed', ?)", [reason]);
  }
}

function modelRecord(row: Row): ModelRecord {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    description: text(row, 'description'),
    lastNumber: int(row, 'last_number'),
    isDeleted: isSet(row, 'deleted_seq'),
  };
}

function versionRecord(row: Row): VersionRecord {
  return {
    id: text(row, 'id'),
    model: text(row, 'model'),
    number: int(row, 'number'),
    stage: text(row, 'stage'),
    artifact: text(row, 'artifact'),
    description: text(row, 'description'),
    isDeleted: isSet(row, 'deleted_seq'),
    fingerprint: text(row, 'fingerprint'),
  };
}
