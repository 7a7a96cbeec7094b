/**
 * The catalog's tables: a plain SQLite file that people may query (docs/format.md, "Catalog"). Raise the number with every change,
 * of this text or of what the rules write into it: a file of another number is left alone and a new one is built from the log.
 */
export const CATALOG_SCHEMA = 11;

export const CATALOG_SQL = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE commits (
  seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, at TEXT NOT NULL,
  problem_code TEXT, problem TEXT, needs TEXT
);
CREATE INDEX commits_with_problem ON commits (seq) WHERE problem IS NOT NULL OR needs IS NOT NULL;

CREATE TABLE intents (
  seq INTEGER NOT NULL, position INTEGER NOT NULL, id TEXT, owns_id INTEGER NOT NULL,
  outcome TEXT NOT NULL, code TEXT, message TEXT, signer TEXT,
  PRIMARY KEY (seq, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX intents_by_id ON intents (id) WHERE owns_id = 1;
CREATE INDEX intents_without_effect ON intents (seq, position) WHERE outcome <> 'applied';
CREATE TABLE intent_subjects (
  subject TEXT NOT NULL, seq INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (subject, seq, position)
) WITHOUT ROWID;

CREATE TABLE models (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, description TEXT NOT NULL, last_number INTEGER NOT NULL,
  version_count INTEGER NOT NULL, policy TEXT, created_at TEXT NOT NULL, created_by_name TEXT NOT NULL, created_by_email TEXT NOT NULL, created_by_signer TEXT, deleted_seq INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX models_by_name ON models (name_key) WHERE deleted_seq IS NULL;
CREATE TABLE former_names (name_key TEXT PRIMARY KEY, name TEXT NOT NULL, model TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE model_ids (id TEXT PRIMARY KEY, model TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE versions (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL, number INTEGER NOT NULL,
  stage TEXT NOT NULL, stage_since TEXT NOT NULL, stage_by_name TEXT NOT NULL, stage_by_email TEXT NOT NULL, stage_by_signer TEXT,
  artifact TEXT NOT NULL, size_bytes INTEGER NOT NULL, file_count INTEGER NOT NULL,
  description TEXT NOT NULL, metrics TEXT NOT NULL, params TEXT NOT NULL,
  run_id TEXT, fingerprint TEXT NOT NULL, code_commit TEXT, environment TEXT, base TEXT,
  facts TEXT, weights TEXT, facts_object TEXT, history TEXT, patch TEXT,
  created_at TEXT NOT NULL, created_by_name TEXT NOT NULL, created_by_email TEXT NOT NULL, created_by_signer TEXT,
  via TEXT NOT NULL, seq INTEGER NOT NULL, position INTEGER NOT NULL, changed_seq INTEGER NOT NULL, deleted_seq INTEGER
);
CREATE UNIQUE INDEX versions_by_number ON versions (model, number);
CREATE INDEX versions_by_stage ON versions (model, stage, number) WHERE deleted_seq IS NULL;
CREATE INDEX versions_of_stage ON versions (stage, key) WHERE deleted_seq IS NULL;
CREATE INDEX versions_by_artifact ON versions (artifact);
CREATE INDEX versions_by_run ON versions (run_id, model) WHERE run_id IS NOT NULL;
CREATE INDEX versions_by_commit ON versions (code_commit) WHERE code_commit IS NOT NULL;
CREATE INDEX versions_by_weights ON versions (weights) WHERE weights IS NOT NULL;
CREATE TABLE version_ids (id TEXT PRIMARY KEY, version TEXT NOT NULL) WITHOUT ROWID;

CREATE INDEX versions_by_change ON versions (changed_seq);
CREATE VIEW metrics AS SELECT v.key AS version, m.key AS name, m.value FROM versions v, json_each(v.metrics) m;
CREATE VIEW params AS SELECT v.key AS version, p.key AS name, p.value FROM versions v, json_each(v.params) p;
CREATE TABLE tags (subject TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (subject, key)) WITHOUT ROWID;
CREATE INDEX tags_by_key ON tags (key, value);
CREATE TABLE aliases (model TEXT NOT NULL, alias TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY (model, alias)) WITHOUT ROWID;
CREATE INDEX aliases_of_version ON aliases (version);
CREATE TABLE remarks (
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
  by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT, intent TEXT NOT NULL
);
CREATE INDEX remarks_of_subject ON remarks (subject, kind, id);

CREATE TABLE transitions (
  id INTEGER PRIMARY KEY, version TEXT NOT NULL, model TEXT NOT NULL, seq INTEGER NOT NULL,
  from_stage TEXT NOT NULL, to_stage TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, is_override INTEGER NOT NULL,
  overridden TEXT, related TEXT NOT NULL, at TEXT NOT NULL, asked_at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT
);
CREATE INDEX transitions_of_version ON transitions (version, id);
CREATE INDEX transitions_of_model ON transitions (model, id);
CREATE TABLE tenures (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, stage TEXT NOT NULL, version TEXT NOT NULL,
  from_seq INTEGER NOT NULL, to_seq INTEGER, since TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT, reason TEXT NOT NULL
);
CREATE INDEX tenures_of_model ON tenures (model, stage, from_seq);
CREATE INDEX tenures_open ON tenures (version) WHERE to_seq IS NULL;
CREATE INDEX tenures_of_stage ON tenures (stage) WHERE to_seq IS NULL;
CREATE TABLE holder_stacks (
  model TEXT NOT NULL, stage TEXT NOT NULL, depth INTEGER NOT NULL, version TEXT NOT NULL,
  PRIMARY KEY (model, stage, depth)
) WITHOUT ROWID;
CREATE UNIQUE INDEX holder_stacks_by_version ON holder_stacks (version, stage);
CREATE TABLE held (version TEXT NOT NULL, stage TEXT NOT NULL, PRIMARY KEY (version, stage)) WITHOUT ROWID;

CREATE TABLE evaluations (
  id INTEGER PRIMARY KEY, version TEXT NOT NULL, dataset TEXT, slice TEXT, metrics TEXT NOT NULL,
  at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT
);
CREATE INDEX evaluations_of_version ON evaluations (version, id);
CREATE TABLE evaluation_details (id INTEGER PRIMARY KEY, dataset_sha256 TEXT, intervals TEXT, predictions TEXT, rows INTEGER);
CREATE INDEX evaluations_by_predictions ON evaluation_details (predictions) WHERE predictions IS NOT NULL;
CREATE TABLE gate_results (
  id INTEGER PRIMARY KEY, version TEXT NOT NULL, stage TEXT NOT NULL, gate TEXT NOT NULL, outcome TEXT NOT NULL, evidence TEXT,
  at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT
);
CREATE INDEX gate_results_by_evidence ON gate_results (evidence) WHERE evidence IS NOT NULL;
CREATE TABLE newest_gates (
  version TEXT NOT NULL, stage TEXT NOT NULL, gate TEXT NOT NULL, outcome TEXT NOT NULL, evidence TEXT,
  against_stage TEXT, against_version TEXT, at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT,
  PRIMARY KEY (version, stage, gate)
) WITHOUT ROWID;
CREATE TABLE approvals (
  subject TEXT NOT NULL, target TEXT NOT NULL, person TEXT NOT NULL, model TEXT NOT NULL, is_given INTEGER NOT NULL, comment TEXT NOT NULL,
  lapse TEXT, lapsed TEXT, lapsed_at TEXT, seq INTEGER NOT NULL, at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT,
  PRIMARY KEY (subject, target, person)
) WITHOUT ROWID;
CREATE INDEX approvals_that_stand ON approvals (model, target) WHERE is_given = 1 AND lapse IS NULL;
CREATE TABLE requests (
  subject TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL, comment TEXT NOT NULL, reviewers TEXT NOT NULL, policy TEXT,
  seq INTEGER NOT NULL, at TEXT NOT NULL, asked_at TEXT NOT NULL, by_name TEXT NOT NULL, by_email TEXT NOT NULL, by_signer TEXT,
  PRIMARY KEY (subject, target)
) WITHOUT ROWID;
CREATE INDEX requests_of_model ON requests (model);

CREATE TABLE artifacts (digest TEXT PRIMARY KEY, status TEXT NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE environments (digest TEXT PRIMARY KEY, python TEXT) WITHOUT ROWID;
CREATE TABLE packages (
  environment TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
  PRIMARY KEY (environment, name, version)
) WITHOUT ROWID;
CREATE INDEX packages_by_name ON packages (name, version);
CREATE TABLE conda_packages (environment TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (environment, name)) WITHOUT ROWID;
CREATE TABLE inputs (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (kind, name, digest)
);
CREATE INDEX inputs_by_digest ON inputs (digest) WHERE kind = 'data' AND digest <> '';
CREATE TABLE version_inputs (
  input INTEGER NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (input, version)
) WITHOUT ROWID;
CREATE TABLE unknown_events (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL);

CREATE TABLE value_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE metric_values (
  name INTEGER NOT NULL, value REAL NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (name, value, version)
) WITHOUT ROWID;
CREATE TABLE param_values (
  name INTEGER NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (name, value, version)
) WITHOUT ROWID;
CREATE TABLE fact_values (
  name TEXT NOT NULL, value NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (name, value, version)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE version_texts USING fts4(content="", body, tokenize=unicode61 "remove_diacritics=0", matchinfo=fts3, order=desc);
`;

/** The schema in two parts: many rows are written faster before there are indexes. */
export const CATALOG_SQL_IN_PARTS = splitSql(CATALOG_SQL);

function splitSql(sql: string): { readonly tables: string; readonly indexes: string } {
  const statements = sql.split(/(?<=;)\n/);
  const isIndex = (statement: string) => /^\s*CREATE (UNIQUE )?INDEX/.test(statement);
  return {
    tables: statements.filter((statement) => !isIndex(statement)).join('\n'),
    indexes: statements.filter(isIndex).join('\n'),
  };
}
