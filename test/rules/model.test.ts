import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { CatalogState } from '../../src/catalog/catalog-state.ts';
import { CATALOG_SQL } from '../../src/catalog/schema.ts';
import { openSqlite } from '../../src/catalog/sqlite.ts';
import { encodeCommit } from '../../src/log/commit.ts';
import { applyCommit, type LogPosition } from '../../src/rules/apply-commit.ts';

/**
 * A second, much simpler account of what docs/format.md says about stages and reviews: plain objects, one model, and a policy that asks
 * for an approval and a passed check before production, or for nothing. Random events must be judged alike by both, and leave the same state.
 */
interface ModelVersion {
  readonly number: number;
  stage: string;
  readonly held: Set<string>;
  isDeleted: boolean;
  readonly isPublished: boolean;
  /** By person: whether they approve it for production, and whether that stands. */
  readonly words: Map<string, { readonly isGiven: boolean; readonly stands: boolean }>;
  check: 'passed' | 'failed' | undefined;
  isAsked: boolean;
}

interface SimpleModel {
  readonly versions: ModelVersion[];
  stack: number[];
  readonly aliases: Map<string, number>;
  isGated: boolean;
}

const REGISTRY = '01M84GD1DENREG1STRY0000000';
const MODEL = '01M84GD1DENM0DE1FRAVD00000';
const STAGES = ['candidate', 'staging', 'production', 'archived'] as const;
const KINDS = ['promote', 'rollback', 'demote', 'archive'] as const;

type Step =
  | { readonly do: 'register'; readonly isPublished: boolean }
  | {
      readonly do: 'move';
      readonly version: number;
      readonly to: string;
      readonly kind: string;
      readonly isHonest: boolean;
    }
  | { readonly do: 'alias'; readonly version: number; readonly alias: string }
  | { readonly do: 'delete'; readonly version: number }
  | { readonly do: 'gate'; readonly isGated: boolean }
  | { readonly do: 'check'; readonly version: number; readonly outcome: 'passed' | 'failed' }
  | { readonly do: 'say'; readonly version: number; readonly by: string; readonly isGiven: boolean }
  | { readonly do: 'ask'; readonly version: number }
  | { readonly do: 'withdraw'; readonly version: number };

const versionNumber = fc.integer({ min: 1, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('register' as const), isPublished: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      version: versionNumber,
      to: fc.constantFrom(...STAGES, 'production', 'production'),
      kind: fc.constantFrom(...KINDS, 'promote', 'rollback'),
      isHonest: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('alias' as const),
      version: versionNumber,
      alias: fc.constantFrom('champion', 'challenger'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), version: versionNumber }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gate' as const), isGated: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('check' as const),
      version: versionNumber,
      outcome: fc.constantFrom('passed' as const, 'passed' as const, 'failed' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      version: versionNumber,
      by: fc.constantFrom('a', 'b', 'b', 'c'),
      isGiven: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), version: versionNumber }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), version: versionNumber }) },
);

function idOf(number: number): string {
  return `01M84GD1DENVERS10N${String(number).padStart(8, '0')}`;
}

/** Applies a step to the simple model; false where the rules say no. */
function applySimply(model: SimpleModel, action: Step, displaced: number | undefined): boolean {
  if (action.do === 'register') {
    model.versions.push({
      number: model.versions.length + 1,
      stage: 'candidate',
      held: new Set(),
      isDeleted: false,
      isPublished: action.isPublished,
      words: new Map(),
      check: undefined,
      isAsked: false,
    });
    return true;
  }
  if (action.do === 'gate') {
    model.isGated = action.isGated;
    return true;
  }
  const version = model.versions[action.version - 1];
  if (!version || version.isDeleted) return false;
  if (action.do === 'alias') {
    model.aliases.set(action.alias, version.number);
    return true;
  }
  if (action.do === 'delete') {
    if (version.stage === 'production' || [...model.aliases.values()].includes(version.number)) return false;
    version.isDeleted = true;
    version.isAsked = false;
    model.stack = model.stack.filter((number) => number !== version.number);
    return true;
  }
  if (action.do === 'check') {
    if ((version.check ?? 'passed') !== action.outcome) lapse(version);
    version.check = action.outcome;
    return true;
  }
  if (action.do === 'say') {
    version.words.set(action.by, { isGiven: action.isGiven, stands: true });
    return true;
  }
  if (action.do === 'ask') {
    if (version.stage === 'production') return false;
    version.isAsked = true;
    return true;
  }
  if (action.do === 'withdraw') {
    const { isAsked } = version;
    version.isAsked = false;
    return isAsked;
  }
  return moveSimply(model, version, action, displaced);
}

function lapse(version: ModelVersion): void {
  for (const [person, { isGiven }] of version.words) if (isGiven) version.words.set(person, { isGiven, stands: false });
}

/** Everything is registered by `a`, whose own word for it doesn't count. */
function mayEnter({ words, check }: ModelVersion): boolean {
  const all = [...words];
  const isRefused = all.some(([, { isGiven }]) => !isGiven);
  return check === 'passed' && !isRefused && all.some(([person, { stands }]) => stands && person !== 'a');
}

function moveSimply(
  model: SimpleModel,
  version: ModelVersion,
  action: Extract<Step, { do: 'move' }>,
  displaced: number | undefined,
): boolean {
  const { to, kind } = action;
  if (version.stage === to) return false;
  const order: readonly string[] = STAGES;
  const isUp = version.stage === 'archived' || order.indexOf(to) > order.indexOf(version.stage);
  const expected = to === 'archived' ? 'archive' : isUp ? 'promote' : 'demote';
  if (kind === 'rollback' ? to !== 'production' || !version.held.has('production') : kind !== expected) return false;
  if ((to === 'staging' || to === 'production') && !version.isPublished) return false;
  const holder =
    to === 'production' ? model.versions.find((other) => !other.isDeleted && other.stage === 'production') : undefined;
  if (kind === 'promote' && to === 'production' && model.isGated && !mayEnter(version)) return false;
  if (holder?.number !== displaced) return false;
  if (version.stage === 'production' || to === 'production') for (const one of model.versions) lapse(one);
  if (to === 'production' || to === 'archived') version.isAsked = false;
  if (holder) holder.isAsked = false;
  if (version.stage === 'production') model.stack = model.stack.filter((number) => number !== version.number);
  if (holder) holder.stage = 'archived';
  if (to === 'production') {
    const depth = model.stack.indexOf(version.number);
    const below =
      kind !== 'rollback'
        ? model.stack.filter((number) => number !== version.number)
        : depth >= 0
          ? model.stack.slice(0, depth)
          : model.stack.filter((number) => number !== holder?.number);
    model.stack = [...below, version.number];
  }
  version.stage = to;
  version.held.add(to);
  return true;
}

describe('the rules of stages and reviews', () => {
  it('judge random events as a simple account of them does, and never let two versions into production', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const db = await openSqlite();
        db.script(CATALOG_SQL);
        const state = new CatalogState(db);
        const model: SimpleModel = { versions: [], stack: [], aliases: new Map(), isGated: false };
        let position: LogPosition = { seq: 0, hash: sha256Hex('format'), at: '' };
        const commit = (events: readonly object[], name = 'A') => {
          const seq = position.seq + 1;
          const intent = {
            id: `01M84GD1DEN1NTENT${String(seq).padStart(9, '0')}`,
            registryId: REGISTRY,
            by: { name, email: '' },
            askedAt: '2026-05-03T12:00:00.000Z',
            via: 'cli',
            events,
          };
          const bytes = encodeCommit({ v: 1, seq, prev: position.hash, at: '2026-05-03T12:00:00.000Z' }, [
            new TextEncoder().encode(JSON.stringify(intent)),
          ]);
          const outcome = applyCommit(state, bytes, position, REGISTRY);
          position = outcome.position;
          return outcome.intents[0]?.outcome.kind === 'applied';
        };
        commit([{ type: 'model.created', model: MODEL, name: 'fraud' }]);
        for (const action of steps) {
          const holder = model.versions.find((version) => !version.isDeleted && version.stage === 'production')?.number;
          const displaced = action.do === 'move' && action.to === 'production' && action.isHonest ? holder : undefined;
          const events = eventsOf(action, model, displaced);
          const isApplied = commit(events, action.do === 'say' ? action.by : 'A');
          expect(isApplied, JSON.stringify(action)).toBe(applySimply(model, action, displaced));

          const inProduction = state.versionsInStage(MODEL, 'production', 10).map((version) => version.number);
          expect(inProduction.length).toBeLessThanOrEqual(1);
          const stack = state.holderStack(MODEL, 'production', 10).map((id) => state.version(id)?.number);
          expect(stack).toEqual([...model.stack].reverse());
          for (const version of model.versions) {
            expect(state.version(idOf(version.number))).toMatchObject({
              stage: version.stage,
              isDeleted: version.isDeleted,
            });
            const id = idOf(version.number);
            expect(state.hasRequest(id, 'production')).toBe(version.isAsked);
            const words = state
              .votes(id, 'production')
              .map(({ person, isGiven, lapsed }) => [person, isGiven, !lapsed]);
            expect(words.sort()).toEqual(
              [...version.words].map(([by, { isGiven, stands }]) => [by, isGiven, stands]).sort(),
            );
          }
        }
        db.close();
      }),
      { numRuns: 150 },
    );
  });
});

function eventsOf(action: Step, model: SimpleModel, displaced: number | undefined): readonly object[] {
  if (action.do === 'register') {
    const number = model.versions.length + 1;
    const digest = sha256Hex(String(number));
    const event = {
      type: 'version.registered',
      model: MODEL,
      version: idOf(number),
      artifact: { digest, sizeBytes: 1, fileCount: 1 },
    };
    return action.isPublished ? [event, { type: 'artifact.published', artifact: digest }] : [event];
  }
  if (action.do === 'gate') {
    const gates = action.isGated ? { gates: { production: [{ approvals: 1 }, { recorded: 'check' }] } } : {};
    return [{ type: 'policy.set', model: MODEL, policy: gates }];
  }
  const version = idOf(action.version);
  const about = { version, stage: 'production' };
  if (action.do === 'check') return [{ type: 'gate.recorded', ...about, gate: 'check', outcome: action.outcome }];
  if (action.do === 'ask') return [{ type: 'promotion.requested', ...about }];
  if (action.do === 'withdraw') return [{ type: 'promotion.withdrawn', ...about }];
  if (action.do === 'say')
    return [
      action.isGiven ? { type: 'approval.given', ...about } : { type: 'approval.refused', ...about, comment: 'no' },
    ];
  if (action.do === 'alias') return [{ type: 'alias.set', model: MODEL, alias: action.alias, version }];
  if (action.do === 'delete') return [{ type: 'version.deleted', version, reason: 'old' }];
  const from = model.versions[action.version - 1]?.stage ?? 'candidate';
  const displaces = displaced === undefined ? [] : [{ version: idOf(displaced), to: 'archived' }];
  return [{ type: 'stage.changed', version, from, to: action.to, kind: action.kind, displaces, reason: 'because' }];
}
