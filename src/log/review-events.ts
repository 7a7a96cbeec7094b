import * as v from 'valibot';
import { line, reason, sha256, stageName, text, ulid } from './parts.ts';

/** Events about what a version needs before a stage, and a policy before it holds: results, requests, and what people say. */

export const gateRecorded = v.looseObject({
  type: v.literal('gate.recorded'),
  version: ulid,
  stage: stageName,
  gate: line(256),
  outcome: v.picklist(['passed', 'failed']),
  /** Digest of an object. */
  evidence: v.optional(sha256),
  /** What it was compared with: the version that was in a stage then, null where none was. */
  against: v.optional(v.looseObject({ stage: stageName, version: v.nullable(ulid) })),
});

/** Gates of a version on its way to a stage, people who say something of it, and people who are asked. */
export const MAX_GATES_OF_STAGE = 256;
export const MAX_VOTES = 256;
const MAX_REVIEWERS = 32;

/** What somebody looked at before they approved, or refused. */
const seenSchema = v.looseObject({
  artifact: sha256,
  /** The other version that was in an exclusive stage, null for none. */
  holder: v.nullable(ulid),
  gates: v.pipe(
    v.array(v.looseObject({ gate: line(256), outcome: v.picklist(['passed', 'failed']) })),
    v.maxLength(MAX_GATES_OF_STAGE),
  ),
});

export const approvalGiven = v.looseObject({
  type: v.literal('approval.given'),
  version: ulid,
  stage: stageName,
  comment: v.optional(text),
  seen: v.optional(seenSchema),
});
export const approvalRefused = v.looseObject({
  type: v.literal('approval.refused'),
  version: ulid,
  stage: stageName,
  comment: reason,
  seen: v.optional(seenSchema),
});

const reviewers = v.pipe(v.array(line(512)), v.maxLength(MAX_REVIEWERS));

/** Asks people to look at a version before it is promoted to the stage. */
export const promotionRequested = v.looseObject({
  type: v.literal('promotion.requested'),
  version: ulid,
  stage: stageName,
  comment: v.optional(text),
  /** Who is asked, by address or name; everybody where it is empty. */
  reviewers: v.optional(reviewers, []),
});
export const promotionWithdrawn = v.looseObject({
  type: v.literal('promotion.withdrawn'),
  version: ulid,
  stage: stageName,
  comment: v.optional(text),
});

/** `policy` is the digest of a proposed policy (docs/format.md, "Expectations"). */
export const policyProposed = v.looseObject({
  type: v.literal('policy.proposed'),
  model: ulid,
  policy: v.looseObject({}),
  comment: v.optional(text),
  reviewers: v.optional(reviewers, []),
});
export const policyWithdrawn = v.looseObject({
  type: v.literal('policy.withdrawn'),
  model: ulid,
  policy: sha256,
  comment: v.optional(text),
});
export const policyApproved = v.looseObject({
  type: v.literal('policy.approved'),
  model: ulid,
  policy: sha256,
  comment: v.optional(text),
});
export const policyRefused = v.looseObject({
  type: v.literal('policy.refused'),
  model: ulid,
  policy: sha256,
  comment: reason,
});
