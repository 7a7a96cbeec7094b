import * as v from 'valibot';

export const hammerOptionsSchema = v.object({
  registryDir: v.string(),
  stateDir: v.string(),
  name: v.string(),
  seed: v.number(),
  count: v.number(),
  /** Promotions of two versions refuse each other; notes all have to get through. */
  kind: v.picklist(['promote', 'note']),
});
export type HammerOptions = v.InferOutput<typeof hammerOptionsSchema>;

const answerSchema = v.object({
  token: v.string(),
  ms: v.number(),
  /** Of an applied one, where the answer named it. */
  seq: v.optional(v.number()),
  /** The code of a refusal. */
  refused: v.optional(v.string()),
});
export type HammerAnswer = v.InferOutput<typeof answerSchema>;

export const answersSchema = v.array(answerSchema);
