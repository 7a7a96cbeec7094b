import { RegistryError } from '../../base/errors.ts';
import { requestOn } from '../../catalog/gate-queries.ts';
import type { Seen } from '../../catalog/read-models/reviews.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { versionById } from '../../catalog/version-queries.ts';
import { policyOf } from '../../rules/lookup.ts';
import { kindOfMove } from '../../rules/policy.ts';
import type { RequestResult, ReviewResult } from '../api/reviews.ts';
import { seenNow } from '../queries/reviews.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToWrite, record, type Session, stateOf } from '../session.ts';
import { textOf } from '../text.ts';
import { checkStage } from './check-stage.ts';

/** Asks people to look at a version before it is promoted. An open request for the same is replaced. */
export async function requestPromotion(
  session: Session,
  request: {
    readonly ref: string;
    readonly stage: string;
    readonly comment?: string;
    readonly reviewers?: readonly string[];
  },
): Promise<RequestResult> {
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage } = request;
  const policy = policyOf(stateOf(session), version.modelId);
  checkStage(version, stage, policy);
  const label = `${version.model}@${version.number}`;
  if (version.stage === stage)
    throw new RegistryError('STAGE_UNCHANGED', `${label} is in ${stage} already. Nothing was changed.`);
  if (kindOfMove(policy, version.stage, stage) !== 'promote')
    throw new RegistryError(
      'NO_PROMOTION',
      `To move ${label} from ${version.stage} to ${stage} is no promotion, so it needs nobody’s approval: move it. Nothing was changed.`,
    );
  const reviewers = [...new Set((request.reviewers ?? []).map((reviewer) => textOf(reviewer, 'reviewer')))];
  const comment = request.comment?.trim() ?? '';
  const about = { type: 'promotion.requested' as const, version: version.id, stage };
  const { pending } = await record(session, {
    events: [{ ...about, reviewers, ...(comment === '' ? {} : { comment }) }],
  });
  return { version, stage, reviewers, pending };
}

/** Ends a request. Throws `REQUEST_UNKNOWN`. */
export async function withdrawRequest(
  session: Session,
  request: { readonly ref: string; readonly stage: string; readonly comment?: string },
): Promise<RequestResult> {
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage } = request;
  const open = requestOn(dbOf(session), version.id, stage);
  if (!open)
    throw new RegistryError(
      'REQUEST_UNKNOWN',
      `Nobody asks for ${version.model}@${version.number} to be promoted to ${stage}. \`model-registry reviews\` lists what is asked for.`,
    );
  const comment = request.comment?.trim() ?? '';
  const { pending } = await record(session, {
    events: [{ type: 'promotion.withdrawn', version: version.id, stage, ...(comment === '' ? {} : { comment }) }],
  });
  return { version, stage, reviewers: open.reviewers, pending };
}

/** Approves a version for a stage, or refuses it; a person's last word counts. */
export async function review(
  session: Session,
  request: {
    readonly ref: string;
    readonly stage: string;
    readonly isGiven: boolean;
    readonly comment?: string;
    readonly seen?: Seen;
  },
): Promise<ReviewResult> {
  const comment = request.isGiven ? request.comment?.trim() || undefined : textOf(request.comment ?? '', 'comment');
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage, isGiven } = request;
  checkStage(version, stage, policyOf(stateOf(session), version.modelId));
  const now = seenNow(session, version, stage);
  if (request.seen && isGiven) checkSeen(session, version, stage, request.seen, now);
  const { artifact, holder, gates } = request.seen ?? now;
  const seen = { artifact, holder, gates: gates.map(({ gate, outcome }) => ({ gate, outcome })) };
  const about = { version: version.id, stage, seen };
  const { pending } = await record(session, {
    events: [
      isGiven
        ? { type: 'approval.given', ...about, ...(comment === undefined ? {} : { comment }) }
        : { type: 'approval.refused', ...about, comment: comment ?? '' },
    ],
  });
  return { version, stage, isGiven, pending };
}

/** What was approved has to be what is there. */
function checkSeen(session: Session, version: VersionSummary, stage: string, seen: Seen, now: Seen): void {
  const changed =
    seen.artifact !== now.artifact
      ? 'it has other files'
      : seen.holder !== now.holder
        ? holderText(session, stage, now.holder)
        : gateChange(seen, now);
  if (changed === undefined) return;
  throw new RegistryError(
    'CONFLICT',
    `${version.model}@${version.number} wasn't approved for ${stage}: ${changed} since you looked. Look again, and approve it if it still is right. Nothing was changed.`,
  );
}

function holderText(session: Session, stage: string, holder: string | null): string {
  const present = holder === null ? undefined : versionById(dbOf(session), holder);
  return present ? `${present.model}@${present.number} came to ${stage}` : `no version is in ${stage}`;
}

function gateChange(seen: Seen, now: Seen): string | undefined {
  const before = new Map(seen.gates.map(({ gate, outcome }) => [gate, outcome]));
  const changed = now.gates.find(({ gate, outcome }) => (before.get(gate) ?? 'passed') !== outcome);
  return changed && `the gate ${changed.gate} ${changed.outcome}`;
}
