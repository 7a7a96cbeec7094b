import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Author } from '../../src/catalog/read-models/author.ts';
import { encodeCommit } from '../../src/log/commit.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { type SigningKey, signingKey } from '../log/signing-key.ts';
import { ANN, BOB, makePlace, type Place, registerVersions } from './opened.ts';

const EVE: Author = { name: 'Eve', email: 'eve@example.org' };
const keys = { ann: signingKey('ann'), bob: signingKey('bob'), eve: signingKey('eve') };
const signers = [
  { person: 'ann@example.org', key: keys.ann.line },
  { person: 'bob@example.org', key: keys.bob.line },
];

interface Forged {
  readonly events: readonly object[];
  readonly by?: Author;
  readonly expects?: object;
  readonly key?: SigningKey;
}

/** A registry of which somebody writes the log by hand, with the ids of what is in it. */
interface Scene {
  readonly place: Place;
  readonly model: string;
  readonly ids: readonly string[];
  readonly artifacts: readonly string[];
  /** Writes a commit with these intents, past every program. */
  write(...intents: readonly Forged[]): Promise<void>;
  /** What somebody finds who never saw the registry before: why each intent of the last commit is void, undefined where it isn't. */
  verdicts(): Promise<readonly (string | undefined)[]>;
  stageOf(number: number): Promise<string>;
}

let serial = 0;

/** Ann registered three versions of `fraud`; the first is in production. */
async function scene(policy: object, prepare?: (registry: Registry) => Promise<void>): Promise<Scene> {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 3);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  const versions = await Promise.all([1, 2, 3].map((number) => registry.show({ ref: `fraud@${number}` })));
  const { registryId } = registry.location;
  const model = versions[0]?.modelId ?? '';
  const write = async (...intents: readonly Forged[]) => {
    const { seq, hash } = await registry.head();
    const lines = intents.map(({ events, by = EVE, expects = {}, key }) => {
      serial += 1;
      const line = new TextEncoder().encode(
        JSON.stringify({
          id: `01M84GD1DENF0RGED${String(serial).padStart(9, '0')}`,
          registryId,
          by,
          askedAt: '2027-01-01T00:00:00.000Z',
          via: 'cli',
          requires: [],
          expects,
          events,
        }),
      );
      return key ? key.signLine(line) : line;
    });
    const at = '2027-01-01T00:00:00.000Z';
    const bytes = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at }, lines);
    await filesystemStore(place.registryDir).putIfAbsent(commitKey(seq + 1), bytes);
  };
  if (Object.keys(policy).length > 0) {
    const key = 'signers' in policy ? keys.ann : undefined;
    await write({ events: [{ type: 'policy.set', model, policy }], by: ANN, ...(key ? { key } : {}) });
  }
  await prepare?.(registry);
  let clients = 0;
  const asStranger = async <T>(use: (registry: Registry) => Promise<T>): Promise<T> => {
    clients += 1;
    const dir = join(place.dir, `stranger-${clients}`);
    await mkdir(dir);
    await copyFile(join(place.registryDir, 'format.json'), join(dir, 'format.json'));
    await cp(join(place.registryDir, 'log'), join(dir, 'log'), { recursive: true });
    const stranger = await openRegistry({ dir, author: BOB, via: 'cli', stateDir: join(dir, 'state') });
    try {
      return await use(stranger);
    } finally {
      await stranger.close();
    }
  };
  return {
    place,
    model,
    ids: versions.map(({ id }) => id),
    artifacts: versions.map(({ artifact }) => artifact.digest),
    write,
    verdicts: () =>
      asStranger(async (stranger) => {
        const { seq } = await stranger.head();
        const { items } = await stranger.log({ limit: 50 });
        const last = items.filter((entry) => entry.seq === seq).reverse();
        const { voids } = await stranger.verify();
        const told = voids.filter((entry) => entry.seq === seq).map(({ reason }) => reason);
        const reasons = last.map((entry) => entry.void);
        expect(told.sort()).toEqual(reasons.filter((reason) => reason !== undefined).sort());
        return reasons;
      }),
    stageOf: (number) => asStranger(async (stranger) => (await stranger.show({ ref: `fraud@${number}` })).stage),
  };
}

const promoted = ({ ids }: Scene, number: number, more: object = {}) => ({
  type: 'stage.changed',
  version: ids[number - 1],
  from: 'candidate',
  to: 'production',
  kind: 'promote',
  displaces: [{ version: ids[0], to: 'archived' }],
  reason: 'mine',
  ...more,
});
const approval = ({ ids }: Scene, number: number, more: object = {}) => ({
  type: 'approval.given',
  version: ids[number - 1],
  stage: 'production',
  ...more,
});
const TWO_EYES = { gates: { production: [{ approvals: 1 }] } };

describe('a log that somebody wrote by hand', () => {
  it('promotes nothing past the gates of the policy', async () => {
    const here = await scene({ gates: { production: [{ metric: 'auc', min: 0.95 }, { recorded: 'command: check' }] } });
    await here.write({ events: [promoted(here, 2)] });
    expect(await here.verdicts()).toEqual([
      expect.stringMatching(/fraud@2 doesn't pass .*auc 0\.91 is below 0\.95; command: check: no result was recorded/),
    ]);
    expect(await here.stageOf(1)).toBe('production');
  });

  it('empties production in vain before a comparison with it', async () => {
    const gates = { production: [{ metric: 'auc', vs: 'production', maxDrop: 0.015 }] };
    const here = await scene({ gates, override: 'never' }, async (registry) => {
      await registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'the best' });
    });
    const away = { type: 'stage.changed', version: here.ids[2], from: 'production', reason: 'mine' };
    for (const [to, kind] of [
      ['candidate', 'demote'],
      ['archived', 'archive'],
    ]) {
      await here.write({
        events: [{ ...away, to, kind }, promoted(here, 1, { from: 'archived', displaces: [] })],
      });
      expect(await here.verdicts()).toEqual([
        expect.stringMatching(/auc 0\.9 is more than 0\.015 below the 0\.92 of fraud@3, which was last in production/),
      ]);
    }
    await here.write({ events: [{ ...away, to: 'archived', kind: 'archive' }, promoted(here, 2, { displaces: [] })] });
    expect(await here.verdicts()).toEqual([undefined]);
  });

  it('takes no approval by whoever registered the version, under any letter case, nor one for another version or stage', async () => {
    const here = await scene(TWO_EYES);
    await here.write(
      { by: { name: 'A', email: 'ANN@example.org' }, events: [approval(here, 2)] },
      { by: BOB, events: [approval(here, 3)] },
      { by: BOB, events: [approval(here, 2, { stage: 'staging' })] },
      { by: BOB, events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([
      undefined,
      undefined,
      undefined,
      expect.stringMatching(/0 of 1 approvals; that of whoever registered the version doesn’t count/),
    ]);
    await here.write({ by: BOB, events: [approval(here, 2)] }, { events: [promoted(here, 2)] });
    expect(await here.verdicts()).toEqual([undefined, undefined]);
  });

  it('takes no approval that lapsed: another version in the stage, another result of a gate, one that was used', async () => {
    const here = await scene(TWO_EYES);
    await here.write(
      { by: BOB, events: [approval(here, 2), approval(here, 3)] },
      {
        by: BOB,
        events: [{ type: 'gate.recorded', version: here.ids[1], stage: 'production', gate: 'g', outcome: 'failed' }],
      },
      { events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([
      undefined,
      undefined,
      expect.stringContaining('that of bob@example.org lapsed, because the gate g failed since'),
    ]);
    await here.write({ events: [promoted(here, 3)] });
    expect(await here.verdicts()).toEqual([undefined]);
    const back = { displaces: [{ version: here.ids[2], to: 'archived' }], from: 'archived' };
    await here.write(
      { by: BOB, events: [approval(here, 2)] },
      { events: [{ ...promoted(here, 1, back), kind: 'rollback' }] },
      { events: [promoted(here, 2)] },
      { events: [promoted(here, 3, { from: 'archived' })] },
    );
    expect(await here.verdicts()).toEqual([
      undefined,
      undefined,
      expect.stringContaining('lapsed, because fraud@1 came to production since'),
      // It was approved once, and went back from there.
      expect.stringContaining('0 of 1 approvals'),
    ]);
  });

  it('takes an approval for what its author saw alone', async () => {
    const here = await scene(TWO_EYES);
    const seen = { artifact: here.artifacts[1], holder: here.ids[0], gates: [] };
    const gate = { type: 'gate.recorded', version: here.ids[1], stage: 'production', gate: 'g', outcome: 'failed' };
    await here.write(
      { by: BOB, events: [approval(here, 2, { seen: { ...seen, artifact: here.artifacts[2] } })] },
      { by: BOB, events: [approval(here, 2, { seen: { ...seen, holder: null } })] },
      { events: [promoted(here, 2)] },
      { events: [gate] },
      { by: BOB, events: [approval(here, 2, { seen })] },
      { events: [promoted(here, 2)] },
      { by: BOB, events: [approval(here, 2, { seen: { ...seen, gates: [{ gate: 'g', outcome: 'failed' }] } })] },
      { events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([
      expect.stringContaining('fraud@2 has other files than those that were looked at'),
      undefined,
      expect.stringContaining('lapsed, because fraud@1 was in production by then'),
      undefined,
      undefined,
      expect.stringContaining('lapsed, because the gate g had failed by then'),
      undefined,
      undefined,
    ]);
  });

  it('is held by a refusal that stands, whoever else approves', async () => {
    const here = await scene(TWO_EYES);
    const refusal = { type: 'approval.refused', version: here.ids[1], stage: 'production', comment: 'Slow' };
    await here.write(
      { by: BOB, events: [approval(here, 2)] },
      { by: EVE, events: [refusal] },
      { events: [promoted(here, 2)] },
      { by: EVE, events: [approval(here, 2)] },
      { events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([
      undefined,
      undefined,
      expect.stringContaining('eve@example.org refused it'),
      undefined,
      undefined,
    ]);
  });

  it('overrides nothing without the right to, and shows for ever what was overridden with it', async () => {
    const gates = { production: [{ metric: 'auc', min: 0.95 }] };
    for (const [override, who] of [
      ['never', 'nobody'],
      [{ by: ['bob@example.org'] }, 'only bob@example.org'],
    ] as const) {
      const here = await scene({ gates, override });
      // Where nothing is to be overridden, saying so is no right either.
      await here.write(
        { events: [promoted(here, 2, { override: true })] },
        { events: [promoted(here, 2, { to: 'staging', displaces: [], override: true })] },
      );
      expect(await here.verdicts()).toEqual([
        `The policy allows ${who} to override a gate: auc 0.91 is below 0.95.`,
        `The policy allows ${who} to override a gate.`,
      ]);
    }
    const here = await scene({ gates, override: { by: ['Bob@example.org'] } });
    await here.write({ by: BOB, events: [promoted(here, 2, { override: true, reason: ' ' })] });
    expect(await here.verdicts()).toEqual([expect.stringContaining('reason')]);
    await here.write({ by: BOB, events: [promoted(here, 2, { override: true })] });
    expect(await here.verdicts()).toEqual([undefined]);
    const { transitions } = await (await here.place.open()).show({ ref: 'fraud@2' });
    expect(transitions).toMatchObject([{ isOverride: true, overridden: ['auc 0.91 is below 0.95'], reason: 'mine' }]);
  });

  it('overrides as nobody else where stages are to be signed', async () => {
    const gates = { production: [{ metric: 'auc', min: 0.95 }] };
    const here = await scene({ signers, signatures: ['stages'], gates, override: { by: ['bob@example.org'] } });
    const override = [promoted(here, 2, { override: true })];
    await here.write(
      { by: BOB, events: override },
      { by: BOB, events: override, key: keys.eve },
      { by: BOB, events: override, key: keys.ann },
      { by: EVE, events: override, key: keys.bob },
    );
    expect(await here.verdicts()).toEqual([
      expect.stringContaining('it is not signed'),
      expect.stringContaining('signed by another key'),
      expect.stringContaining('only bob@example.org to override'),
      undefined,
    ]);
  });

  it('puts no other policy in between, for whoever said which one was looked at', async () => {
    const here = await scene(TWO_EYES);
    const { digest } = await (await here.place.open()).policy({ model: 'fraud' });
    await here.write(
      { events: [{ type: 'policy.set', model: here.model, policy: {} }] },
      { by: ANN, expects: { policies: { [here.model]: digest } }, events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([undefined, "The policy of fraud isn't the one that was looked at."]);
    expect(await here.stageOf(2)).toBe('candidate');
  });

  it('changes no policy that wants others to approve that, nor by what was approved of another one', async () => {
    const changes = { approvals: 1 };
    const here = await scene({ ...TWO_EYES, changes });
    const model = { model: here.model };
    const [loose, looser] = [{ gates: {} }, {}];
    const [looseDigest, looserDigest] = await Promise.all(
      [loose, looser].map(
        async (policy) => (await (await here.place.open()).planPolicy({ model: 'fraud', policy })).nextDigest,
      ),
    );
    const set = (policy: object) => ({ type: 'policy.set', ...model, policy });
    await here.write(
      { events: [set(loose)] },
      { events: [{ type: 'policy.approved', ...model, policy: looseDigest }] },
      {
        events: [
          { type: 'policy.proposed', ...model, policy: loose },
          { type: 'policy.proposed', ...model, policy: looser },
        ],
      },
      { events: [{ type: 'policy.approved', ...model, policy: looseDigest }] },
      // Their own approval doesn't count.
      { events: [set(loose)] },
      { by: BOB, events: [{ type: 'policy.approved', ...model, policy: looserDigest }] },
      { events: [set(loose)] },
      { by: ANN, events: [{ type: 'policy.refused', ...model, policy: looserDigest, comment: 'No' }] },
      { events: [set(looser)] },
      { by: ANN, events: [{ type: 'policy.approved', ...model, policy: looserDigest }] },
      { events: [set(looser)] },
      // What was approved, was so beside the policy before.
      { events: [set({ changes })] },
      { events: [set(looser)] },
    );
    expect(await here.verdicts()).toEqual([
      expect.stringContaining('it has 0 of 1 approvals by others than whoever sets it'),
      expect.stringContaining('is proposed for fraud'),
      undefined,
      undefined,
      expect.stringContaining('0 of 1'),
      undefined,
      expect.stringContaining('0 of 1'),
      undefined,
      expect.stringContaining('ann@example.org refused it'),
      undefined,
      undefined,
      undefined,
      expect.stringContaining('0 of 1'),
    ]);
  });

  it('takes no result of a gate from before the newest evaluation, but of commands', async () => {
    const [slice, command] = ['auc on holdout of country=DE: at least 0.8', 'command: check'];
    const here = await scene({ gates: { production: [{ recorded: slice }, { recorded: command }] } });
    const found = (gate: string) => {
      return { type: 'gate.recorded', version: here.ids[1], stage: 'production', gate, outcome: 'passed' };
    };
    const evaluated = (more: object) => ({ type: 'version.evaluated', version: here.ids[1], ...more });
    await here.write(
      { events: [found(slice), found(command)] },
      { events: [evaluated({ metrics: { auc: 0.1 }, dataset: { name: 'holdout' }, slice: 'country=DE' })] },
      { events: [promoted(here, 2)] },
      { events: [found(slice), evaluated({ metrics: { f1: 0.1 } })] },
      { events: [promoted(here, 2)] },
      // Adds nothing.
      { events: [found(slice), evaluated({ metrics: { f1: 0.1 } })] },
      { events: [promoted(here, 2)] },
    );
    const ended = expect.stringMatching(
      /gates of production: .*no result was recorded since the newest evaluation; run gates --run again\.$/,
    );
    expect(await here.verdicts()).toEqual([undefined, undefined, ended, undefined, ended, undefined, undefined]);
  });

  it('gets rid of no policy that wants others to approve that, by deleting its model or by taking its name', async () => {
    const here = await scene({ ...TWO_EYES, changes: { approvals: 1 } }, async (registry) => {
      await registry.archive({ ref: 'fraud@1', reason: 'empty' });
      await registry.createModel({ name: 'other' });
    });
    const other = (await (await here.place.open()).listModels()).items.find(({ name }) => name === 'other')?.id;
    const renamed = (model: unknown, name: string) => ({ events: [{ type: 'model.renamed', model, name }] });
    await here.write(
      { events: [{ type: 'model.deleted', model: here.model, reason: 'mine' }] },
      renamed(here.model, 'older'),
      renamed(other, 'fraud'),
      { events: [{ type: 'model.created', model: '01M84GD1DENM0DE1N0P011CY00', name: 'fraud' }] },
      { events: [promoted(here, 2, { displaces: [] })] },
    );
    expect(await here.verdicts()).toEqual([
      expect.stringContaining('Set a policy without "changes" first'),
      undefined,
      'Another model is called older, and was called fraud.',
      undefined,
      expect.stringContaining("older@2 doesn't pass the gates of production: 0 of 1 approvals"),
    ]);
  });

  it('goes only where the policy lets versions go', async () => {
    const stages = [
      { name: 'candidate' },
      { name: 'shadow' },
      { name: 'canary', exclusive: true, displacedTo: 'shadow', from: ['shadow'] },
      { name: 'production', exclusive: true, from: ['canary'] },
      { name: 'production-eu', exclusive: true, from: ['canary', 'production'] },
      { name: 'archived' },
    ];
    const here = await scene({ stages });
    const move = (from: string, to: string, kind = 'promote', displaces: readonly object[] = []) => ({
      events: [
        { type: 'stage.changed', version: here.ids[1], from, to, kind, displaces, reason: 'mine', override: true },
      ],
    });
    const taken = [{ version: here.ids[0], to: 'archived' }];
    await here.write(
      move('candidate', 'production', 'promote', taken),
      move('candidate', 'canary'),
      move('candidate', 'shadow'),
      move('shadow', 'canary'),
      move('canary', 'production', 'promote', taken),
      move('production', 'candidate', 'demote'),
    );
    expect(await here.verdicts()).toEqual([
      'The policy lets versions into production from canary; fraud@2 is in candidate.',
      'The policy lets versions into canary from shadow; fraud@2 is in candidate.',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes results of gates from those whom the policy names, of this version, for what is in the stage now', async () => {
    const gate = 'command: check';
    const here = await scene({ gates: { production: [{ recorded: gate, by: ['ci@example.org'] }] } });
    const ci = { name: 'CI', email: 'ci@example.org' };
    const recorded = (number: number, more: object = {}) => ({
      type: 'gate.recorded',
      version: here.ids[number - 1],
      stage: 'production',
      gate,
      outcome: 'passed',
      ...more,
    });
    const against = (version: string | undefined) => ({ against: { stage: 'production', version } });
    await here.write(
      { events: [recorded(2)] },
      { by: ci, events: [recorded(3)] },
      { by: ci, events: [recorded(2, { stage: 'staging' })] },
      { events: [promoted(here, 2)] },
      { by: ci, events: [recorded(2, { outcome: 'failed' })] },
      { events: [promoted(here, 2)] },
      { by: ci, events: [recorded(2, against(here.ids[2]))] },
      { events: [promoted(here, 2)] },
      { by: ci, events: [recorded(2, { against: { stage: 'production', version: null } })] },
      { events: [promoted(here, 2)] },
      { by: ci, events: [recorded(2, against(here.ids[0]))] },
      { events: [promoted(here, 2)] },
    );
    expect(await here.verdicts()).toEqual([
      'The policy takes results of command: check from others than eve@example.org.',
      undefined,
      undefined,
      expect.stringContaining('command: check: no result was recorded'),
      undefined,
      expect.stringContaining('command: check: failed'),
      undefined,
      expect.stringContaining('fraud@3 isn’t in production any more'),
      undefined,
      expect.stringContaining('fraud@1 is in production since, where none was'),
      undefined,
      undefined,
    ]);
  });

  it('says nothing in the name of signers: no request, approval, refusal or result', async () => {
    const here = await scene({ signers, signatures: ['approvals', 'gates'], ...TWO_EYES });
    const about = { version: here.ids[1], stage: 'production' };
    const request = { type: 'promotion.requested', ...about, reviewers: ['bob@example.org'] };
    const refusal = { type: 'approval.refused', ...about, comment: 'No' };
    const result = { type: 'gate.recorded', ...about, gate: 'g', outcome: 'passed' };
    const proposal = { type: 'policy.proposed', model: here.model, policy: {} };
    const forged = [request, approval(here, 2), refusal, result, proposal].map((event) => ({
      by: BOB,
      events: [event],
    }));
    await here.write(...forged, ...forged.map((one) => ({ ...one, key: keys.eve })));
    expect(await here.verdicts()).toEqual([
      ...forged.map(() => expect.stringContaining('it is not signed')),
      ...forged.map(() => expect.stringContaining('it is signed by another key')),
    ]);
    // Who is on the list is who signed, whatever they call themselves.
    await here.write({ by: BOB, events: [approval(here, 2)], key: keys.ann }, { events: [promoted(here, 2)] });
    expect(await here.verdicts()).toEqual([undefined, expect.stringContaining('0 of 1 approvals')]);
    await here.write({ events: [approval(here, 2)], key: keys.bob }, { events: [promoted(here, 2)] });
    expect(await here.verdicts()).toEqual([undefined, undefined]);
  });

  it('asks for nothing that is no promotion, and withdraws nothing that nobody asks for', async () => {
    const here = await scene({});
    const request = (number: number, stage: string) => ({
      events: [{ type: 'promotion.requested', version: here.ids[number - 1], stage }],
    });
    await here.write(
      request(2, 'nowhere'),
      request(1, 'production'),
      request(1, 'staging'),
      request(2, 'archived'),
      { events: [{ type: 'promotion.withdrawn', version: here.ids[1], stage: 'production' }] },
      request(2, 'production'),
    );
    expect(await here.verdicts()).toEqual([
      expect.stringContaining("nowhere isn't a stage"),
      expect.stringContaining('fraud@1 is in production already'),
      expect.stringContaining('is no promotion'),
      expect.stringContaining('is no promotion'),
      expect.stringContaining('Nobody asks for fraud@2'),
      undefined,
    ]);
  });
});
