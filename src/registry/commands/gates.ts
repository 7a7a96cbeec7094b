import { RegistryError } from '../../base/errors.ts';
import { isEvidence, newestGateResults, requestOn } from '../../catalog/gate-queries.ts';
import { formerNames } from '../../catalog/model-queries.ts';
import type { GateResultEntry } from '../../catalog/read-models/reviews.ts';
import { versionById } from '../../catalog/version-queries.ts';
import type { EventOf } from '../../log/events.ts';
import { digestOfPolicy } from '../../rules/expectations.ts';
import { lastBefore, mayOverride, mayRecord, problemsOfGate, staleness } from '../../rules/gate-rules.ts';
import { policyOf } from '../../rules/lookup.ts';
import { isSamePerson, personOf } from '../../rules/people.ts';
import { type EffectivePolicy, kindOfMove, stageOf } from '../../rules/policy.ts';
import { otherHolder } from '../../rules/review-rules.ts';
import type { FactAuthor } from '../../rules/state.ts';
import { dataWithoutSecrets } from '../../secrets/remove-secrets.ts';
import { whileStoring } from '../../storage/leases.ts';
import type { FoundGate, GateLink, GateStanding } from '../api/gates.ts';
import { attachedObject, storeAttached } from '../facts/attached.ts';
import { ownAuthor } from '../own-author.ts';
import { gateText } from '../policy-lines.ts';
import { seenNow, votesOfStage } from '../queries/reviews.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, readToWrite, record, type Session, stateOf } from '../session.ts';
import { checkStage } from './check-stage.ts';

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
  const record = state.version(version.id);
  const holderId = record && otherHolder(state, record, stage)?.id;
  const holder = holderId === undefined ? undefined : versionById(db, holderId);
  const me = await ownAuthor(session, version.modelId);
  const lastHolders = policy.stages.flatMap(({ name }) => {
    const last = record && lastBefore(state, record, name);
    const summary = last && versionById(db, last.id);
    return summary ? [{ stage: name, version: summary }] : [];
  });
  const asked = requestOn(db, version.id, stage);
  return {
    version,
    stage,
    kind: version.stage === stage ? 'none' : kindOfMove(policy, version.stage, stage),
    isExclusive: rule?.isExclusive ?? false,
    stages: policy.stages.map(({ name }) => name),
    formerNames: formerNames(db, version.modelId),
    isAuthor: isSamePerson(version.createdBy, me),
    isOverrideAllowed: mayOverride(policy, me),
    policyDigest: digestOfPolicy(state, version.modelId),
    ...(rule?.from ? { from: rule.from } : {}),
    ...(holder ? { holder } : {}),
    ...(lastHolders.length > 0 ? { lastHolders } : {}),
    ...(asked ? { request: asked } : {}),
    results: newestGateResults(db, version.id, stage).map((result) => {
      const stale = record && staleness(state, record, result);
      return { ...result, ...(stale === undefined ? {} : { stale }) };
    }),
    approvals: votesOfStage(session, version, stage, policy),
    seen: seenNow(session, version, stage),
    policyGates: (policy.gates[stage] ?? []).map((gate) => {
      const broken = record ? problemsOfGate(gate, { state, version: record, stage, policy }) : [];
      return {
        gate: gateText(gate),
        ...(broken.length === 0 ? {} : { problem: broken.join('; ') }),
        ...('recorded' in gate
          ? { recorded: { name: gate.recorded, isOfOwn: isRecorder(policy, stage, gate.recorded, me) } }
          : {}),
      };
    }),
  };
}

/** Stores the evidence of gates and records what they found. What is recorded already, with the same evidence, isn't recorded again. */
export async function recordGates(
  session: Session,
  request: { readonly ref: string; readonly stage: string; readonly found: readonly FoundGate[] },
): Promise<readonly GateLink[]> {
  if (request.found.length === 0) return [];
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  const { stage } = request;
  checkStage(version, stage, policyOf(stateOf(session), version.modelId));
  return whileStoring(session.location.dir, async () => {
    const links: GateLink[] = [];
    const events: EventOf<'gate.recorded'>[] = [];
    const policy = policyOf(stateOf(session), version.modelId);
    const me = await ownAuthor(session, version.modelId);
    const known = newestGateResults(dbOf(session), version.id, stage);
    for (const { gate, outcome, evidence, against } of await dataWithoutSecrets(request.found)) {
      const bytes = new TextEncoder().encode(JSON.stringify(evidence));
      const link = { gate, outcome, evidence: await storeAttached(session, bytes) };
      links.push(link);
      // What only others may say is left to them.
      if (known.some((result) => isSame(result, link, against)) || !isRecorder(policy, stage, gate, me)) continue;
      events.push({ type: 'gate.recorded', version: version.id, stage, ...link, ...(against ? { against } : {}) });
    }
    if (events.length > 0) await record(session, { events });
    return links;
  });
}

/** Whether the log takes a result of the gate from this person. */
function isRecorder(policy: EffectivePolicy, stage: string, gate: string, me: FactAuthor): boolean {
  const isAsked = !policy.recorders || (me.signer !== undefined && policy.recorders.has(personOf(me)));
  return isAsked && mayRecord(policy, stage, gate, me);
}

function isSame(known: GateResultEntry, found: GateLink, against: FoundGate['against']): boolean {
  return (
    known.gate === found.gate &&
    known.outcome === found.outcome &&
    known.evidence === found.evidence &&
    known.against?.stage === against?.stage &&
    known.against?.version === against?.version
  );
}

/** The evidence of a gate, as it was stored. Throws `EVIDENCE_UNKNOWN`, `OBJECT_MISSING`, `OBJECT_DAMAGED`. */
export async function gateEvidence(session: Session, request: { readonly digest: string }): Promise<string> {
  await readToHead(session);
  if (!isEvidence(dbOf(session), request.digest)) {
    throw new RegistryError('EVIDENCE_UNKNOWN', `No gate has evidence with the digest ${request.digest}.`);
  }
  return new TextDecoder().decode(await attachedObject(session, request.digest));
}
