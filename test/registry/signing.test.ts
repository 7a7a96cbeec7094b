import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeCommit } from '../../src/log/commit.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { attachRemote } from '../../src/registry/shared/attach.ts';
import type { OwnKey } from '../../src/registry/signing.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { armored, type SigningKey, signingKey } from '../log/signing-key.ts';
import { ANN, BOB, makePlace, registerVersions } from './opened.ts';
import { machine, registerFraud, sharedStorage } from './shared/machines.ts';

const keys = { ann: signingKey('ann'), bob: signingKey('bob'), eve: signingKey('eve') };
const ann = { person: 'ann@example.org', key: keys.ann.line };
const bob = { person: 'bob@example.org', key: keys.bob.line };

/** What a person has who is set up to sign. */
function ownKey(key: SigningKey, onSign = () => {}): OwnKey {
  return {
    publicKey: async () => key.line,
    async sign(text) {
      onSign();
      return armored(key.sign(text));
    },
  };
}

const broken: OwnKey = {
  publicKey: async () => keys.ann.line,
  sign: async () => armored(keys.bob.sign(new Uint8Array())),
};

/** The log's lines, as they stand there. */
async function linesIn(dir: string): Promise<readonly string[]> {
  const names = (await readdir(join(dir, 'log'))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(dir, 'log', name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n').slice(1));
}

async function signers(registry: Registry): Promise<readonly (string | undefined)[]> {
  return (await registry.log({ limit: 50 })).items.map(({ by }) => by.signer);
}

describe('a model with signers', () => {
  it('moves by signed requests alone, and tells who signed', async () => {
    const place = await makePlace();
    let signed = 0;
    const a = await place.open({ ownKey: ownKey(keys.ann, () => (signed += 1)) });
    await registerVersions(place, a, 1);
    // Nobody is asked for a signature, by a passphrase or a touch, while it counts for nothing.
    expect(signed).toBe(0);
    const plan = await a.planPolicy({ model: 'fraud', policy: { signers: [ann, bob], signatures: ['stages'] } });
    expect(plan).toMatchObject({
      digest: null,
      removed: [],
      added: [
        expect.stringContaining('ann@'),
        expect.stringContaining('bob@'),
        expect.stringContaining('has to be signed'),
      ],
    });
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann, bob], signatures: ['stages'] }, expectDigest: null });
    await a.promote({ ref: 'fraud@1', stage: 'staging', reason: 'try' });

    const unsigned = await place.open({ author: BOB });
    const before = await place.files();
    await expect(unsigned.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' })).rejects.toMatchObject({
      code: 'SIGNATURE_NEEDED',
      message: expect.stringContaining('user.signingkey'),
    });
    const stranger = await place.open({ author: ANN, ownKey: ownKey(keys.eve) });
    for (const attempt of [
      () => stranger.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' }),
      () => stranger.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' }),
      () => stranger.renameModel({ model: 'fraud', name: 'other' }),
      () => stranger.setPolicy({ model: 'fraud', policy: {} }),
      () => stranger.deleteModel({ model: 'fraud', reason: 'mine' }),
      () => unsigned.deleteVersion({ ref: 'fraud@1', reason: 'mine' }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'SIGNATURE_NEEDED' });
    expect(await place.files()).toEqual(before);

    await unsigned.note({ ref: 'fraud@1', text: 'looks good' });
    const b = await place.open({ author: BOB, ownKey: ownKey(keys.bob) });
    await b.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    expect(await signers(b)).toEqual([bob.person, undefined, ann.person, ann.person, undefined]);
    const shown = await a.show({ ref: 'fraud@1' });
    expect(shown.stageBy).toEqual({ ...BOB, signer: bob.person });
    expect(shown.createdBy).toEqual(ANN);
    expect(shown.transitions.map(({ by }) => by.signer)).toEqual([ann.person, bob.person]);
    expect(shown.notes.map(({ by }) => by)).toEqual([BOB]);
    await a.rebuild();
    expect(await a.show({ ref: 'fraud@1' })).toEqual(shown);
  });

  it('keeps what was signed by who isn’t a signer any more, and takes nothing more from them', async () => {
    const place = await makePlace();
    const [a, b] = [
      await place.open({ ownKey: ownKey(keys.ann) }),
      await place.open({ author: BOB, ownKey: ownKey(keys.bob) }),
    ];
    await registerVersions(place, a, 1);
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann, bob], signatures: ['stages'] } });
    await b.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann], signatures: ['stages'] } });
    await expect(b.archive({ ref: 'fraud@1', reason: 'no' })).rejects.toMatchObject({ code: 'SIGNATURE_NEEDED' });
    expect((await b.show({ ref: 'fraud@1' })).stageBy).toEqual({ ...BOB, signer: bob.person });
  });

  it('is set up only by who can sign for it, so that nobody is locked out by a key that isn’t there', async () => {
    const place = await makePlace();
    const a = await place.open({ ownKey: ownKey(keys.ann) });
    await registerVersions(place, a, 1);
    await expect(a.setPolicy({ model: 'fraud', policy: { signers: [bob] } })).rejects.toMatchObject({
      code: 'SIGNATURE_NEEDED',
    });
    for (const policy of [
      { signatures: ['all'] },
      { signers: [{ person: 'x', key: 'ssh-ed25519 AAAA' }] },
      { signers: [ann, ann] },
      { signers: [ann], signatures: ['everything'] },
      { signers: [{ ...ann, may: 'all' }] },
      { signerz: [] },
    ])
      await expect(a.setPolicy({ model: 'fraud', policy })).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    expect(await a.policy({ model: 'fraud' })).toMatchObject({ digest: null });
  });

  it('counts approvals of its signers, one for each person, whatever they call themselves', async () => {
    const place = await makePlace();
    const a = await place.open({ ownKey: ownKey(keys.ann) });
    await registerVersions(place, a, 1);
    const gates = { production: [{ approvals: 2 }] };
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann, bob], signatures: ['approvals'], gates } });
    await expect(a.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' })).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringContaining('0 of 2'),
    });
  });

  it('takes a name as claimed where signing fails and isn’t asked for, and says why it failed where it is', async () => {
    const place = await makePlace();
    const a = await place.open({ ownKey: ownKey(keys.ann) });
    await registerVersions(place, a, 1);
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann], signatures: ['stages'] } });
    const b = await place.open({ ownKey: broken });
    await b.note({ ref: 'fraud@1', text: 'still here' });
    expect((await signers(b))[0]).toBeUndefined();
    await expect(b.promote({ ref: 'fraud@1', stage: 'staging', reason: 'go' })).rejects.toMatchObject({
      code: 'SIGNING_FAILED',
    });
  });
});

describe('a shared registry with signers', () => {
  async function team(bobsKey?: OwnKey) {
    const storage = sharedStorage();
    const [annsMachine, bobsMachine] = [
      await machine(storage, { ownKey: ownKey(keys.ann) }),
      await machine(storage, { author: BOB, ...(bobsKey ? { ownKey: bobsKey } : {}) }),
    ];
    await annsMachine.attach();
    await bobsMachine.attach();
    const [a, b] = [await annsMachine.open(), await bobsMachine.open()];
    await registerFraud(annsMachine, a, 'one');
    await a.setPolicy({ model: 'fraud', policy: { signers: [ann, bob], signatures: ['stages'] } });
    await b.sync();
    return { storage, annsMachine, a, b };
  }

  it('keeps signatures of what waited offline', async () => {
    const { storage, a, b } = await team();
    storage.isReachable = false;
    expect(await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' })).toMatchObject({ pending: true });
    expect((await a.show({ ref: 'fraud@1' })).stageBy).toEqual({ ...ANN, signer: ann.person });
    storage.isReachable = true;
    await a.sync();
    await b.sync();
    expect((await b.show({ ref: 'fraud@1' })).stageBy).toEqual({ ...ANN, signer: ann.person });
  });

  it('is moved by nobody who writes into the storage without a key: not unsigned, replayed, or under another’s name', async () => {
    const { storage, a, b } = await team();
    await a.promote({ ref: 'fraud@1', stage: 'staging', reason: 'try' });
    const { registryId, logDir } = a.location;
    const line = (await linesIn(logDir)).find((text) => text.includes('"to":"staging"')) ?? expect.fail();
    const unsigned = line.replace(/,"signature":"[^"]*"}$/, '}');
    const promote = (id: string) =>
      unsigned
        .replace(/^{"id":"\w+"/, `{"id":"${id}"`)
        .replace('"from":"candidate","to":"staging"', '"from":"staging","to":"production"')
        .replace(/"expects":{.*?},"events"/, '"expects":{},"events"');
    const eve = (text: string) => new TextDecoder().decode(keys.eve.signLine(new TextEncoder().encode(text)));
    const signature = /,"signature":"[^"]*"}$/.exec(line)?.[0] ?? '';
    const forged = [
      promote('01M84GD1DENF0RGED000000001'),
      eve(promote('01M84GD1DENF0RGED000000002')),
      `${promote('01M84GD1DENF0RGED000000003').slice(0, -1)}${signature}`,
      line,
    ];
    const { seq, hash } = await a.head();
    const at = '2027-01-01T00:00:00.000Z';
    const bytes = encodeCommit(
      { v: 1, seq: seq + 1, prev: hash, at },
      forged.map((text) => new TextEncoder().encode(text)),
    );
    await storage.store.putIfAbsent(commitKey(seq + 1), bytes);
    await b.sync();
    const voids = (await b.log({ limit: 4 })).items.map((entry) => entry.void);
    expect(voids).toEqual([
      expect.stringMatching(/stands in the log already/),
      expect.stringMatching(/its signature is not of this text/),
      expect.stringMatching(/it is signed by another key/),
      expect.stringMatching(/it is not signed/),
    ]);
    expect(await b.show({ ref: 'fraud@1' })).toMatchObject({ stage: 'staging' });

    // Of the same people, another registry: what was said to one is nothing to the other.
    const other = await makePlace();
    const theirs = await other.open({ ownKey: ownKey(keys.ann) });
    await registerVersions(other, theirs, 1);
    const head = await theirs.head();
    const replay = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at }, [new TextEncoder().encode(line)]);
    await filesystemStore(other.registryDir).putIfAbsent(commitKey(head.seq + 1), replay);
    const [entry] = (await theirs.log({ limit: 1 })).items;
    expect(entry?.void).toContain(registryId);
  });

  it('tells of what was refused what it would come to with one’s own signature', async () => {
    const { storage, annsMachine, a, b } = await team(ownKey(keys.bob));
    await registerFraud(annsMachine, a, 'two');
    await b.sync();
    storage.isReachable = false;
    await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'mine' });
    storage.isReachable = true;
    await b.promote({ ref: 'fraud@2', stage: 'production', reason: 'theirs' });
    await a.sync();
    const [card] = await a.refused();
    expect(card).toMatchObject({ wouldApply: true, theirs: { by: { signer: bob.person } } });
    await a.resolveRefused({ id: card?.id ?? '', how: 'apply' });
    await a.sync();
    await b.sync();
    expect(await b.show({ ref: 'fraud@production' })).toMatchObject({ number: 1, stageBy: { signer: ann.person } });
  });

  it('is made of a local one only by a signer, who signs all of it anew', async () => {
    const storage = sharedStorage();
    const owner = await machine(storage, { ownKey: ownKey(keys.ann) });
    const local = await owner.open();
    await registerFraud(owner, local, 'one');
    await local.setPolicy({ model: 'fraud', policy: { signers: [ann], signatures: ['stages'] } });
    await local.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    await local.close();

    const stranger = {
      dir: owner.registryDir,
      url: 'https://contoso.blob.core.windows.net/models',
      author: BOB,
      via: 'cli' as const,
    };
    await expect(
      attachRemote({
        ...stranger,
        stateDir: join(owner.dir, 'state'),
        clock: Date.now,
        connect: storage.connect,
        ownKey: ownKey(keys.eve),
      }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_NEEDED' });
    const still = await owner.open();
    await still.note({ ref: 'fraud@1', text: 'not sealed' });
    await still.close();

    await owner.attach();
    const shared = await owner.open();
    await shared.sync();
    expect(await shared.refused()).toEqual([]);
    expect(await shared.show({ ref: 'fraud@1' })).toMatchObject({
      stage: 'production',
      stageBy: { ...ANN, signer: ann.person },
    });
  });
});
