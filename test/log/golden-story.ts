import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit, type Head, hashOfCommit } from '../../src/log/commit.ts';
import { environmentDigest } from '../../src/log/environment-digest.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000000';
const ids = {
  fraud: '01M84GD1DENM0DE1FRAVD00000',
  fraudToo: '01M84GD1DENM0DE1FRAVD00001',
  churn: '01M84GD1DENM0DE1CHVRN00000',
  one: '01M84GD1DENVERS10N00000001',
  oneToo: '01M84GD1DENVERS10N0000000A',
  two: '01M84GD1DENVERS10N00000002',
  three: '01M84GD1DENVERS10N00000003',
};
const artifacts = { one: sha256Hex('one'), two: sha256Hex('two'), three: sha256Hex('three') };
const environment = {
  python: '3.12.1',
  packages: [
    { name: 'numpy', version: '2.1.0' },
    { name: 'Babel', version: '2.16' },
  ],
};

let serial = 0;
function nextIntentId(): string {
  serial += 1;
  return `01M84GD1DEN1NTENT${String(serial).padStart(9, '0')}`;
}

function intent(events: readonly object[], more: object = {}): Uint8Array {
  const by = { name: 'Ann', email: 'ann@example.org' };
  const whole = {
    id: nextIntentId(),
    registryId: REGISTRY,
    by,
    askedAt: '2026-05-03T11:59:00.000Z',
    via: 'cli',
    requires: [],
    expects: {},
    events,
    ...more,
  };
  return new TextEncoder().encode(JSON.stringify(whole));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function registered(version: string, artifact: string, more: object = {}): object {
  return {
    type: 'version.registered',
    model: ids.fraud,
    version,
    artifact: { digest: artifact, sizeBytes: 3, fileCount: 1 },
    ...more,
  };
}

function moved(
  version: string,
  from: string,
  to: string,
  kind: string,
  displaces: readonly object[] = [],
  more: object = {},
): object {
  return { type: 'stage.changed', version, from, to, kind, displaces, reason: `${kind} it`, ...more };
}

const published = (artifact: string) => ({ type: 'artifact.published', artifact });
const BOB = { by: { name: 'Bob', email: 'Bob@example.org' } };

/** A log with every type of event and every way to be void. Its bytes are the golden files; what it means is in `expected.json`. */
export function goldenLog(): { readonly format: Uint8Array; readonly commits: readonly Uint8Array[] } {
  serial = 0;
  const format = encodeFormatFile({
    format: 1,
    registryId: REGISTRY,
    created: '2026-05-03T12:00:00.000Z',
    requires: [],
  });
  const commits: Uint8Array[] = [];
  let head: Head = { seq: 0, hash: sha256Hex(format) };
  const raw = (bytes: Uint8Array) => {
    commits.push(bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  };
  const commit = (...intents: readonly Uint8Array[]) => {
    const minute = String(head.seq + 1).padStart(2, '0');
    raw(encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: `2026-05-03T12:${minute}:00.000Z` }, intents));
  };

  commit(
    intent([
      { type: 'model.created', model: ids.fraud, name: 'fraud', description: 'cards', tags: { team: 'risk' } },
      { type: 'environment.recorded', digest: environmentDigest(environment), ...environment },
      registered(ids.one, artifacts.one, {
        metrics: { auc: 0.9, worst: 'NaN' },
        params: { rate: '0.1' },
        tags: { run: 'a' },
        description: 'first',
        code: { commit: '4be1c2f', branch: 'main', isDirty: false, capturedAt: 'detection' },
        data: [{ path: 'data/train.csv', sha256: sha256Hex('data'), sizeBytes: 4 }],
        environment: environmentDigest(environment),
        base: { name: 'bert' },
      }),
      published(artifacts.one),
    ]),
  );
  // The same run registered twice, the same model created twice; the second ids lead to the first.
  commit(
    intent([
      registered(ids.oneToo, artifacts.one, {
        params: { rate: '0.1' },
        code: { commit: '4be1c2f', isDirty: false, capturedAt: 'end' },
      }),
    ]),
    intent([{ type: 'model.created', model: ids.fraudToo, name: 'FRAUD' }]),
    intent([
      {
        type: 'version.annotated',
        version: ids.oneToo,
        note: 'by its other id',
        setTags: { run: 'b' },
        removeTags: ['none'],
      },
    ]),
  );
  commit(
    intent([
      registered(ids.two, artifacts.two, { metrics: { auc: 0.95 }, run: { id: 'run-2', tracker: 'mlflow' } }),
      published(artifacts.two),
    ]),
  );
  commit(intent([registered(ids.three, artifacts.three, { metrics: { auc: 0.8 } })]));
  commit(
    intent([moved(ids.one, 'candidate', 'production', 'promote')], {
      expects: { stages: { [ids.one]: 'candidate' }, holders: { [`${ids.fraud}/production`]: null } },
    }),
  );
  // Void: not published, wrong stage, forgotten displacement, empty stage, unknown stage, never held, wrong kind.
  commit(
    intent([moved(ids.three, 'candidate', 'production', 'promote', [{ version: ids.one, to: 'archived' }])]),
    intent([moved(ids.two, 'staging', 'production', 'promote', [{ version: ids.one, to: 'archived' }])]),
    intent([moved(ids.two, 'candidate', 'production', 'promote')]),
    intent([moved(ids.two, 'candidate', 'shadow', 'promote')]),
    intent([moved(ids.two, 'candidate', 'production', 'rollback', [{ version: ids.one, to: 'archived' }])]),
    intent([moved(ids.two, 'candidate', 'archived', 'promote')]),
  );
  commit(intent([moved(ids.two, 'candidate', 'production', 'promote', [{ version: ids.one, to: 'archived' }])], BOB));
  commit(intent([moved(ids.one, 'archived', 'production', 'rollback', [{ version: ids.two, to: 'archived' }])]));
  commit(
    intent([{ type: 'alias.set', model: ids.fraud, alias: 'champion', version: ids.one }]),
    intent([{ type: 'alias.set', model: ids.fraud, alias: 'shadow', version: ids.two }]),
    intent([{ type: 'alias.removed', model: ids.fraud, alias: 'shadow' }], {
      expects: { aliases: { [`${ids.fraud}/shadow`]: ids.two } },
    }),
    intent([{ type: 'alias.removed', model: ids.fraud, alias: 'nobody' }]),
    intent([{ type: 'alias.set', model: ids.fraud, alias: 'production', version: ids.two }]),
    intent([{ type: 'alias.set', model: ids.fraud, alias: '1234567', version: ids.two }]),
  );
  commit(
    intent([{ type: 'version.evaluated', version: ids.one, metrics: { f1: 0.7 } }]),
    intent([{ type: 'version.evaluated', version: ids.one, metrics: { auc: 0.99 } }]),
    intent(
      [
        {
          type: 'version.evaluated',
          version: ids.one,
          metrics: { auc: 0.85 },
          dataset: { name: 'holdout' },
          slice: 'DE',
        },
      ],
      BOB,
    ),
    intent([
      {
        type: 'gate.recorded',
        version: ids.two,
        stage: 'production',
        gate: 'validate',
        outcome: 'passed',
        evidence: sha256Hex('e'),
      },
    ]),
    intent([{ type: 'comment.added', model: ids.fraud, text: 'on the model' }]),
    intent([{ type: 'comment.added', version: ids.two, text: 'on a version' }]),
    intent([{ type: 'comment.added', text: 'on nothing' }]),
  );
  // A commit that isn't lines, one that names another predecessor, one of another number: void as a whole, each keeps its place.
  raw(text('{"v":1'));
  raw(
    encodeCommit({ v: 1, seq: head.seq + 1, prev: sha256Hex('elsewhere'), at: '2026-05-03T13:00:00.000Z' }, [
      intent([{ type: 'model.deleted', model: ids.fraud, reason: 'never' }]),
    ]),
  );
  raw(
    encodeCommit({ v: 1, seq: 99, prev: head.hash, at: '2026-05-03T13:00:00.000Z' }, [
      intent([{ type: 'model.deleted', model: ids.fraud, reason: 'never' }]),
    ]),
  );
  const repeated = intent([{ type: 'model.created', model: ids.churn, name: 'churn' }]);
  commit(
    repeated,
    repeated,
    text('no json'),
    text('{"id":"01M84GD1DEN1NTENTMA1F0RMED"}'),
    intent([{ type: 'model.created', model: ids.churn }]),
    intent([{ type: 'model.created', model: '01M84GD1DENM0DE1X000000000', name: 'x' }], {
      registryId: '01M84GD1DEN0THER0000000000',
    }),
    intent([{ type: 'weather.changed', to: 'fine' }]),
    intent([{ type: 'environment.recorded', digest: sha256Hex('another'), packages: [] }]),
  );
  // A clock that went back: the commit's time is that of its predecessor.
  raw(
    encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: '2020-01-01T00:00:00.000Z' }, [
      intent([{ type: 'model.updated', model: ids.churn, description: 'leaves', setTags: { a: '1' } }]),
    ]),
  );
  commit(
    intent([{ type: 'model.renamed', model: ids.churn, name: 'attrition' }], {
      expects: {
        names: { [ids.churn]: 'churn' },
        descriptions: { [ids.churn]: 'leaves' },
        tags: { [`${ids.churn}/a`]: '1' },
      },
    }),
    intent([{ type: 'model.renamed', model: ids.churn, name: 'fraud' }]),
    intent([{ type: 'model.deleted', model: ids.fraud, reason: 'in use' }]),
    intent([{ type: 'model.renamed', model: ids.churn, name: 'churn' }], {
      expects: { names: { [ids.churn]: 'churn' } },
    }),
  );
  const policy = {
    stages: [
      { name: 'candidate' },
      { name: 'shadow' },
      { name: 'production', exclusive: true, displacedTo: 'shadow' },
      { name: 'archived' },
    ],
    gates: {
      production: [{ metric: 'auc', min: 0.85 }, { metric: 'auc', vs: 'production', maxDrop: 0.01 }, { approvals: 1 }],
    },
    override: 'never',
  };
  commit(
    intent([
      { type: 'policy.set', model: ids.fraud, policy: { stages: [{ name: 'candidate' }, { name: 'archived' }] } },
    ]),
    intent([{ type: 'policy.set', model: ids.fraud, policy: { gates: { nowhere: [] } } }]),
    intent([{ type: 'policy.set', model: ids.fraud, policy }], { expects: { policies: { [ids.fraud]: null } } }),
    intent([moved(ids.two, 'archived', 'production', 'promote', [{ version: ids.one, to: 'shadow' }])]),
    intent([
      moved(ids.two, 'archived', 'production', 'promote', [{ version: ids.one, to: 'shadow' }], { override: true }),
    ]),
    intent([{ type: 'approval.given', version: ids.two, stage: 'production', comment: 'yes' }], BOB),
    intent([{ type: 'approval.refused', version: ids.two, stage: 'production', comment: 'wait' }], BOB),
    intent([moved(ids.two, 'archived', 'production', 'promote', [{ version: ids.one, to: 'shadow' }])]),
    intent([{ type: 'approval.given', version: ids.two, stage: 'production' }], BOB),
    intent([moved(ids.two, 'archived', 'production', 'promote', [{ version: ids.one, to: 'shadow' }])]),
  );
  commit(
    intent([{ type: 'artifact.withdrawn', artifact: artifacts.two, reason: 'in production' }]),
    intent([{ type: 'version.deleted', version: ids.one, reason: 'has an alias' }]),
    intent([{ type: 'version.deleted', version: ids.three, reason: 'never published' }]),
    intent([{ type: 'artifact.withdrawn', artifact: artifacts.three, reason: 'unknown' }]),
    intent([moved(ids.two, 'production', 'shadow', 'demote')]),
    intent([moved(ids.two, 'shadow', 'archived', 'archive')]),
    intent([{ type: 'artifact.withdrawn', artifact: artifacts.two, reason: 'space' }]),
    intent([moved(ids.two, 'archived', 'candidate', 'promote')]),
    intent([{ type: 'model.deleted', model: ids.churn, reason: 'unused' }]),
  );
  commit(
    intent([{ type: 'registry.sealed', reason: 'moved' }]),
    intent([{ type: 'model.created', model: '01M84GD1DENM0DE1X000000000', name: 'late' }]),
  );
  return { format, commits };
}
