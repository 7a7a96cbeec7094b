import { describe, expect, it } from 'vitest';
import type { Author } from '../../src/catalog/read-models/author.ts';
import { askAgain } from '../../src/gates/ask-again.ts';
import { withGates } from '../../src/gates/asked-for.ts';
import { declaredIn } from '../../src/gates/declared.ts';
import { evaluateGates } from '../../src/gates/evaluate-gates.ts';
import { promoteThroughGates } from '../../src/gates/promote.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { ANN, BOB, makePlace, registerVersions } from './opened.ts';
import { machine, registerFraud, sharedStorage } from './shared/machines.ts';

const EVE: Author = { name: 'Eve', email: 'eve@example.org' };
const TO_PRODUCTION = { ref: 'fraud@2', stage: 'production' };
const found = (gate: string, outcome: 'passed' | 'failed') => ({ gate, outcome, evidence: { gate, outcome } });

/** Ann registered three versions, the first of which is in production; Bob and Eve look on. */
async function three(policy: object = { gates: { production: [{ approvals: 1 }] } }) {
  const place = await makePlace();
  const ann = await place.open();
  await registerVersions(place, ann, 3);
  await ann.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await ann.setPolicy({ model: 'fraud', policy });
  return { place, ann, bob: await place.open({ author: BOB }), eve: await place.open({ author: EVE }) };
}

/** Every state of a registry, as it is and as it comes out of the log anew. */
async function same(registry: Registry): Promise<void> {
  const before = await registry.gateStanding(TO_PRODUCTION);
  const asked = [await registry.reviews(), await registry.policyProposals()];
  await registry.rebuild();
  expect(await registry.gateStanding(TO_PRODUCTION)).toEqual(before);
  expect([await registry.reviews(), await registry.policyProposals()]).toEqual(asked);
}

describe('a request to promote a version', () => {
  it('is shown to those who are asked until they have said something, and ends when the version gets there', async () => {
    const { ann, bob, eve } = await three();
    const comment = 'Two weeks of shadow traffic';
    await ann.requestPromotion({ ...TO_PRODUCTION, comment, reviewers: ['Bob@example.org'] });
    expect(await ann.reviews()).toMatchObject([
      {
        version: { number: 2 },
        holder: { number: 1 },
        by: ANN,
        comment,
        state: 'waiting',
        needed: 1,
        given: 0,
        isOwn: true,
        isWanted: false,
      },
    ]);
    expect(await eve.reviews({ isWanted: true })).toEqual([]);
    expect(await bob.reviews({ isWanted: true })).toMatchObject([{ stage: 'production', isAuthor: false }]);
    await bob.review({ ...TO_PRODUCTION, isGiven: false, comment: 'Twice as slow' });
    expect(await ann.reviews()).toMatchObject([{ state: 'refused', problems: ['bob@example.org refused it'] }]);
    expect(await bob.reviews({ isWanted: true })).toEqual([]);
    await bob.review({ ...TO_PRODUCTION, isGiven: true });
    expect(await eve.reviews({ model: 'fraud' })).toMatchObject([{ state: 'ready', given: 1, problems: [] }]);
    await same(eve);
    await ann.promote({ ...TO_PRODUCTION, reason: 'approved' });
    expect(await bob.reviews()).toEqual([]);
    expect((await ann.show({ ref: 'fraud@2' })).reviews).toMatchObject([
      { stage: 'production', approvals: [{ by: BOB, isGiven: true, lapsed: { code: 'used' } }] },
    ]);
  });

  it('asks everybody but the author where nobody is named, as long as approvals are missing', async () => {
    const { ann, bob, eve } = await three();
    await bob.requestPromotion(TO_PRODUCTION);
    const wanted = async () =>
      Promise.all([ann, bob, eve].map(async (one) => (await one.reviews({ isWanted: true })).length));
    expect(await wanted()).toEqual([0, 0, 1]);
    await eve.review({ ...TO_PRODUCTION, isGiven: true });
    expect(await wanted()).toEqual([0, 0, 0]);
  });

  it('asks only those whose approval a gate of the stage still takes', async () => {
    const gates = [{ approvals: 2 }, { approvals: 1, by: ['bob@example.org'] }];
    const { ann, bob, eve } = await three({ gates: { production: gates } });
    const dan = { name: 'Dan', email: 'dan@example.org' };
    await ann.requestPromotion(TO_PRODUCTION);
    const wanted = async () =>
      Promise.all([ann, bob, eve].map(async (one) => (await one.reviews({ isWanted: true })).length));
    expect(await wanted()).toEqual([0, 1, 1]);
    await eve.review({ ...TO_PRODUCTION, isGiven: true });
    expect(await wanted()).toEqual([0, 1, 0]);
    await ann.setPolicy({ model: 'fraud', policy: { gates: { production: gates.slice(1) } } });
    await ann.requestPromotion({ ref: 'fraud@3', stage: 'production' });
    // One of version 3 alone: whatever Eve says of it is none that is missing.
    expect(await eve.reviews({ isWanted: true })).toEqual([]);
    expect(await bob.reviews({ isWanted: true })).toHaveLength(2);
    // Who is named is asked by name.
    await ann.requestPromotion({ ref: 'fraud@3', stage: 'production', reviewers: [dan.email, 'Eve'] });
    expect(await eve.reviews({ isWanted: true })).toMatchObject([{ version: { number: 3 } }]);
  });

  it('asks nobody for more than what the project file wants of people', async () => {
    const { ann, bob, eve } = await three({});
    const text = 'models: {fraud: {outputs: [m], gates: {production: [{approvals: 1}]}}}';
    const project = parseProject(text, 'model-registry.yaml');
    const wanted = async () => {
      const entries = await withGates(
        await eve.reviews({ isWanted: true }),
        (of) => evaluateGates(eve, of, (model) => declaredIn({ project, root: undefined }, model)),
        (error) => expect(error).toBeUndefined(),
      );
      return entries.map(({ isWanted }) => isWanted);
    };
    await ann.requestPromotion(TO_PRODUCTION);
    expect(await wanted()).toEqual([true]);
    await bob.review({ ...TO_PRODUCTION, isGiven: true });
    expect(await wanted()).toEqual([false]);
    // Whoever is named is asked all the same.
    await ann.requestPromotion({ ...TO_PRODUCTION, reviewers: ['Eve'] });
    expect(await wanted()).toEqual([true]);
  });

  it('is replaced, withdrawn, and ends with the version; what is no promotion isn’t asked for', async () => {
    const { ann, bob } = await three();
    await ann.requestPromotion(TO_PRODUCTION);
    await bob.requestPromotion({ ...TO_PRODUCTION, comment: 'mine' });
    expect(await ann.reviews({ ref: 'fraud@2' })).toMatchObject([{ by: BOB, comment: 'mine' }]);
    await ann.withdrawRequest(TO_PRODUCTION);
    await expect(ann.withdrawRequest(TO_PRODUCTION)).rejects.toMatchObject({ code: 'REQUEST_UNKNOWN' });
    await ann.requestPromotion({ ref: 'fraud@3', stage: 'staging' });
    await ann.requestPromotion({ ref: 'fraud@3', stage: 'production' });
    expect(await ann.reviews({ stage: 'staging' })).toHaveLength(1);
    await ann.archive({ ref: 'fraud@3', reason: 'unused' });
    expect(await ann.reviews()).toEqual([]);
    await ann.requestPromotion(TO_PRODUCTION);
    await ann.deleteVersion({ ref: 'fraud@2', reason: 'leak' });
    expect(await ann.reviews()).toEqual([]);
    for (const [ref, stage, code] of [
      ['fraud@1', 'production', 'STAGE_UNCHANGED'],
      ['fraud@1', 'staging', 'NO_PROMOTION'],
      ['fraud@1', 'nowhere', 'STAGE_UNKNOWN'],
    ] as const)
      await expect(ann.requestPromotion({ ref, stage })).rejects.toMatchObject({ code });
    await expect(ann.requestPromotion({ ref: 'fraud@3', stage: 'staging', reviewers: [' '] })).rejects.toMatchObject({
      code: 'TEXT_EMPTY',
    });
  });

  it('and its approvals reach everybody through shared storage, also what was said offline', async () => {
    const storage = sharedStorage();
    const [annsMachine, bobsMachine] = [await machine(storage), await machine(storage, { author: BOB })];
    await annsMachine.attach();
    await bobsMachine.attach();
    const [a, b] = [await annsMachine.open(), await bobsMachine.open()];
    await registerFraud(annsMachine, a, 'one');
    await registerFraud(annsMachine, a, 'two');
    await a.setPolicy({ model: 'fraud', policy: { gates: { production: [{ approvals: 1 }] } } });
    storage.isReachable = false;
    expect(await a.requestPromotion(TO_PRODUCTION)).toMatchObject({ pending: true });
    expect(await a.reviews()).toMatchObject([{ pending: true }]);
    storage.isReachable = true;
    await a.sync();
    await b.sync();
    expect(await b.reviews({ isWanted: true })).toMatchObject([{ by: ANN, pending: false }]);
    storage.isReachable = false;
    expect(await b.review({ ...TO_PRODUCTION, isGiven: true })).toMatchObject({ pending: true });
    storage.isReachable = true;
    // Meanwhile another version comes to production: what Bob approved isn't so any more when the log has it.
    await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'urgent', override: true });
    await b.sync();
    await a.sync();
    expect(await a.reviews()).toMatchObject([
      {
        state: 'waiting',
        approvals: [{ by: BOB, lapsed: { code: 'holder', why: 'fraud@1 was in production by then' } }],
      },
    ]);
    await b.review({ ...TO_PRODUCTION, isGiven: true });
    await a.sync();
    await a.promote({ ...TO_PRODUCTION, reason: 'approved' });
    expect(await a.reviews()).toEqual([]);
  });
});

describe('what a registry brings into a shared one', () => {
  it('are approvals and requests with the changes of stage that ended them, and else neither', async () => {
    const storage = sharedStorage();
    const owners = [await machine(storage), await machine(storage)];
    for (const owner of owners) {
      const local = await owner.open();
      await registerFraud(owner, local, 'one');
      await registerFraud(owner, local, 'two');
      await local.requestPromotion({ ref: 'fraud@1', stage: 'production' });
      await local.review({ ref: 'fraud@1', stage: 'production', isGiven: true });
      await local.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
      await local.review({ ...TO_PRODUCTION, isGiven: true });
      await local.requestPromotion(TO_PRODUCTION);
      await local.close();
    }
    const [first, second] = owners;
    await first?.attach();
    const shared = await first?.open();
    await shared?.sync();
    const said = async (registry: Registry | undefined, ref: string) => (await registry?.show({ ref }))?.reviews;
    expect(await said(shared, 'fraud@1')).toMatchObject([{ approvals: [{ lapsed: { code: 'used' } }] }]);
    expect(await said(shared, 'fraud@2')).toMatchObject([{ request: { by: ANN }, approvals: [{ isGiven: true }] }]);
    await shared?.withdrawRequest(TO_PRODUCTION);
    await second?.attach();
    const joined = await second?.open();
    await joined?.sync();
    expect(await joined?.refused()).toEqual([]);
    expect(await joined?.reviews()).toEqual([]);
  });
});

describe('an approval', () => {
  it('is of what was looked at, or nothing is recorded', async () => {
    const { place, ann, bob } = await three();
    const { seen } = await bob.gateStanding(TO_PRODUCTION);
    await ann.recordGates({ ...TO_PRODUCTION, found: [found('check', 'failed')] });
    const before = await place.files();
    const approve = { ...TO_PRODUCTION, isGiven: true };
    await expect(bob.review({ ...approve, seen })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('the gate check failed since you looked'),
    });
    const now = (await bob.gateStanding(TO_PRODUCTION)).seen;
    await ann.promote({ ref: 'fraud@3', stage: 'production', reason: 'urgent', override: true });
    await expect(bob.review({ ...approve, seen: now })).rejects.toMatchObject({
      message: expect.stringContaining('fraud@3 came to production since you looked'),
    });
    expect((await place.files()).size).toBe(before.size + 1);
    await bob.review({ ...approve, seen: (await bob.gateStanding(TO_PRODUCTION)).seen });
  });

  it('stands beside results that are recorded as they were, and first ones that passed', async () => {
    const { ann, bob } = await three();
    await ann.recordGates({ ...TO_PRODUCTION, found: [found('known', 'failed')] });
    await bob.review({ ...TO_PRODUCTION, isGiven: true });
    await ann.recordGates({
      ...TO_PRODUCTION,
      found: [found('new', 'passed'), { ...found('known', 'failed'), evidence: {} }],
    });
    expect((await ann.gateStanding(TO_PRODUCTION)).policyGates).toEqual([{ gate: '1 approval' }]);
    await ann.recordGates({ ...TO_PRODUCTION, found: [found('known', 'passed')] });
    expect((await ann.gateStanding(TO_PRODUCTION)).policyGates).toMatchObject([
      { problem: expect.stringContaining('lapsed, because the gate known passed since') },
    ]);
  });
});

describe('a promotion', () => {
  const declared = (gates: string) => {
    const project = parseProject(`models:\n  fraud:\n    outputs: [m]\n    gates: {production: [${gates}]}\n`, 'x');
    return (model: string) => declaredIn({ project, root: undefined }, model);
  };

  it('isn’t made under another policy than the gates were looked at with', async () => {
    const { ann, bob } = await three({});
    // Somebody sets a policy while the evidence is stored.
    const calls = new Proxy(ann, {
      get: (target, name) =>
        name === 'recordGates'
          ? async (request: Parameters<Registry['recordGates']>[0]) => {
              const links = await ann.recordGates(request);
              await bob.setPolicy({ model: 'fraud', policy: { override: 'never' } });
              return links;
            }
          : Reflect.get(target, name, target),
    });
    await expect(
      promoteThroughGates(calls, { ...TO_PRODUCTION, reason: 'go' }, declared('{metric: auc, min: 0.5}')),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('the policy of fraud was changed') });
    expect(await ann.show({ ref: 'fraud@2' })).toMatchObject({ stage: 'candidate' });
  });

  it('records the results that the policy wants, and is held where somebody else has to record them', async () => {
    const { ann, bob } = await three({ gates: { production: [{ recorded: 'auc on holdout: at least 0.5' }] } });
    const gates = declared('{metric: auc, dataset: holdout, min: 0.5}');
    await expect(ann.promote({ ...TO_PRODUCTION, reason: 'go' })).rejects.toMatchObject({ code: 'GATE_FAILED' });
    await ann.evaluate({ ref: 'fraud@2', metrics: { auc: 0.7 }, dataset: { name: 'holdout' } });
    await promoteThroughGates(ann, { ...TO_PRODUCTION, reason: 'go', override: true }, gates);
    // Nothing was overridden, and so nothing says so for ever.
    expect((await ann.show({ ref: 'fraud@2' })).transitions.at(-1)).toMatchObject({ isOverride: false });

    const by = [BOB.email];
    await ann.setPolicy({
      model: 'fraud',
      policy: { gates: { production: [{ recorded: 'auc on holdout: at least 0.5', by }] } },
    });
    const next = { ref: 'fraud@3', stage: 'production', reason: 'go' };
    await ann.evaluate({ ref: 'fraud@3', metrics: { auc: 0.8 }, dataset: { name: 'holdout' } });
    await expect(promoteThroughGates(ann, next, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
      message: expect.stringContaining('no result was recorded'),
    });
    await promoteThroughGates(bob, next, gates);
    await same(ann);
  });

  it('overrides only for whom the policy names, and says what', async () => {
    const { ann, bob } = await three({
      gates: { production: [{ approvals: 1 }] },
      override: { by: ['bob@example.org'] },
    });
    const request = { ...TO_PRODUCTION, reason: 'an emergency', override: true };
    expect(await ann.gateStanding(TO_PRODUCTION)).toMatchObject({ isOverrideAllowed: false });
    await expect(promoteThroughGates(ann, request, declared('{metric: auc, min: 0.99}'))).rejects.toMatchObject({
      code: 'OVERRIDE_REFUSED',
    });
    await expect(promoteThroughGates(ann, request, () => ({}))).rejects.toMatchObject({ code: 'OVERRIDE_REFUSED' });
    await promoteThroughGates(bob, request, declared('{metric: auc, min: 0.99}'));
    expect((await ann.show({ ref: 'fraud@2' })).transitions.at(-1)).toMatchObject({
      isOverride: true,
      overridden: ['0 of 1 approvals'],
    });
  });

  it('that was refused passes the gates of the project file when it is asked for again', async () => {
    const storage = sharedStorage();
    const [annsMachine, bobsMachine] = [await machine(storage), await machine(storage, { author: BOB })];
    await annsMachine.attach();
    await bobsMachine.attach();
    const [a, b] = [await annsMachine.open(), await bobsMachine.open()];
    await registerFraud(annsMachine, a, 'one');
    await registerFraud(annsMachine, a, 'two');
    await b.sync();
    storage.isReachable = false;
    await b.promote({ ref: 'fraud@1', stage: 'production', reason: 'mine' });
    storage.isReachable = true;
    await a.promote({ ...TO_PRODUCTION, reason: 'theirs' });
    await b.sync();
    const [{ id } = { id: '' }] = await b.refused();
    await expect(askAgain(b, id, declared('{metric: auc, min: 0.95}'))).rejects.toMatchObject({ code: 'GATE_FAILED' });
    expect(await b.refused()).toHaveLength(1);
    await askAgain(b, id, declared('{metric: auc, min: 0.5}'));
    expect(await b.refused()).toEqual([]);
    expect(await b.show({ ref: 'fraud@production' })).toMatchObject({ number: 1 });
    await expect(askAgain(b, id, () => ({}))).rejects.toMatchObject({ code: 'REFUSED_NOT_FOUND' });
  });
});

describe('a policy that wants others to approve the next', () => {
  it('is replaced by what they approved, and nothing else', async () => {
    const { ann, bob, eve } = await three({ changes: { approvals: 1 } });
    const policy = { override: 'never', changes: { approvals: 1 } };
    expect(await ann.planPolicy({ model: 'fraud', policy })).toMatchObject({
      problem: expect.stringContaining('0 of 1'),
    });
    await expect(ann.setPolicy({ model: 'fraud', policy })).rejects.toMatchObject({
      code: 'POLICY_NOT_APPROVED',
      message: expect.stringContaining('policy propose fraud'),
    });
    const { digest } = await ann.proposePolicy({ model: 'fraud', policy, comment: 'No more emergencies' });
    await eve.proposePolicy({ model: 'fraud', policy: {} });
    expect(await bob.policyProposals({ isWanted: true })).toMatchObject([
      { by: EVE, policy: {} },
      { by: ANN, digest, policy, added: [expect.stringContaining('can never be overridden')], needed: 1 },
    ]);
    await expect(bob.reviewPolicy({ model: 'fraud', isGiven: true })).rejects.toMatchObject({
      code: 'PROPOSAL_NOT_FOUND',
      message: expect.stringContaining('Several policies are proposed'),
    });
    await bob.reviewPolicy({ model: 'fraud', digest: digest.slice(0, 8), isGiven: true });
    // Their own approval isn't another's.
    await expect(bob.setPolicy({ model: 'fraud', policy })).rejects.toMatchObject({ code: 'POLICY_NOT_APPROVED' });
    await expect(ann.setPolicy({ model: 'fraud', policy: {} })).rejects.toMatchObject({ code: 'POLICY_NOT_APPROVED' });
    await same(eve);
    await ann.setPolicy({ model: 'fraud', policy });
    expect(await ann.policyProposals()).toEqual([]);
    await expect(ann.withdrawPolicy({ model: 'fraud' })).rejects.toMatchObject({ code: 'PROPOSAL_NOT_FOUND' });
    await expect(ann.proposePolicy({ model: 'fraud', policy })).rejects.toMatchObject({ code: 'POLICY_UNCHANGED' });
  });
});
