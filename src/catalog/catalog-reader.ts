import * as v from 'valibot';
import { type Policy, policySchema } from '../log/policy-schema.ts';
import type { FactAuthor, GateRecord, ModelRecord, VersionRecord, Vote } from '../rules/state.ts';
import { author, int, isSet, maybeText, text } from './columns.ts';
import { gateResult, newestGateResults, votesOn } from './gate-queries.ts';
import { RecordCache } from './record-cache.ts';
import type { Row, Sqlite } from './sqlite.ts';

const VERSION = 'SELECT id, model, number, stage, artifact, description, fingerprint, deleted_seq FROM versions';
const MODEL = 'SELECT id, name, description, last_number, deleted_seq FROM models';

const metricsSchema = v.record(v.string(), v.union([v.number(), v.string()]));

/** What the rules ask of the catalog's tables. */
export class CatalogReader {
  protected readonly db: Sqlite;
  protected readonly records = new RecordCache();

  constructor(db: Sqlite) {
    this.db = db;
  }

  atomically(change: () => boolean): void {
    let isKept = false;
    try {
      this.db.atomically(() => {
        isKept = change();
        return isKept;
      });
    } finally {
      if (!isKept) this.records.forget();
    }
  }

  hasIntent(id: string): boolean {
    return this.db.get('SELECT 1 FROM intents WHERE id = ? AND owns_id = 1', [id]) !== undefined;
  }

  isSealed(): boolean {
    return this.db.get("SELECT 1 FROM meta WHERE key = 'sealed'") !== undefined;
  }

  model(anyId: string): ModelRecord | undefined {
    const known = this.records.model(anyId);
    if (known) return known;
    const row =
      this.db.get(`${MODEL} WHERE id = ?`, [anyId]) ??
      this.db.get(`${MODEL} WHERE id = (SELECT model FROM model_ids WHERE id = ?)`, [anyId]);
    return row && this.records.addModel(modelRecord(row));
  }

  modelByName(name: string): ModelRecord | undefined {
    const key = name.toLowerCase();
    const row =
      this.db.get(`${MODEL} WHERE name_key = ? AND deleted_seq IS NULL`, [key]) ??
      this.db.get(`${MODEL} WHERE id = (SELECT model FROM former_names WHERE name_key = ?) AND deleted_seq IS NULL`, [
        key,
      ]);
    return row && modelRecord(row);
  }

  version(anyId: string): VersionRecord | undefined {
    const known = this.records.version(anyId);
    if (known) return known;
    const row =
      this.db.get(`${VERSION} WHERE id = ?`, [anyId]) ??
      this.db.get(`${VERSION} WHERE id = (SELECT version FROM version_ids WHERE id = ?)`, [anyId]);
    return row && this.records.addVersion(versionRecord(row));
  }

  latestVersion(model: string): VersionRecord | undefined {
    const row = this.db.get(`${VERSION} WHERE model = ? AND deleted_seq IS NULL ORDER BY number DESC LIMIT 1`, [model]);
    return row && versionRecord(row);
  }

  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined {
    // Few at most; sorting them in SQLite takes longer than finding them.
    const rows = this.db.all(`${VERSION} WHERE run_id = ? AND model = ? AND artifact = ? AND deleted_seq IS NULL`, [
      runId,
      model,
      artifact,
    ]);
    return rows
      .map(versionRecord)
      .reduce<VersionRecord | undefined>(
        (newest, version) => (newest && newest.number > version.number ? newest : version),
        undefined,
      );
  }

  stagesInUse(model: string): readonly string[] {
    const sql = 'SELECT DISTINCT stage FROM versions WHERE model = ? AND deleted_seq IS NULL ORDER BY stage';
    return this.db.all(sql, [model]).map((row) => text(row, 'stage'));
  }

  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[] {
    const sql = `${VERSION} WHERE model = ? AND stage = ? AND deleted_seq IS NULL ORDER BY number LIMIT ?`;
    return this.db.all(sql, [model, stage, limit]).map(versionRecord);
  }

  holderStack(model: string, stage: string, limit: number): readonly string[] {
    const sql = 'SELECT version FROM holder_stacks WHERE model = ? AND stage = ? ORDER BY depth DESC LIMIT ?';
    return this.db.all(sql, [model, stage, limit]).map((row) => text(row, 'version'));
  }

  isOnHolderStack(model: string, stage: string, version: string): boolean {
    const sql = 'SELECT 1 FROM holder_stacks WHERE version = ? AND stage = ? AND model = ?';
    return this.db.get(sql, [version, stage, model]) !== undefined;
  }

  hasHeld(version: string, stage: string): boolean {
    return this.db.get('SELECT 1 FROM held WHERE version = ? AND stage = ?', [version, stage]) !== undefined;
  }

  lastHolder(model: string, stage: string, except: string): VersionRecord | undefined {
    const held = `SELECT t.version FROM tenures t JOIN versions v ON v.id = t.version
      WHERE t.model = ? AND t.stage = ? AND t.version <> ? AND v.deleted_seq IS NULL ORDER BY t.from_seq DESC, t.id DESC LIMIT 1`;
    const row = this.db.get(held, [model, stage, except]);
    return row && this.version(text(row, 'version'));
  }

  alias(model: string, alias: string): string | undefined {
    const row = this.db.get('SELECT version FROM aliases WHERE model = ? AND alias = ?', [model, alias]);
    return row && text(row, 'version');
  }

  aliasesOfModel(model: string): readonly string[] {
    return this.db
      .all('SELECT alias FROM aliases WHERE model = ? ORDER BY alias', [model])
      .map((row) => text(row, 'alias'));
  }

  aliasesOfVersion(version: string): readonly string[] {
    return this.db
      .all('SELECT alias FROM aliases WHERE version = ? ORDER BY alias', [version])
      .map((row) => text(row, 'alias'));
  }

  tag(subject: string, key: string): string | undefined {
    const row = this.db.get('SELECT value FROM tags WHERE subject = ? AND key = ?', [subject, key]);
    return row && text(row, 'value');
  }

  metric(version: string, name: string): number | string | undefined {
    const metrics = this.metricsOf(version);
    return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  }

  protected metricsOf(version: string): Readonly<Record<string, number | string>> {
    const row = this.db.get('SELECT metrics FROM versions WHERE id = ?', [version]);
    return row ? v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))) : {};
  }

  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined {
    const row = this.db.get('SELECT status FROM artifacts WHERE digest = ?', [digest]);
    if (!row) return undefined;
    return text(row, 'status') === 'published' ? 'published' : 'withdrawn';
  }

  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[] {
    const sql = `${VERSION} WHERE artifact = ? AND deleted_seq IS NULL ORDER BY key LIMIT ?`;
    return this.db.all(sql, [digest, limit]).map(versionRecord);
  }

  policy(model: string): Policy | undefined {
    const known = this.records.policy(model);
    if (known !== undefined) return known ?? undefined;
    return this.records.addPolicy(model, this.#readPolicy(model));
  }

  #readPolicy(model: string): Policy | undefined {
    const row = this.db.get('SELECT policy FROM models WHERE id = ?', [model]);
    const json = row && maybeText(row, 'policy');
    return json === undefined ? undefined : v.parse(policySchema, JSON.parse(json));
  }

  policies(): readonly Policy[] {
    const sql = 'SELECT id FROM models WHERE policy IS NOT NULL AND deleted_seq IS NULL ORDER BY id';
    return this.db.all(sql).flatMap((row) => this.policy(text(row, 'id')) ?? []);
  }

  votes(subject: string, target: string): readonly Vote[] {
    return votesOn(this.db, subject, target);
  }

  authorOf(version: string): FactAuthor {
    const sql = 'SELECT created_by_name, created_by_email, created_by_signer FROM versions WHERE id = ?';
    const row = this.db.get(sql, [version]);
    return row ? author(row, 'created_by') : { name: '', email: '' };
  }

  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined {
    const row = this.db.get('SELECT * FROM newest_gates WHERE version = ? AND stage = ? AND gate = ?', [
      version,
      stage,
      gate,
    ]);
    return row && gateResult(row);
  }

  gateRecords(version: string, stage: string): readonly GateRecord[] {
    return newestGateResults(this.db, version, stage);
  }

  hasRequest(subject: string, target: string): boolean {
    return this.db.get('SELECT 1 FROM requests WHERE subject = ? AND target = ?', [subject, target]) !== undefined;
  }

  requestCount(subject: string): number {
    return Number(this.db.get('SELECT count(*) AS count FROM requests WHERE subject = ?', [subject])?.count ?? 0);
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
