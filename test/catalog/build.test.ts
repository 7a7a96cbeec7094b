import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { buildCatalog } from '../../src/catalog/bulk/build-catalog.ts';
import { CatalogState } from '../../src/catalog/catalog-state.ts';
import { catchUpSearch } from '../../src/catalog/search/search-index.ts';
import { emptyCatalog } from '../../src/catalog/snapshot.ts';
import type { Sqlite } from '../../src/catalog/sqlite.ts';
import { encodeCommit } from '../../src/log/commit.ts';
import { environmentDigest } from '../../src/log/environment-digest.ts';
import { applyCommit, type LogPosition } from '../../src/rules/apply-commit.ts';
import { policyDigest } from '../../src/rules/expectations.ts';
import { signingKey } from '../log/signing-key.ts';
import { type Random, seededRandom } from '../simulation/random.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000000';
const FORMAT_HASH = sha256Hex('format');
const KEYS = [signingKey('one'), signingKey('two')];
const STAGES = ['candidate', 'staging', 'production', 'archived', 'shadow'];

const idOf = (kind: string, number: number) => `01M84GD1DEN${kind}${String(number).padStart(9, '0')}`;
const modelId = (number: number) => idOf('M0DE1X', number);
const versionId = (number: number) => idOf('VERS0N', number);
const digestOf = (number: number) => sha256Hex(`artifact ${number}`);

/** Random events over few names and ids, so that most of them meet: legal ones, and all the ways in which they aren't. */
class Author {
  readonly #random: Random;
  readonly #state: CatalogState;
  #models = 0;
  #versions = 0;

  constructor(random: Random, state: CatalogState) {
    this.#random = random;
    this.#state = state;
  }

  #number(below: number): number {
    return this.#random.below(below);
  }
  #pick<T>(of: readonly T[]): T {
    return this.#random.pick(of);
  }
  #model(): string {
    return modelId(this.#number(this.#models + 1));
  }
  #version(): string {
    return versionId(this.#number(this.#versions + 1));
  }
  #tags(): Record<string, string> {
    return Object.fromEntries(
      Array.from({ length: this.#number(3) }, () => [this.#pick(['team', 'use', 'Zürich']), this.#pick(['a', 'b'])]),
    );
  }

  event(): object {
    const make = this.#pick([
      () => ({
        type: 'model.created',
        model: modelId(this.#pick([this.#models++, 0])),
        name: this.#pick(['fraud', 'churn', 'Fraud', 'risk', 'spam']),
        tags: this.#tags(),
      }),
      () => this.#registered(),
      () => this.#registered(),
      () => this.#registered(),
      () => this.#stageChanged(),
      () => this.#stageChanged(),
      () => this.#stageChanged(),
      () => this.#stageChanged(),
      () => ({
        type: 'model.updated',
        model: this.#model(),
        description: this.#pick(['one', 'two']),
        setTags: this.#tags(),
        removeTags: ['team'],
      }),
      () => ({ type: 'model.renamed', model: this.#model(), name: this.#pick(['fraud', 'FRAUD', 'churn', 'next']) }),
      () =>
        this.#number(6) === 0 ? { type: 'model.deleted', model: this.#model(), reason: 'old' } : this.#registered(),
      () => ({
        type: 'version.annotated',
        version: this.#version(),
        description: this.#pick(['better', 'worse']),
        ...(this.#number(2) ? { note: 'a note' } : {}),
        setTags: this.#tags(),
        removeTags: ['use'],
      }),
      () => ({
        type: 'version.evaluated',
        version: this.#version(),
        metrics: { [this.#pick(['auc', 'f1', 'new'])]: this.#number(3) },
        ...(this.#number(2) ? { slice: 'holdout' } : {}),
      }),
      () => ({ type: 'version.deleted', version: this.#version(), reason: 'bad' }),
      () => ({ type: 'artifact.published', artifact: digestOf(this.#number(6)) }),
      () => ({ type: 'artifact.withdrawn', artifact: digestOf(this.#number(6)), reason: 'space' }),
      () => this.#environment(),
      () => ({
        type: 'alias.set',
        model: this.#model(),
        alias: this.#pick(['champion', 'next']),
        version: this.#version(),
      }),
      () => ({ type: 'alias.removed', model: this.#model(), alias: this.#pick(['champion', 'next']) }),
      () => this.#gate(),
      () => this.#approval(),
      () => this.#approval(),
      () => ({ type: 'approval.refused', version: this.#version(), stage: this.#pick(STAGES), comment: 'no' }),
      () => this.#request(),
      () => this.#proposal(),
      () => ({
        type: 'comment.added',
        [this.#pick(['model', 'version'])]: this.#pick([this.#model(), this.#version()]),
        text: 'hm',
      }),
      () => this.#policy(),
      () => (this.#number(4) === 0 ? { type: 'weather.changed', to: 'rain' } : this.#registered()),
      () => (this.#number(60) === 0 ? { type: 'registry.sealed', reason: 'moved' } : this.#registered()),
    ]);
    return make();
  }

  #gate(): object {
    const against = { stage: 'production', version: this.#pick([this.#version(), null]) };
    return {
      type: 'gate.recorded',
      version: this.#version(),
      stage: this.#pick(['production', 'staging']),
      gate: this.#pick(['auc', 'check']),
      outcome: this.#pick(['passed', 'failed']),
      ...(this.#number(2) ? { against } : {}),
    };
  }

  #approval(): object {
    const version = this.#version();
    const record = this.#state.version(version);
    const holder = record && this.#state.versionsInStage(record.model, 'production', 1)[0]?.id;
    const seen = { artifact: record?.artifact ?? digestOf(1), holder: holder ?? null, gates: [] };
    return {
      type: 'approval.given',
      version,
      stage: this.#pick(['production', 'production', 'staging']),
      ...(this.#number(2) ? { seen } : {}),
    };
  }

  #request(): object {
    const about = { version: this.#version(), stage: this.#pick(STAGES) };
    if (this.#number(4) === 0) return { type: 'promotion.withdrawn', ...about };
    return { type: 'promotion.requested', ...about, reviewers: this.#pick([[], ['bob', 'Eve']]) };
  }

  #proposal(): object {
    const model = this.#model();
    const policy = { gates: { production: [{ approvals: 1 + this.#number(2) }] } };
    const about = { model, policy: policyDigest(policy) };
    return this.#pick<object>([
      { type: 'policy.proposed', model, policy },
      { type: 'policy.set', model, policy },
      { type: 'policy.approved', ...about },
      { type: 'policy.refused', ...about, comment: 'no' },
      { type: 'policy.withdrawn', ...about },
    ]);
  }

  #registered(): object {
    const number = this.#number(5) === 0 ? this.#number(this.#versions + 1) : ++this.#versions;
    return {
      type: 'version.registered',
      model: this.#model(),
      version: versionId(number),
      artifact: { digest: digestOf(this.#number(6)), sizeBytes: 3, fileCount: 1 },
      metrics: { auc: this.#number(9) / 10, loss: this.#pick([-0, 1e300, 'NaN']) },
      params: { depth: String(this.#number(3)) },
      tags: this.#tags(),
      ...(this.#number(2) ? { run: { id: `run ${this.#number(4)}` } } : {}),
      ...(this.#number(2)
        ? { facts: this.#facts(), history: this.#pick([sha256Hex('history'), 'no digest', { metrics: {} }]) }
        : {}),
      ...(this.#number(2) ? { code: { commit: 'abc', isDirty: false, capturedAt: 'start' } } : {}),
    };
  }

  /** Some of them not well formed, which makes no registration void. */
  #facts(): object {
    return {
      format: this.#pick(['safetensors', 'sklearn-pickle', 7, 'onnx']),
      framework: { name: this.#pick(['pytorch', 'Keras']), version: '2.1' },
      parameterCount: this.#number(9),
      ...(this.#number(2) ? { dtypes: this.#pick([['float32'], ['float32', 'int8']]) } : {}),
      ...(this.#number(2) ? { weights: sha256Hex(`weights ${this.#number(3)}`), object: sha256Hex('facts') } : {}),
      ...(this.#number(2) ? { all: { format: 'onnx', tensors: [{ name: 'a' }] }, danger: 'unknown' } : {}),
    };
  }

  #stageChanged(): object {
    const version = this.#version();
    const record = this.#state.version(version);
    const to = this.#pick(STAGES);
    const from = this.#number(9) === 0 ? this.#pick(STAGES) : (record?.stage ?? 'candidate');
    const holders = record ? this.#state.versionsInStage(record.model, to, 3) : [];
    const isNamed = this.#number(9) > 0 && to === 'production';
    const displaces = isNamed ? holders.map(({ id }) => ({ version: id, to: 'archived' })) : [];
    const isUp = from === 'archived' || STAGES.indexOf(to) > STAGES.indexOf(from);
    const kind = this.#pick(['rollback', to === 'archived' ? 'archive' : isUp ? 'promote' : 'demote']);
    return {
      type: 'stage.changed',
      version,
      from,
      to,
      kind,
      displaces,
      reason: 'because',
      override: this.#number(3) === 0,
    };
  }

  #signers(): object {
    if (this.#number(3) > 0) return {};
    const signers = KEYS.slice(this.#number(2)).map(({ line }, index) => ({ person: `P${index}`, key: line }));
    return { signers, signatures: this.#pick([[], ['approvals'], ['stages', 'approvals', 'gates'], ['all']]) };
  }

  #environment(): object {
    const packages = [
      { name: 'numpy', version: `1.${this.#number(3)}` },
      { name: 'torch', version: '2' },
    ];
    return {
      type: 'environment.recorded',
      digest: environmentDigest({ python: '3.12', packages }),
      python: '3.12',
      packages,
      ...(this.#number(2) ? { conda: ['torch', 'torch'] } : {}),
    };
  }

  #policy(): object {
    const stages = ['candidate', 'staging', 'production', 'archived', ...(this.#number(2) ? ['shadow'] : [])];
    const gates = this.#pick<object>([
      {},
      { production: [{ approvals: 1 }] },
      { production: [{ recorded: 'check' }, { approvals: 1, by: ['p0', 'bob'] }] },
      { production: [{ metric: 'auc', min: 0.3, vs: 'production', maxDrop: 0.2 }] },
      { staging: [{ metric: 'auc', vs: 'candidate', maxDrop: 0.1 }] },
    ]);
    return {
      type: 'policy.set',
      model: this.#model(),
      policy: {
        stages: stages.map((name) => ({
          name,
          exclusive: name === 'production' || (name === 'shadow' && this.#number(2) === 0),
          ...(name === 'production' && this.#number(3) === 0 ? { from: ['staging', 'candidate'] } : {}),
        })),
        gates,
        ...(this.#number(3) === 0 ? { override: this.#pick<unknown>(['never', { by: ['ann'] }]) } : {}),
        ...(this.#number(4) === 0 ? { changes: { approvals: 1 } } : {}),
        ...this.#signers(),
      },
    };
  }
}

/** Everything that a catalog holds, by table. The tables of the full-text index know in which order words were added; searches don't. */
function contentOf(db: Sqlite): Readonly<Record<string, unknown>> {
  const schema = db.all('SELECT type, name, sql FROM sqlite_master ORDER BY type, name');
  const tables = schema
    .filter(({ type, name }) => type === 'table' && !String(name).startsWith('version_texts'))
    .map(({ name }) => String(name));
  const words = ['better', 'worse', 'a', 'note', 'team', 'b', 'depth', 'champion', '"1"'];
  const found = words.map((word) =>
    db.all('SELECT docid FROM version_texts WHERE version_texts MATCH ? ORDER BY docid', [word]),
  );
  return { schema, found, ...Object.fromEntries(tables.map((table) => [table, db.all(`SELECT * FROM ${table}`)])) };
}

async function bothWays(seed: number, count: number) {
  const random = seededRandom(seed);
  const { db, position: start } = await emptyCatalog(REGISTRY, FORMAT_HASH);
  const state = new CatalogState(db);
  const author = new Author(random, state);
  const commits: Uint8Array[] = [];
  let position: LogPosition = start;
  let applied = 0;
  for (let intents = 0; commits.length < count; ) {
    const lines = Array.from({ length: 1 + random.below(3) }, () => {
      const events = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, () => author.event());
      const id = idOf('1NTENT', random.below(20) === 0 ? random.below(intents + 1) : intents++);
      const text = new TextEncoder().encode(
        JSON.stringify({
          id,
          registryId: REGISTRY,
          by: { name: random.pick(['Ann', 'Bob', 'Eve']), email: '' },
          askedAt: '2026-05-03T12:00:00.000Z',
          via: 'cli',
          events,
          ...(random.below(30) === 0 ? { requires: ['x'] } : {}),
        }),
      );
      return random.below(3) > 0 ? random.pick(KEYS).signLine(text) : text;
    });
    const seq = position.seq + 1;
    const prev = random.below(30) === 0 ? sha256Hex('other') : position.hash;
    const at = new Date(1_800_000_000_000 + random.below(100_000)).toISOString();
    const bytes =
      random.below(40) === 0 ? new TextEncoder().encode('nonsense') : encodeCommit({ v: 1, seq, prev, at }, lines);
    commits.push(bytes);
    const outcome = applyCommit(state, bytes, position, REGISTRY);
    position = outcome.position;
    applied += outcome.intents.filter(({ outcome: { kind } }) => kind === 'applied').length;
  }
  catchUpSearch(db, position.seq);
  const sizes = [1, 7, 20];
  const built = await buildCatalog({
    registryId: REGISTRY,
    formatHash: FORMAT_HASH,
    next: async (seq) => commits.slice(seq, seq + (sizes[seq % 3] ?? 1)),
  });
  const result = { one: contentOf(db), all: contentOf(built.db), positions: [position, built.position], applied };
  db.close();
  built.db.close();
  return result;
}

describe('a catalog that is built of a whole log at once', () => {
  it('is the one that applying one commit after the other gives, row by row', async () => {
    let applied = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 30, max: 150 }), async (seed, count) => {
        const result = await bothWays(seed, count);
        expect(result.all).toEqual(result.one);
        expect(result.positions[1]).toEqual(result.positions[0]);
        applied += result.applied;
      }),
      { numRuns: 60 },
    );
    expect(applied).toBeGreaterThan(1000);
  });
});
