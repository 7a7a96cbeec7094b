import * as v from 'valibot';

/** What a worker of a team is told. */
export const teamOptionsSchema = v.object({
  dir: v.string(),
  stateDir: v.string(),
  workDir: v.string(),
  name: v.string(),
  /** Number of its first change; those before were asked for by workers that were killed. */
  first: v.number(),
  count: v.number(),
  seed: v.number(),
});
export type TeamOptions = v.InferOutput<typeof teamOptionsSchema>;
