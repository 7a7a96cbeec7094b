import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { RollbackPlan } from '../../catalog/read-models/holders.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { heldBefore, lastTenures } from '../../catalog/tenure-queries.ts';
import { transitionsOf } from '../../catalog/transition-queries.ts';
import { versionById, versionByNumber } from '../../catalog/version-queries.ts';
import { digestOfPolicy } from '../../rules/expectations.ts';
import { policyOf } from '../../rules/lookup.ts';
import {
  ARCHIVED,
  type EffectivePolicy,
  FIRST_STAGE,
  kindOfMove,
  PRODUCTION,
  type StagePolicy,
  stageOf,
} from '../../rules/policy.ts';
import type { IntentOutcome } from '../../rules/state.ts';
import { manifestKey } from '../../storage/layout.ts';
import type { GateLink } from '../api/gates.ts';
import type { ArchiveRequest, PromoteRequest, RollbackRequest, TransitionResult } from '../api/stages.ts';
import { findModel, findVersion } from '../references.ts';
import { dbOf, enqueue, readToHead, readToWrite, record, refusedBy, type Session, stateOf } from '../session.ts';
import { filesNotShared } from '../shared/fetch-files.ts';
import { withFilesOf } from '../space/withdrawn.ts';
import { reasonOf } from '../text.ts';
import { checkStage } from './check-stage.ts';
import { verifyPromoted, verifyRollback } from './stage-files.ts';

/** So long a rollback waits for the shared storage; then it is recorded here, and shared later. */
const ROLLBACK_PATIENCE_MS = 1500;

interface Move {
  readonly version: VersionSummary;
  readonly to: string;
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive';
  readonly reason: string;
  readonly isOverride: boolean;
  /** The id of the version that the person saw in the target stage, null for none, undefined for whatever is there. */
  readonly seenHolder: string | null | undefined;
  /** Digest of the policy that the person saw, null for none, undefined for whatever holds. */
  readonly seenPolicy?: string | null | undefined;
  readonly gates: readonly GateLink[];
}

export async function promote(
  session: Session,
  request: PromoteRequest,
  options: OperationOptions = {},
): Promise<TransitionResult> {
  const reason = reasonOf(request.reason);
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const policy = policyOf(stateOf(session), version.modelId);
  refuseMoved(session, version, request);
  checkMove(version, request.stage, policy);
  const kind = kindOfMove(policy, version.stage, request.stage);
  const isOverride = request.override ?? false;
  return move(session, options, {
    version,
    to: request.stage,
    kind,
    reason,
    isOverride,
    seenHolder: seenHolder(session, version, request.expectHolder),
    seenPolicy: request.expectPolicy,
    gates: request.gates ?? [],
  });
}

export async function archive(session: Session, request: ArchiveRequest): Promise<TransitionResult> {
  return promote(session, { ...request, stage: ARCHIVED });
}

export async function rollback(
  session: Session,
  request: RollbackRequest,
  options: OperationOptions = {},
): Promise<TransitionResult> {
  const reason = reasonOf(request.reason);
  await readToWrite(session);
  const plan = moveBack(session, request);
  const holder = seenHolder(session, plan.target, request.expectHolder);
  await verifyRollback(session, plan.target, () => othersThan(session, plan), options);
  return move(session, options, {
    version: plan.target,
    to: plan.stage,
    kind: 'rollback',
    reason,
    isOverride: false,
    seenHolder: holder,
    // Going back never waits for a gate.
    gates: [],
  });
}

/** Where a rollback goes, with everything that a person wants to see before it. */
export async function rollbackTarget(
  session: Session,
  request: { readonly model: string; readonly to?: number; readonly stage?: string },
): Promise<RollbackPlan> {
  await readToHead(session);
  const { model, ...plan } = moveBack(session, request);
  const held = lastTenures(dbOf(session), model, plan.stage);
  return { ...plan, others: othersThan(session, { model, ...plan }), held };
}

/** Versions that were in the stage, but for the one that is there now. */
function othersThan(
  session: Session,
  { model, stage, current }: Pick<ReturnType<typeof moveBack>, 'model' | 'stage' | 'current'>,
): readonly VersionSummary[] {
  return heldBefore(dbOf(session), model, stage, 20).filter(({ id }) => id !== current?.id);
}

/** From which version to which a rollback goes, and of which model. */
function moveBack(
  session: Session,
  request: { readonly model: string; readonly to?: number; readonly stage?: string },
): Omit<RollbackPlan, 'others' | 'held'> & { readonly model: string } {
  const db = dbOf(session);
  const state = stateOf(session);
  const model = findModel(session, request.model);
  const stage = request.stage ?? PRODUCTION;
  const rule = stageOf(policyOf(state, model.id), stage);
  if (!rule?.isExclusive) {
    throw new RegistryError(
      'STAGE_UNKNOWN',
      `${stage} isn't an exclusive stage of ${model.name}, so it can't be rolled back. Promote a version instead.`,
    );
  }
  const current = holderOf(session, model.id, rule);
  if (request.to !== undefined) {
    const target = versionByNumber(db, model.id, request.to);
    if (!target) throw new RegistryError('VERSION_NOT_FOUND', `${model.name} has no version ${request.to}.`);
    if (target.id === current?.id)
      throw new RegistryError('STAGE_UNCHANGED', `${model.name}@${request.to} is in ${stage} already.`);
    if (!state.hasHeld(target.id, stage)) {
      throw new RegistryError(
        'NEVER_HELD',
        `${model.name}@${request.to} never was in ${stage}. Promote it instead; a rollback goes only to a version that was there.`,
      );
    }
    return { model: model.id, stage, target, ...(current ? { current } : {}) };
  }
  const below = state.holderStack(model.id, stage, 2).find((id) => id !== current?.id);
  const target = below === undefined ? undefined : versionById(db, below);
  if (!target) {
    const what = current ? `before version ${current.number}` : 'so far';
    const others = othersThan(session, { model: model.id, stage, ...(current ? { current } : {}) });
    if (others.length > 0) {
      const names = others.map(({ number }) => `${model.name}@${number}`).join(', ');
      throw new RegistryError(
        'NOTHING_TO_ROLL_BACK',
        `No version of ${model.name} was displaced from ${stage} ${what} and can come back by itself. These were there, the last one first: ${names}. Name one: rollback ${model.name} --to ${others[0]?.number}.`,
        { details: { others: others.map(({ number }) => number) } },
      );
    }
    throw new RegistryError(
      'NOTHING_TO_ROLL_BACK',
      `No version of ${model.name} was in ${stage} ${what}, or it was deleted, so there is nothing to roll back to. Promote a version instead.`,
    );
  }
  return { model: model.id, stage, target, ...(current ? { current } : {}) };
}

function checkMove(version: VersionSummary, stage: string, policy: EffectivePolicy): void {
  checkStage(version, stage, policy);
  if (version.stage === stage) {
    throw new RegistryError(
      'STAGE_UNCHANGED',
      `${version.model}@${version.number} is in ${stage} already. Nothing was changed.${stage === PRODUCTION ? ' A folder that the project declares for it is brought up to date by `model-registry deploy`.' : ''}`,
    );
  }
}

function holderOf(session: Session, model: string, rule: StagePolicy): VersionSummary | undefined {
  const holder = rule.isExclusive ? stateOf(session).versionsInStage(model, rule.name, 1)[0] : undefined;
  return holder && versionById(dbOf(session), holder.id);
}

function seenHolder(
  session: Session,
  version: VersionSummary,
  expected: string | null | undefined,
): string | null | undefined {
  if (expected === undefined || expected === null) return expected;
  return findVersion(session, /^\d+$/.test(expected) ? `${version.modelId}@${expected}` : expected).id;
}

async function move(
  session: Session,
  options: OperationOptions,
  { version, to, kind, reason, isOverride, seenHolder: seen, seenPolicy, gates }: Move,
): Promise<TransitionResult> {
  const rule = stageOf(policyOf(stateOf(session), version.modelId), to);
  const holder = rule && holderOf(session, version.modelId, rule);
  if (to !== FIRST_STAGE && to !== ARCHIVED)
    await withFilesOf(session, version, () => provideFiles(session, version, kind, options));
  const expectedHolder = seen === undefined ? (holder?.id ?? null) : seen;
  // Going down or back asks no policy.
  const expectedPolicy =
    kind !== 'promote'
      ? undefined
      : seenPolicy === undefined
        ? digestOfPolicy(stateOf(session), version.modelId)
        : seenPolicy;
  const displaces = holder && rule ? [{ version: holder.id, to: rule.displacedTo }] : [];
  const { seq, at, pending } = await record(
    session,
    {
      expects: {
        stages: { [version.id]: version.stage },
        ...(rule?.isExclusive ? { holders: { [`${version.modelId}/${to}`]: expectedHolder } } : {}),
        ...(expectedPolicy === undefined ? {} : { policies: { [version.modelId]: expectedPolicy } }),
      },
      events: [
        {
          type: 'stage.changed',
          version: version.id,
          from: version.stage,
          to,
          kind,
          displaces,
          reason,
          gates: gates.map((link) => ({ ...link })),
          override: isOverride,
        },
      ],
    },
    (outcome) =>
      policyConflict(session, version, to, expectedPolicy, outcome) ??
      conflict(session, version, to, expectedHolder, outcome),
    { ...options, ...sharingOf(session, kind, version.artifact.digest) },
  );
  const db = dbOf(session);
  const moved = versionById(db, version.id) ?? version;
  const displaced = holder ? [versionById(db, holder.id) ?? holder] : [];
  return { version: moved, from: version.stage, to, kind, displaced, seq, at, pending };
}

/** Another policy holds than the one that the gates were looked at with. */
function policyConflict(
  session: Session,
  { model, modelId, number }: VersionSummary,
  to: string,
  expected: string | null | undefined,
  outcome: Exclude<IntentOutcome, { kind: 'applied' }>,
): RegistryError | undefined {
  if (outcome.kind !== 'void' || outcome.code !== 'EXPECTATION') return undefined;
  if (expected === undefined || digestOfPolicy(stateOf(session), modelId) === expected) return undefined;
  return new RegistryError(
    'CONFLICT',
    `${model}@${number} wasn't moved to ${to}: the policy of ${model} was changed meanwhile. Look at its gates again (\`model-registry gates ${model}@${number} ${to}\`), and ask again if it is still right. Nothing was changed.`,
  );
}

/** A rollback waits for no files that are shared already, and not long for a storage that doesn't answer. */
function sharingOf(session: Session, kind: Move['kind'], digest: string) {
  if (kind !== 'rollback' || stateOf(session).artifactStatus(digest) !== 'published') return { bytesOf: [digest] };
  return { bytesOf: [], patienceMs: ROLLBACK_PATIENCE_MS };
}

/** Somebody moved the version since the person looked at it. Where it is in the wanted stage already, that is what is to be said. */
function refuseMoved(session: Session, version: VersionSummary, { stage, expectStage }: PromoteRequest): void {
  if (expectStage === undefined || version.stage === expectStage || version.stage === stage) return;
  const last = transitionsOf(dbOf(session), version.id).at(-1);
  const theirs = last
    ? `${last.by.name} moved it to ${last.to} at ${last.at} ("${last.reason}")`
    : `it is in ${version.stage}`;
  throw new RegistryError(
    'CONFLICT',
    `${version.model}@${version.number} wasn't moved to ${stage}: ${theirs}, while it was expected in ${expectStage}. Look at it again, and ask again if it is still right. Nothing was changed.`,
    {
      details: last
        ? { theirs: { version: version.number, to: last.to, by: last.by, at: last.at, reason: last.reason } }
        : {},
    },
  );
}

/** Who got there first, with what, when and why. */
function conflict(
  session: Session,
  version: VersionSummary,
  to: string,
  expectedHolder: string | null,
  outcome: Exclude<IntentOutcome, { kind: 'applied' }>,
): RegistryError {
  if (outcome.kind !== 'void' || !['EXPECTATION', 'STAGE_MOVED', 'HOLDER_CHANGED'].includes(outcome.code))
    return refusedBy(outcome);
  const db = dbOf(session);
  const own = versionById(db, version.id);
  const holderId = stateOf(session).versionsInStage(version.modelId, to, 1)[0]?.id;
  const changed =
    own && own.stage !== version.stage ? own : holderId === undefined ? undefined : versionById(db, holderId);
  const expected = expectedHolder === null ? undefined : versionById(db, expectedHolder);
  const last = changed && transitionsOf(db, changed.id).at(-1);
  const before = expected ? `version ${expected.number}` : 'no version';
  const theirs =
    changed && last
      ? `${last.by.name} moved version ${changed.number} to ${last.to} at ${last.at} ("${last.reason}")`
      : `the version that was in ${to} left it`;
  const details =
    changed && last
      ? { theirs: { version: changed.number, to: last.to, by: last.by, at: last.at, reason: last.reason } }
      : {};
  return new RegistryError(
    'CONFLICT',
    `${version.model}@${version.number} wasn't moved to ${to}: ${theirs}, while ${before} was expected in ${to}. Look at what is there now, and ask again if it is still right. Nothing was changed.`,
    { details },
  );
}

/** In a shared registry the remote has to have the files, of which this disk may lack some. */
async function provideFiles(
  session: Session,
  version: VersionSummary,
  kind: Move['kind'],
  options: OperationOptions,
): Promise<void> {
  const { digest } = version.artifact;
  if (session.shared && stateOf(session).artifactStatus(digest) === 'published') return;
  // Whoever registered it may not have got around to sharing its files: nothing is damaged.
  if (session.shared && !(await session.store.head(manifestKey(digest)))) throw filesNotShared(session, version);
  // A rollback has read them.
  if (kind !== 'rollback') await verifyPromoted(session, version, options);
  if (session.shared)
    await enqueue(session, { events: [{ type: 'artifact.published', artifact: digest, version: version.id }] });
}
