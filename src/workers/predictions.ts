import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { ROLES } from '../predictions/asked.ts';
import { inlineStatistician } from '../predictions/statistician.ts';

const measureSchema = v.object({
  file: v.string(),
  columns: v.optional(v.record(v.picklist(ROLES), v.string())),
  by: v.optional(v.array(v.string())),
  task: v.optional(v.picklist(['binary', 'multiclass', 'regression'])),
  positive: v.optional(v.string()),
  threshold: v.optional(v.number()),
});
const certaintySchema = v.object({
  ours: v.instance(Uint8Array),
  theirs: v.optional(v.instance(Uint8Array)),
  metric: v.string(),
  slice: v.exactOptional(v.string()),
  eachOf: v.exactOptional(v.string()),
  resamples: v.number(),
  confidence: v.number(),
  seed: v.number(),
});

/** The thread that reads predictions and computes with them. */
export function servePredictions(port: ThreadPort): void {
  const statistician = inlineStatistician();
  serveCalls(port, async (name, args) => {
    switch (name) {
      case 'measure':
        return statistician.measure(v.parse(measureSchema, args));
      case 'certainty':
        return statistician.certainty(v.parse(certaintySchema, args));
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
