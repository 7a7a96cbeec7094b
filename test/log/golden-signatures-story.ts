import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit, type Head, hashOfCommit } from '../../src/log/commit.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';
import { joinSignedLine } from '../../src/log/signed-line.ts';
import { type SigningKey, signingKey } from './signing-key.ts';

const REGISTRY = '01M84GD1DENREG1STRY00000S1';
const FRAUD = '01M84GD1DENM0DE1FRAVD000S1';
const CHURN = '01M84GD1DENM0DE1CHVRN000S1';
const ONE = '01M84GD1DENVERS10N000000S1';
const TWO = '01M84GD1DENVERS10N000000S2';
const OTHER = '01M84GD1DENVERS10N000000S3';
const [ann, bob, eve] = [signingKey('golden ann'), signingKey('golden bob'), signingKey('golden eve')];
const PEOPLE = {
  ann: { name: 'Ann', email: 'ann@example.org' },
  bob: { name: 'Bob', email: 'bob@example.org' },
} as const;

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A log in which signatures count: who may do what unsigned, signed by whom, and how a list of signers comes and goes. */
export function goldenSignaturesLog(): { readonly format: Uint8Array; readonly commits: readonly Uint8Array[] } {
  const format = encodeFormatFile({
    format: 1,
    registryId: REGISTRY,
    created: '2026-06-03T12:00:00.000Z',
    requires: [],
  });
  const commits: Uint8Array[] = [];
  let head: Head = { seq: 0, hash: sha256Hex(format) };
  let serial = 0;
  const commit = (...intents: readonly Uint8Array[]) => {
    const at = `2026-06-03T12:${String(head.seq + 1).padStart(2, '0')}:00.000Z`;
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at }, intents);
    commits.push(bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  };
  const intent = (events: readonly object[], who: keyof typeof PEOPLE = 'ann', more: object = {}): Uint8Array => {
    serial += 1;
    const id = `01M84GD1DEN1NTENTS${String(serial).padStart(8, '0')}`;
    const askedAt = '2026-06-03T11:59:00.000Z';
    return text({
      id,
      registryId: REGISTRY,
      by: PEOPLE[who],
      askedAt,
      via: 'cli',
      requires: [],
      expects: {},
      events,
      ...more,
    });
  };
  const by = (key: SigningKey, line: Uint8Array) => key.signLine(line);
  const registered = (model: string, version: string, content: string) => [
    {
      type: 'version.registered',
      model,
      version,
      artifact: { digest: sha256Hex(content), sizeBytes: 3, fileCount: 1 },
    },
    { type: 'artifact.published', artifact: sha256Hex(content) },
  ];
  const moved = (version: string, from: string, to: string, kind: string, displaced: readonly string[] = []) => ({
    type: 'stage.changed',
    version,
    from,
    to,
    kind,
    displaces: displaced.map((one) => ({ version: one, to: 'archived' })),
    reason: `${kind} it`,
  });
  const policy = (value: object, model = FRAUD) => ({ type: 'policy.set', model, policy: value });
  const signers = [
    { person: 'ann@example.org', key: ann.line },
    { person: 'bob@example.org', key: bob.line },
  ];

  // Without signers signatures prove nothing, and stop nothing.
  commit(
    by(ann, intent([{ type: 'model.created', model: FRAUD, name: 'fraud' }, ...registered(FRAUD, ONE, 'one')])),
    intent([...registered(FRAUD, TWO, 'two')]),
    intent([{ type: 'model.created', model: CHURN, name: 'churn' }, ...registered(CHURN, OTHER, 'three')]),
  );
  // A first list is signed by one of its own; unsigned, by another, of an unknown kind of key, twice the same: no list.
  commit(
    intent([policy({ signers, signatures: ['stages'] })]),
    by(eve, intent([policy({ signers, signatures: ['stages'] })])),
    by(ann, intent([policy({ signatures: ['stages'] })])),
    by(ann, intent([policy({ signers: [signers[0], signers[0]] })])),
    by(ann, intent([policy({ signers: [{ person: 'ann@example.org', key: 'ssh-ed25519 AAAA' }] })])),
    by(ann, intent([policy({ signers, signatures: ['stages'] })])),
  );
  // Changes of stage have to be signed by a signer: not unsigned, by another key, with bytes changed after signing, for another use.
  const promote = [moved(ONE, 'candidate', 'production', 'promote')];
  const changed = by(ann, intent(promote));
  changed[changed.indexOf(0x41)] = 0x42;
  const elsewhere = intent(promote);
  commit(
    intent(promote),
    by(eve, intent(promote)),
    changed,
    joinSignedLine(elsewhere, ann.sign(elsewhere, 'git')),
    by(ann, intent(promote, 'ann', { registryId: '01M84GD1DEN0THER0000000000' })),
    by(ann, intent(promote)),
  );
  // What doesn't decide what serves needs none, and counts as claimed; of another model nothing does.
  commit(
    intent([{ type: 'comment.added', version: ONE, text: 'claimed' }], 'bob'),
    by(bob, intent([{ type: 'comment.added', version: ONE, text: 'signed' }], 'bob')),
    intent([moved(OTHER, 'candidate', 'production', 'promote')]),
    intent([{ type: 'alias.set', model: FRAUD, alias: 'champion', version: TWO }]),
    intent([{ type: 'model.renamed', model: FRAUD, name: 'other' }]),
    intent([{ type: 'model.deleted', model: FRAUD, reason: 'gone' }]),
    intent([{ type: 'version.deleted', version: TWO, reason: 'gone' }]),
    intent([policy({})]),
    intent([{ type: 'registry.sealed', reason: 'gone' }]),
  );
  // Approvals count for the person of the key, and only those of present signers where approvals have to be signed.
  const gates = { production: [{ approvals: 2 }] };
  const approve = { type: 'approval.given', version: TWO, stage: 'production' };
  const promoteTwo = [moved(TWO, 'candidate', 'production', 'promote', [ONE])];
  commit(
    intent([approve], 'bob'),
    by(bob, intent([policy({ signers, signatures: ['stages', 'approvals'], gates, override: 'never' })], 'bob')),
    by(ann, intent([approve])),
    by(ann, intent([approve], 'bob')),
    intent([approve], 'bob'),
    by(ann, intent(promoteTwo)),
    by(bob, intent([approve], 'bob')),
  );
  // A signer who is taken off the list: what was signed stays, what comes doesn't count, and approvals neither.
  commit(
    by(ann, intent([policy({ signers: [signers[0]], signatures: ['stages', 'approvals'], gates, override: 'never' })])),
    by(bob, intent([policy({})], 'bob')),
    by(ann, intent(promoteTwo)),
    by(ann, intent([policy({ signers, signatures: ['all'] })])),
    intent([{ type: 'comment.added', version: TWO, text: 'unsigned' }]),
    by(bob, intent([{ type: 'comment.added', version: TWO, text: 'signed' }], 'bob')),
    by(bob, intent(promoteTwo, 'bob')),
  );
  // The same line again is nothing new, with another signature either.
  const again = intent([{ type: 'comment.added', version: ONE, text: 'again' }]);
  commit(
    by(ann, again),
    by(ann, again),
    by(bob, again),
    by(ann, intent([policy({})])),
    intent([{ type: 'registry.sealed', reason: 'moved' }]),
  );
  return { format, commits };
}
