import * as v from 'valibot';
import {
  APPROVALS_COLUMNS,
  authorValues,
  NEWEST_GATES_COLUMNS,
  REQUESTS_COLUMNS,
  valuesJson,
  WRITTEN_VERSION_COLUMNS,
} from '../column-values.ts';
import { searchedFacts } from '../facts-columns.ts';
import { insertRows } from '../insert-rows.ts';
import { markSearched, type SearchedVersion, writeSearched } from '../search/search-index.ts';
import type { Sqlite, SqlValue } from '../sqlite.ts';
import type { BulkModel, BulkTenure, BulkVersion } from './bulk-records.ts';
import type { BulkState } from './bulk-state.ts';

const SEARCHED_AT_ONCE = 20_000;

const FACTS: Readonly<Record<keyof BulkState['facts'], string>> = {
  commits: 'commits (seq, hash, at, problem_code, problem, needs)',
  intents: 'intents (seq, position, id, owns_id, outcome, code, message, signer)',
  intentSubjects: 'intent_subjects (subject, seq, position)',
  remarks: 'remarks (subject, kind, text, at, by_name, by_email, by_signer, intent)',
  transitions:
    'transitions (version, model, seq, from_stage, to_stage, kind, reason, is_override, overridden, related, at, asked_at, by_name, by_email, by_signer)',
  evaluations: 'evaluations (version, dataset, slice, metrics, at, by_name, by_email, by_signer)',
  evaluationDetails: 'evaluation_details (dataset_sha256, intervals, predictions, rows)',
  gateResults: 'gate_results (version, stage, gate, outcome, evidence, at, by_name, by_email, by_signer)',
  unknownEvents: 'unknown_events (seq, position, type)',
};

/** Writes, and takes out of `state`, the rows that never change again. */
export function writeFacts(db: Sqlite, state: BulkState): void {
  for (const [name, target] of Object.entries(FACTS) as [keyof BulkState['facts'], string][]) {
    insertRows(db, target, state.facts[name]);
    state.facts[name].length = 0;
  }
}

/** Writes what `writeFacts` doesn't, into tables that are empty. Each in the order of its key, in which it is written fastest. */
export function writeState(db: Sqlite, state: BulkState): void {
  const models = [...state.models.values()];
  const versions = [...state.versions.values()];
  insertRows(
    db,
    'models (id, name, name_key, description, last_number, version_count, policy, created_at, created_by_name, created_by_email, created_by_signer, deleted_seq)',
    byKey(models.map(modelRow)),
  );
  insertRows(db, 'model_ids (id, model)', byKey([...state.modelIds]));
  insertRows(
    db,
    'former_names (name_key, name, model)',
    byKey([...state.formerNames].map(([key, { name, model }]) => [key, name, model])),
  );
  insertAll(db, `versions (${WRITTEN_VERSION_COLUMNS}, deleted_seq)`, versions, versionRow);
  writeInputs(db, versions);
  insertRows(db, 'version_ids (id, version)', byKey([...state.versionIds]));
  insertRows(
    db,
    'tags (subject, key, value)',
    byKey([...state.tags].flatMap(([subject, tags]) => [...tags].map(([key, value]) => [subject, key, value]))),
  );
  insertRows(
    db,
    'aliases (model, alias, version)',
    byKey(
      models.flatMap(({ event, aliases }) => [...aliases].map(([alias, version]) => [event.model, alias, version])),
    ),
  );
  insertAll(
    db,
    'tenures (model, stage, version, from_seq, to_seq, since, by_name, by_email, by_signer, reason)',
    state.tenures,
    tenureRow,
  );
  insertRows(
    db,
    'holder_stacks (model, stage, depth, version)',
    [...state.stacks].flatMap(([model, stacks]) =>
      [...stacks].flatMap(([stage, stack]) =>
        stack.holders().map(({ depth, version }) => [model, stage, depth, version]),
      ),
    ),
  );
  insertRows(
    db,
    'held (version, stage)',
    byKey(versions.flatMap(({ event, held }) => [...held].map((stage) => [event.version, stage]))),
  );
  insertRows(db, `newest_gates (${NEWEST_GATES_COLUMNS})`, state.reviews.gateRows());
  insertRows(db, `approvals (${APPROVALS_COLUMNS})`, state.reviews.voteRows());
  insertRows(db, `requests (${REQUESTS_COLUMNS})`, state.reviews.requestRows());
  insertRows(
    db,
    'artifacts (digest, status, since)',
    byKey([...state.artifacts].map(([digest, { status, since }]) => [digest, status, since])),
  );
  const environments = [...state.environments.values()];
  insertRows(
    db,
    'environments (digest, python)',
    environments.map(({ digest, python = null }) => [digest, python]),
  );
  insertRows(
    db,
    'packages (environment, name, version)',
    environments.flatMap(({ digest, packages }) => packages.map(({ name, version }) => [digest, name, version])),
  );
  insertRows(
    db,
    'conda_packages (environment, name)',
    environments.flatMap(({ digest, conda }) => [...new Set(conda ?? [])].map((name) => [digest, name])),
  );
  if (state.sealed !== undefined) db.run("INSERT INTO meta (key, value) VALUES ('sealed', ?)", [state.sealed]);
}

/** In the order in which versions came with them, as they are numbered one by one. */
function writeInputs(db: Sqlite, versions: readonly BulkVersion[]): void {
  const ids = new Map<string, number>();
  const inputs: SqlValue[][] = [];
  const rows: [number, number][] = [];
  for (const [index, version] of versions.entries()) {
    for (const input of version.inputs) {
      let id = ids.get(input);
      if (id === undefined) {
        id = ids.size + 1;
        ids.set(input, id);
        inputs.push([id, ...v.parse(inputSchema, JSON.parse(input))]);
      }
      rows.push([id, index + 1]);
    }
  }
  insertRows(db, 'inputs (id, kind, name, digest)', inputs);
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  insertRows(db, 'version_inputs (input, version)', rows);
}

const inputSchema = v.tuple([v.string(), v.string(), v.string()]);

/**
 * Writes what searches look up, from memory instead of from the tables. Versions are taken many at a time: rows that are sorted within
 * more of them fall into place faster.
 */
export function writeSearch(db: Sqlite, state: BulkState, seq: number): void {
  const versions = [...state.versions.values()];
  const names = new Map<string, number>();
  for (let start = 0; start < versions.length; start += SEARCHED_AT_ONCE) {
    const some = versions.slice(start, start + SEARCHED_AT_ONCE);
    writeSearched(
      db,
      some.map((version, index) => searched(version, start + index + 1, state.tags.get(version.event.version))),
      names,
    );
  }
  markSearched(db, seq);
}

function searched(version: BulkVersion, key: number, tags: ReadonlyMap<string, string> = new Map()): SearchedVersion {
  const { description, metrics, remarks, aliases, event, facts } = version;
  const params = event.params;
  const words = [description, ...remarks, ...[...tags].flat(), ...aliases, ...Object.entries(params).flat()].join('\n');
  const summary = typeof facts[0] === 'string' ? facts[0] : undefined;
  return { key, metrics, params, facts: searchedFacts(summary), words };
}

/** Rows are made as they are written, so that they aren't in memory all at once. */
function insertAll<T>(db: Sqlite, target: string, items: readonly T[], rowOf: (item: T) => readonly SqlValue[]): void {
  const batch = 1024;
  for (let start = 0; start < items.length; start += batch) {
    insertRows(db, target, items.slice(start, start + batch).map(rowOf));
  }
}

function byKey(rows: (readonly SqlValue[])[]): readonly (readonly SqlValue[])[] {
  return rows.sort(([a, b], [c, d]) => compare(a, c) || compare(b, d));
}

function compare(a: SqlValue | undefined, b: SqlValue | undefined): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function modelRow({ event, source, ...model }: BulkModel): readonly SqlValue[] {
  return [
    event.model,
    model.name,
    model.name.toLowerCase(),
    model.description,
    model.lastNumber,
    model.versionCount,
    model.policy === undefined ? null : JSON.stringify(model.policy),
    source.at,
    ...authorValues(source.by),
    model.deletedSeq ?? null,
  ];
}

function versionRow(version: BulkVersion): readonly SqlValue[] {
  const { event, facts, source, stageBy } = version;
  return [
    event.version,
    version.model,
    version.number,
    version.stage,
    version.stageSince,
    ...authorValues(stageBy),
    event.artifact.digest,
    event.artifact.sizeBytes,
    event.artifact.fileCount,
    version.description,
    valuesJson(version.metrics),
    valuesJson(event.params),
    event.runId ?? null,
    version.fingerprint,
    event.commit ?? null,
    event.environment ?? null,
    event.base ?? null,
    ...facts,
    source.at,
    ...authorValues(source.by),
    source.via,
    source.seq,
    source.position,
    version.changedSeq,
    version.deletedSeq ?? null,
  ];
}

function tenureRow({ row, toSeq }: BulkTenure): readonly SqlValue[] {
  return [...row.slice(0, 4), toSeq, ...row.slice(4)];
}
