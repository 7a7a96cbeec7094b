import { RegistryError } from '../../base/errors.ts';
import { approvalsOf, isEvidence, newestGateResults } from '../../catalog/gate-queries.ts';
import type { VersionSummary } from '../../catalog/read-models.ts';
import { versionById } from '../../catalog/version-queries.ts';
import { policyOf } from '../../rules/lookup.ts';
import { type EffectivePolicy, kindOfMove, stageOf } from '../../rules/policy.ts';
import { nameOfPerson } from '../../rules/signers.ts';
import { brokenGates } from '../../rules/stage-rules.ts';
import { dataWithoutSecrets } from '../../secrets/remove-secrets.ts';
import { whileStoring } from '../../storage/leases.ts';
import type { FoundGate, GateLink, GateStanding, ReviewResult } from '../api.ts';
import { attachedObject, storeAttached } from '../facts/attached.ts';
import { gateText } from '../policy-lines.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, readToWrite, record, type Session, stateOf } from '../session.ts';
import { textOf } from '../text.ts';

/** What is recorded of a version on its way to a stage. */
export async function gateStanding(
  session: Session,
  request: { readonly ref: string; readonly stage: string },
): Promise<GateStanding> {
  await readToHead(session);
  const version = findVersion(session, request.ref);
  const { stage } = request;
  const [state, db] = [stateOf(session), dbOf(session)];
  const policy = policyOf(state, version.modelId);
  checkStage(version, stage, policy);
  const rule = stageOf(policy, stage);
  const holderId = rule?.isExclusive ? state.versionsInStage(version.modelId, stage, 1)[0]?.id : undefined;
  const holder = holderId === undefined || holderId === version.id ? undefined : versionById(db, holderId);
  const record = state.version(version.id);
  const author = authorOf(version);
  return {
    version,
    stage,
    kind: version.stage === stage ? 'none' : kindOfMove(policy, version.stage, stage),
    isExclusive: rule?.isExclusive ?? false,
    isOverrideAllowed: policy.isOverrideAllowed,
    ...(holder ? { holder } : {}),
    results: newestGateResults(db, version.id, stage),
    approvals: approvalsOf(db, version.id, stage).map((entry) => ({
      ...entry,
      isCounted: !policy.approvers || (entry.isSigned && policy.approvers.has(entry.person)),
      isAuthor: entry.person === author,
    })),
    policyGates: (policy.gates[stage] ?? []).map((gate) => {
      const broken = record ? brokenGates(state, record, stage, { ...policy, gates: { [stage]: [gate] } }) : [];
      return { gate: gateText(gate), ...(broken.length === 0 ? {} : { problem: broken.join('; ') }) };
    }),
  };
}

/** As the rules call the author of an approval. */
function authorOf({ createdBy: { name, email, signer } }: VersionSummary): string {
  return signer === undefined ? email.toLowerCase() || name : nameOfPerson(signer);
}

function checkStage({ model }: VersionSummary, stage: string, policy: EffectivePolicy): void {
  if (stageOf(policy, stage)) return;
  const names = policy.stages.map(({ name }) => name).join(', ');
  throw new RegistryError(
    'STAGE_UNKNOWN',
    `There is no stage "${stage}". The stages of ${model} are ${names}. Nothing was changed.`,
  );
}

/** Stores the evidence of gates and records what they found. What is recorded already, with the same evidence, isn't recorded again. */
export async function recordGates(
  session: Session,
  request: { readonly ref: string; readonly stage: string; readonly found: readonly FoundGate[] },
): Promise<readonly GateLink[]> {
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage } = request;
  checkStage(version, stage, policyOf(stateOf(session), version.modelId));
  return whileStoring(session.location.dir, async () => {
    const links: GateLink[] = [];
    for (const { gate, outcome, evidence } of await dataWithoutSecrets(request.found)) {
      const bytes = new TextEncoder().encode(JSON.stringify(evidence));
      links.push({ gate, outcome, evidence: await storeAttached(session, bytes) });
    }
    const known = newestGateResults(dbOf(session), version.id, stage);
    const isKnown = (link: GateLink) =>
      known.some(({ gate, outcome, evidence }) => {
        return gate === link.gate && outcome === link.outcome && evidence === link.evidence;
      });
    const events = links
      .filter((link) => !isKnown(link))
      .map((link) => ({ type: 'gate.recorded' as const, version: version.id, stage, ...link }));
    if (events.length > 0) await record(session, { events });
    return links;
  });
}

/** The evidence of a gate, as it was stored. Throws `EVIDENCE_UNKNOWN`, `OBJECT_MISSING`, `OBJECT_DAMAGED`. */
export async function gateEvidence(session: Session, request: { readonly digest: string }): Promise<string> {
  await readToHead(session);
  if (!isEvidence(dbOf(session), request.digest)) {
    throw new RegistryError('EVIDENCE_UNKNOWN', `No gate has evidence with the digest ${request.digest}.`);
  }
  return new TextDecoder().decode(await attachedObject(session, request.digest));
}

/** Approves a version for a stage, or refuses it; a person's last word counts. */
export async function review(
  session: Session,
  request: { readonly ref: string; readonly stage: string; readonly isGiven: boolean; readonly comment?: string },
): Promise<ReviewResult> {
  const comment = request.isGiven ? request.comment?.trim() || undefined : textOf(request.comment ?? '', 'comment');
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage, isGiven } = request;
  checkStage(version, stage, policyOf(stateOf(session), version.modelId));
  const about = { version: version.id, stage };
  const { pending } = await record(session, {
    events: [
      isGiven
        ? { type: 'approval.given', ...about, ...(comment === undefined ? {} : { comment }) }
        : { type: 'approval.refused', ...about, comment: comment ?? '' },
    ],
  });
  return { version, stage, isGiven, pending };
}
