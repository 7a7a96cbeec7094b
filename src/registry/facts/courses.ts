import * as v from 'valibot';
import type { MetricCourses } from '../api/facts.ts';

const value = v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]);
const coursesSchema = v.object({
  metrics: v.record(
    v.string(),
    v.object({
      points: v.array(v.union([v.strictTuple([v.number(), value]), v.strictTuple([v.number(), value, v.number()])])),
      total: v.number(),
    }),
  ),
});

/** Courses of metrics as somebody stored them; undefined where they aren't such. */
export function parseCourses(recorded: unknown): MetricCourses | undefined {
  const parsed = v.safeParse(coursesSchema, recorded);
  return parsed.success ? parsed.output.metrics : undefined;
}

export function decodeCourses(bytes: Uint8Array): MetricCourses | undefined {
  try {
    return parseCourses(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}
