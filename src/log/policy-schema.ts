import * as v from 'valibot';
import { count, finite, key, line, stageName } from './parts.ts';

export const metricGateSchema = v.strictObject({
  metric: key,
  min: v.optional(finite),
  max: v.optional(finite),
  /** Compare with the version that holds this stage now. */
  vs: v.optional(stageName),
  maxDrop: v.optional(v.pipe(finite, v.minValue(0))),
});
const persons = v.pipe(v.array(line(512)), v.minLength(1), v.maxLength(256));
const approvalsCount = v.pipe(count, v.minValue(1), v.maxValue(100));
/** So many people, of `by` where it is there, beside whoever registered the version; nobody may have refused it. */
export const approvalsGateSchema = v.strictObject({ approvals: approvalsCount, by: v.optional(persons) });
/** A `gate.recorded` of this name passed, recorded by one of `by` where it is there. Readers compute nothing of it. */
export const recordedGateSchema = v.strictObject({ recorded: line(256), by: v.optional(persons) });

/** Whose signatures count: `key` is `<type> <base64>`. One person may have several keys. */
const signer = v.strictObject({ person: line(512), key: line(4096) });

/** What has to be signed. A union, so that a word that this program doesn't know makes it read-only. */
const demand = v.union([v.literal('approvals'), v.literal('gates'), v.literal('stages'), v.literal('all')]);
export type SignatureDemand = v.InferOutput<typeof demand>;

/** Strict: a reader that doesn't know a key of a policy can't enforce it. */
export const policySchema = v.strictObject({
  stages: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: stageName,
          exclusive: v.optional(v.boolean(), false),
          displacedTo: v.optional(stageName),
          /** From where a version may be promoted to it; from anywhere where it is left out. */
          from: v.optional(v.pipe(v.array(stageName), v.minLength(1), v.maxLength(32))),
        }),
      ),
      v.minLength(1),
      v.maxLength(32),
    ),
  ),
  gates: v.optional(
    v.record(
      stageName,
      v.pipe(v.array(v.union([metricGateSchema, approvalsGateSchema, recordedGateSchema])), v.maxLength(64)),
    ),
  ),
  /** A union, so that a word that this program doesn't know makes it read-only. */
  override: v.optional(v.union([v.literal('allowed'), v.literal('never'), v.strictObject({ by: persons })])),
  /** What another policy needs before it can take the place of this one. */
  changes: v.optional(v.strictObject({ approvals: approvalsCount, by: v.optional(persons) })),
  signers: v.optional(v.pipe(v.array(signer), v.maxLength(256))),
  signatures: v.optional(v.pipe(v.array(demand), v.maxLength(8))),
});
export type Policy = v.InferOutput<typeof policySchema>;
