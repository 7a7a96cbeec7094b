import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit, type Head, hashOfCommit } from '../../src/log/commit.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';

const REGISTRY = '01M84GD1DENREG1STRY00000R1';
const FRAUD = '01M84GD1DENM0DE1FRAVD000R1';
const [ONE, TWO, THREE] = ['R1', 'R2', 'R3'].map((end) => `01M84GD1DENVERS10N000000${end}`);
const PEOPLE = {
  ann: { name: 'Ann', email: 'ann@example.org' },
  bob: { name: 'Bob', email: 'Bob@example.org' },
  eve: { name: 'Eve', email: '' },
} as const;
const CHECK = 'command: python check.py';
/** Digests of `{"changes":{"approvals":1}}` and of `{"override":"never"}`, as docs/format.md says. */
const CHANGES = sha256Hex('{"changes":{"approvals":1}}');
const NEVER = sha256Hex('{"override":"never"}');

/** A log of requests, approvals that lapse, recorded gates, overrides by some, and policies that others approve. */
export function goldenReviewsLog(): { readonly format: Uint8Array; readonly commits: readonly Uint8Array[] } {
  const format = encodeFormatFile({
    format: 1,
    registryId: REGISTRY,
    created: '2026-07-03T12:00:00.000Z',
    requires: [],
  });
  const commits: Uint8Array[] = [];
  let head: Head = { seq: 0, hash: sha256Hex(format) };
  let serial = 0;
  const commit = (...intents: readonly Uint8Array[]) => {
    const at = `2026-07-03T12:${String(head.seq + 1).padStart(2, '0')}:00.000Z`;
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at }, intents);
    commits.push(bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  };
  const by = (who: keyof typeof PEOPLE, ...events: readonly object[]): Uint8Array => {
    serial += 1;
    const id = `01M84GD1DEN1NTENTR${String(serial).padStart(8, '0')}`;
    const askedAt = '2026-07-03T11:59:00.000Z';
    const whole = { id, registryId: REGISTRY, by: PEOPLE[who], askedAt, via: 'cli', events };
    return new TextEncoder().encode(JSON.stringify(whole));
  };
  const registered = (version: string | undefined, content: string) => [
    {
      type: 'version.registered',
      model: FRAUD,
      version,
      artifact: { digest: sha256Hex(content), sizeBytes: 3, fileCount: 1 },
      metrics: { auc: content === 'two' ? 0.8 : 0.9 },
    },
    { type: 'artifact.published', artifact: sha256Hex(content) },
  ];
  const moved = (version: string | undefined, from: string, to: string, kind: string, more: object = {}) => {
    return { type: 'stage.changed', version, from, to, kind, reason: `${kind} it`, ...more };
  };
  const displacing = (version: string | undefined, to = 'archived') => ({ displaces: [{ version, to }] });
  const about = (version: string | undefined, stage = 'production') => ({ version, stage });
  const gate = (version: string | undefined, outcome: string, more: object = {}) => {
    return { type: 'gate.recorded', ...about(version), gate: CHECK, outcome, ...more };
  };
  const set = (policy: object) => ({ type: 'policy.set', model: FRAUD, policy });
  const approve = (version: string | undefined, more: object = {}) => {
    return { type: 'approval.given', ...about(version), ...more };
  };
  const promoteTwo = moved(TWO, 'candidate', 'production', 'promote', displacing(ONE));

  commit(
    by(
      'ann',
      { type: 'model.created', model: FRAUD, name: 'fraud' },
      ...registered(ONE, 'one'),
      ...registered(TWO, 'two'),
    ),
    by('bob', ...registered(THREE, 'three')),
    by('ann', moved(ONE, 'candidate', 'production', 'promote')),
  );
  // Requests: open, replaced, withdrawn, of what is no promotion, and ended by getting there or being archived.
  commit(
    by('ann', { type: 'promotion.requested', ...about(TWO), comment: 'Please', reviewers: ['bob@example.org'] }),
    by('bob', { type: 'promotion.requested', ...about(TWO), reviewers: [] }),
    by('ann', { type: 'promotion.requested', ...about(ONE, 'staging') }),
    by('ann', { type: 'promotion.requested', ...about(TWO, 'staging') }),
    by('ann', { type: 'promotion.withdrawn', ...about(TWO, 'staging') }),
    by('ann', { type: 'promotion.withdrawn', ...about(TWO, 'staging') }),
    by('ann', { type: 'promotion.requested', ...about(THREE, 'staging') }),
    by('ann', { type: 'promotion.requested', ...about(THREE) }),
    by('ann', moved(THREE, 'candidate', 'staging', 'promote')),
  );
  // Approvals count but for those of the author, until a gate says otherwise, another version comes, or they were used.
  const gates = { production: [{ approvals: 1 }, { recorded: CHECK, by: ['bob@example.org'] }] };
  const seen = { artifact: sha256Hex('two'), holder: ONE, gates: [{ gate: CHECK, outcome: 'passed' }] };
  commit(
    by('ann', set({ gates, override: { by: ['Eve'] } })),
    by('ann', gate(TWO, 'passed')),
    by('bob', gate(TWO, 'failed', { against: { stage: 'production', version: ONE } })),
    by('ann', approve(TWO)),
    by('bob', approve(TWO, { seen })),
    by('ann', promoteTwo),
    by('bob', gate(TWO, 'passed', { against: { stage: 'production', version: ONE } })),
    by('bob', approve(TWO, { seen: { ...seen, holder: THREE } })),
    by('bob', approve(TWO, { seen: { ...seen, artifact: sha256Hex('three') } })),
    by('ann', promoteTwo),
    by('eve', { type: 'approval.refused', ...about(TWO), comment: 'No' }),
    by('bob', approve(TWO, { seen })),
    by('ann', promoteTwo),
    by('eve', approve(TWO)),
    by('ann', promoteTwo),
  );
  // What is in the stage now is another version, and what was approved was used; who may, overrides.
  commit(
    by('bob', gate(THREE, 'passed', { against: { stage: 'production', version: ONE } })),
    by('ann', approve(THREE)),
    by('ann', moved(THREE, 'staging', 'production', 'promote', displacing(TWO))),
    by('ann', moved(THREE, 'staging', 'production', 'promote', { ...displacing(TWO), override: true })),
    by('eve', moved(THREE, 'staging', 'production', 'promote', { ...displacing(TWO), override: true })),
    by('ann', moved(TWO, 'archived', 'production', 'rollback', displacing(THREE))),
    by('ann', moved(ONE, 'archived', 'production', 'promote', displacing(TWO))),
  );
  // From where versions get to a stage.
  const stages = [
    { name: 'candidate' },
    { name: 'canary', exclusive: true, displacedTo: 'candidate' },
    { name: 'production', exclusive: true, from: ['canary'] },
    { name: 'archived' },
  ];
  commit(
    by('ann', set({ stages: [...stages.slice(0, 3), { name: 'archived', from: ['canary'] }] })),
    by('ann', set({ stages })),
    by('ann', moved(THREE, 'archived', 'production', 'promote', displacing(TWO))),
    by('ann', moved(THREE, 'archived', 'canary', 'promote')),
    by('bob', { type: 'promotion.requested', ...about(THREE) }),
    by('ann', moved(ONE, 'archived', 'canary', 'promote', displacing(THREE, 'candidate'))),
    by('ann', moved(ONE, 'canary', 'production', 'promote', displacing(TWO))),
    by('bob', approve(TWO, { stage: 'canary' }), approve(THREE)),
    by('ann', { type: 'artifact.withdrawn', artifact: sha256Hex('two'), reason: 'space' }),
    by('eve', { type: 'promotion.requested', ...about(THREE, 'canary'), reviewers: ['bob@example.org'] }),
    by('ann', approve(THREE, { stage: 'canary' })),
    by('bob', { type: 'gate.recorded', ...about(THREE, 'canary'), gate: 'new', outcome: 'passed' }),
  );
  // Another policy, once it is approved by somebody else than whoever sets it.
  const proposed = (policy: object) => ({ type: 'policy.proposed', model: FRAUD, policy });
  const word = (type: string, digest: string, more: object = {}) => ({ type, model: FRAUD, policy: digest, ...more });
  commit(
    by('ann', set({ changes: { approvals: 2, by: ['bob@example.org'] } })),
    by('ann', proposed({ changes: { approvals: 1 } })),
    by('ann', set({ stages, changes: { approvals: 1 } })),
    by('ann', set({ override: 'never' })),
    by('ann', word('policy.approved', NEVER)),
    by('ann', proposed({ override: 'never' }), proposed({ changes: { approvals: 1 } })),
    by('ann', word('policy.approved', NEVER)),
    by('ann', set({ override: 'never' })),
    by('bob', word('policy.approved', NEVER)),
    by('eve', word('policy.refused', NEVER, { comment: 'Why?' })),
    by('ann', set({ override: 'never' })),
    by('ann', word('policy.withdrawn', CHANGES)),
    by('eve', word('policy.approved', NEVER)),
    by('ann', set({ override: 'never' })),
    by('ann', proposed({ changes: { approvals: 1 } })),
    by('bob', word('policy.approved', CHANGES)),
  );
  return { format, commits };
}
