import * as v from 'valibot';
import { jsonIfAny } from '../../base/json-if-any.ts';
import type { LoggedModel } from './store.ts';

const historySchema = v.array(
  v.object({ artifact_path: v.string(), utc_time_created: v.fallback(v.optional(v.string()), undefined) }),
);

/** The models that a run logged by the account of its tag, as MLflow before 3 kept it. */
export function loggedBefore(
  history: string,
  run: { readonly id: string; readonly experiment?: string },
): readonly LoggedModel[] {
  const parsed = v.safeParse(historySchema, jsonIfAny(history));
  if (!parsed.success) return [];
  return parsed.output.slice(0, 100).map(({ artifact_path: path, utc_time_created: time }) => {
    const createdMs = time === undefined ? Number.NaN : Date.parse(`${time.replace(' ', 'T').slice(0, 23)}Z`);
    return {
      id: `${run.id}/${path}`,
      name: path.split('/').at(-1) ?? path,
      runId: run.id,
      locations: [`runs:/${run.id}/${path}`],
      ...(run.experiment === undefined ? {} : { experiment: run.experiment }),
      ...(createdMs > 0 ? { createdMs } : {}),
    };
  });
}
