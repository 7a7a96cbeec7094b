import * as v from 'valibot';

/** What many runs of one thing took, in milliseconds. */
export const timesSchema = v.object({
  count: v.number(),
  p50: v.number(),
  p95: v.number(),
  max: v.number(),
});
export type Times = v.InferOutput<typeof timesSchema>;

/** Runs `task` with 0, 1, 2 … one after another and times each. The first `warmups` runs don't count. */
export async function timeEach(count: number, task: (index: number) => Promise<unknown>, warmups = 0): Promise<Times> {
  const taken: number[] = [];
  for (let index = 0; index < count + warmups; index += 1) {
    const startedAt = performance.now();
    await task(index);
    if (index >= warmups) taken.push(performance.now() - startedAt);
  }
  return timesOf(taken);
}

export function timesOf(takenMs: readonly number[]): Times {
  const sorted = [...takenMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** Milliseconds with as many digits as mean something. */
export function msText(ms: number | undefined): string {
  if (ms === undefined || Number.isNaN(ms)) return '';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`;
}
