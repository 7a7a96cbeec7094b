import { sha256Hex } from '../../src/base/hash.ts';
import type { NewId } from '../../src/base/ids.ts';
import type { Intent } from '../../src/log/intent.ts';
import { policyOf } from '../../src/rules/lookup.ts';
import { kindOfMove, PRODUCTION, stageOf } from '../../src/rules/policy.ts';
import type { VersionRecord } from '../../src/rules/state.ts';
import { manifestKey, objectKey } from '../../src/storage/layout.ts';
import type { StagingStore } from '../../src/storage/object-store.ts';
import type { MemoryState } from '../rules/memory-state.ts';
import type { Random } from './random.ts';

export type Asked = Pick<Intent, 'events' | 'expects'>;

const MODELS = ['fraud', 'churn'];

interface Asking {
  readonly state: MemoryState;
  readonly store: StagingStore;
  readonly random: Random;
  readonly newId: NewId;
  /** Registrations don't say that the files are there: that is another request. */
  readonly isShared?: boolean;
}

/** What a person asks for next, looking at the state. Stores the files of a version that is to be registered. */
export async function nextRequest(asking: Asking): Promise<Asked> {
  const { state, random } = asking;
  const model = state.modelByName(random.pick(MODELS));
  const versions = model ? state.versionsOf(model.id) : [];
  if (!model || versions.length === 0 || random.chance(0.25)) return register(asking, model?.id);
  const version = random.pick(versions);
  const dice = random.next();
  if (random.chance(0.25)) return review(asking, version);
  if (random.chance(0.04)) return setGates(state, model.id, random.chance(0.6));
  if (dice < 0.4) return move(state, version, random.pick(['staging', PRODUCTION, PRODUCTION, PRODUCTION]));
  if (dice < 0.55) {
    const target = state.version(state.holderStack(model.id, PRODUCTION, 2).at(-1) ?? '');
    return move(state, target ?? version, PRODUCTION, target ? 'rollback' : undefined);
  }
  if (dice < 0.65) return move(state, version, 'archived');
  if (dice < 0.8) return alias(state, version, random.pick(['champion', 'challenger']), random.chance(0.3));
  if (dice < 0.9) {
    return {
      expects: { stages: { [version.id]: version.stage } },
      events: [{ type: 'version.deleted', version: version.id, reason: 'old' }],
    };
  }
  return annotate(state, version, `${random.below(1000)}`);
}

async function register({ store, random, newId, isShared }: Asking, known: string | undefined): Promise<Asked> {
  const bytes = new TextEncoder().encode(`weights ${random.below(3)}`);
  const sha256 = sha256Hex(bytes);
  const manifest = new TextEncoder().encode(
    JSON.stringify({ files: [{ path: 'model.bin', size: bytes.length, sha256 }] }),
  );
  const digest = sha256Hex(manifest);
  const staged = await store.stage();
  try {
    await staged.write(bytes);
    await staged.commit(objectKey(sha256));
  } finally {
    await staged.discard();
  }
  await store.putIfAbsent(manifestKey(digest), manifest);
  const model = known ?? newId();
  return {
    expects: {},
    events: [
      ...(known === undefined ? [{ type: 'model.created' as const, model, name: random.pick(MODELS) }] : []),
      {
        type: 'version.registered',
        model,
        version: newId(),
        artifact: { digest, sizeBytes: bytes.length, fileCount: 1 },
        metrics: {},
        params: {},
        tags: {},
        description: '',
        data: [],
        ...(random.chance(0.6) ? { run: { id: `run-${random.below(6)}` } } : {}),
      },
      ...(isShared ? [] : [{ type: 'artifact.published' as const, artifact: digest }]),
    ],
  };
}

export function move(state: MemoryState, version: VersionRecord, to: string, asked?: 'rollback'): Asked {
  const policy = policyOf(state, version.model);
  const rule = stageOf(policy, to);
  const holder = rule?.isExclusive ? state.versionsInStage(version.model, to, 1)[0] : undefined;
  return {
    expects: {
      stages: { [version.id]: version.stage },
      ...(rule?.isExclusive ? { holders: { [`${version.model}/${to}`]: holder?.id ?? null } } : {}),
    },
    events: [
      {
        type: 'stage.changed',
        version: version.id,
        from: version.stage,
        to,
        kind: asked ?? kindOfMove(policy, version.stage, to),
        displaces: holder && rule ? [{ version: holder.id, to: rule.displacedTo }] : [],
        reason: 'because',
        gates: [],
        override: false,
      },
    ],
  };
}

const GATE = 'command: python check.py';

/** Something that is asked, said or found of a version on its way to production. */
function review({ state, random }: Asking, { id: version, model, artifact }: VersionRecord): Asked {
  const about = { version, stage: PRODUCTION };
  const holder = state.versionsInStage(model, PRODUCTION, 1)[0]?.id ?? null;
  const gates = state.gateRecords(version, PRODUCTION).map(({ gate, outcome }) => ({ gate, outcome }));
  const seen = { artifact, holder: holder === version ? null : holder, gates };
  return {
    expects: {},
    events: [
      random.pick([
        { type: 'approval.given', ...about },
        { type: 'approval.given', ...about, seen },
        { type: 'approval.given', ...about, seen },
        { type: 'approval.refused', ...about, comment: 'slow' },
        { type: 'gate.recorded', ...about, gate: GATE, outcome: random.pick(['passed', 'passed', 'failed']) },
        { type: 'promotion.requested', ...about, reviewers: [] },
        { type: 'promotion.withdrawn', ...about },
      ]),
    ],
  };
}

/** Promotions to production need an approval from now on, or nothing any more. */
function setGates(state: MemoryState, model: string, isNeeded: boolean): Asked {
  const { gates: _, ...rest } = state.policy(model) ?? {};
  const gates = isNeeded ? { gates: { [PRODUCTION]: [{ approvals: 1 }] } } : {};
  return { expects: {}, events: [{ type: 'policy.set', model, policy: { ...rest, ...gates } }] };
}

function alias(state: MemoryState, version: VersionRecord, name: string, isRemoval: boolean): Asked {
  const present = state.alias(version.model, name) ?? null;
  const { model, id } = version;
  return {
    expects: { aliases: { [`${model}/${name}`]: present } },
    events: [
      isRemoval
        ? { type: 'alias.removed', model, alias: name }
        : { type: 'alias.set', model, alias: name, version: id },
    ],
  };
}

function annotate(state: MemoryState, version: VersionRecord, text: string): Asked {
  const present = state.tag(version.id, 'reviewed');
  return {
    expects: present === undefined ? {} : { tags: { [`${version.id}/reviewed`]: present } },
    events: [
      { type: 'version.annotated', version: version.id, note: text, setTags: { reviewed: text }, removeTags: [] },
    ],
  };
}
