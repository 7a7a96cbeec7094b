import * as v from 'valibot';

const values = v.record(v.string(), v.string());

/** What both registries are asked, written by one process and read by two. */
export const queriesSchema = v.object({
  promote: v.array(v.object({ model: v.string(), number: v.number() })),
  register: v.array(
    v.object({
      model: v.string(),
      file: v.string(),
      metrics: v.record(v.string(), v.number()),
      params: values,
      tags: values,
      description: v.string(),
    }),
  ),
  metric: v.array(v.number()),
  sweep: v.array(v.string()),
  seed: v.array(v.string()),
  models: v.array(v.string()),
});
export type Queries = v.InferInput<typeof queriesSchema>;
