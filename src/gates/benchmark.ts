import { parseMs } from '../base/duration.ts';
import { parseSize } from '../base/size.ts';
import { percentile } from '../predictions/bootstrap.ts';
import { DEFAULT_REPETITIONS, DEFAULT_WARM_UP, type DeclaredGate } from '../project/gates-schema.ts';
import type { CommandEnd } from './run-command.ts';
import { failed, numberText, passed, type Verdict } from './verdict.ts';

/** Times of more repetitions aren't kept, only what they come to. */
const MAX_KEPT_TIMES = 1000;

/** What a benchmark came to: times in milliseconds without those of the warm-up, or why it failed. */
export type Measured =
  | { readonly timesMs: readonly number[]; readonly peakBytes?: number | undefined }
  | { readonly problem: string };

/** Starts the program of a benchmark as often as it is to be measured. `run` is given what is left of the time limit. */
export async function measureCommand(
  gate: DeclaredGate,
  timeLimitMs: number,
  run: (timeLimitMs: number) => Promise<CommandEnd>,
): Promise<Measured> {
  const { 'warm-up': warmUp = DEFAULT_WARM_UP, repetitions = DEFAULT_REPETITIONS } = gate;
  const isPrinted = gate.times === 'printed';
  const runs = isPrinted ? 1 : warmUp + repetitions;
  const timesMs: number[] = [];
  let peakBytes: number | undefined;
  let leftMs = timeLimitMs;
  for (let index = 0; index < runs; index += 1) {
    const tooLong = { problem: `its runs took longer than ${timeLimitMs / 1000} seconds in all` };
    if (leftMs <= 0) return tooLong;
    const end = await run(leftMs);
    leftMs -= end.durationMs;
    if (end.problem !== undefined && leftMs <= 0) return tooLong;
    if (end.problem !== undefined) return { problem: `run ${index + 1} of ${runs}: ${end.problem}` };
    if (end.peakBytes !== undefined) peakBytes = Math.max(peakBytes ?? 0, end.peakBytes);
    if (isPrinted) {
      const printed = printedTimes(end.output);
      if (!printed)
        return { problem: 'it printed no JSON list of milliseconds, nor an object with one under times_ms' };
      timesMs.push(...printed.slice(warmUp));
      if (timesMs.length < repetitions)
        return {
          problem: `it printed ${printed.length} times, too few for ${warmUp} of warm-up and ${repetitions} that count`,
        };
    } else if (index >= warmUp) timesMs.push(end.durationMs);
  }
  return { timesMs, peakBytes };
}

function printedTimes(output: unknown): readonly number[] | undefined {
  const list =
    typeof output === 'object' && output !== null && 'times_ms' in output && Object.hasOwn(output, 'times_ms')
      ? output.times_ms
      : output;
  if (!Array.isArray(list)) return undefined;
  const times = list.filter((time): time is number => typeof time === 'number' && Number.isFinite(time) && time >= 0);
  return times.length === list.length && times.length > 0 ? times : undefined;
}

/** Whether what was measured is within the bounds of the gate. Percentiles lie between the times next to them, as NumPy has them. */
export function judgeBenchmark(gate: DeclaredGate, measured: Measured): Verdict {
  if ('problem' in measured) return failed('', measured.problem);
  const { timesMs, peakBytes } = measured;
  const sorted = Float64Array.from(timesMs).sort();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share));
  const found = { p50, p95, p99 };
  const problems: string[] = [];
  for (const key of ['p50', 'p95', 'p99'] as const) {
    const most = msOf(gate[key]);
    const value = found[key] ?? Number.NaN;
    if (most !== undefined && !(value <= most)) problems.push(`${key} is ${msText(value)}, more than ${msText(most)}`);
  }
  const mostBytes = bytesOf(gate['max-memory']);
  if (mostBytes !== undefined && !(peakBytes !== undefined && peakBytes <= mostBytes))
    problems.push(`it used ${peakBytes} bytes of memory, more than ${mostBytes}`);
  const memory = peakBytes === undefined ? [] : [`memory ${peakBytes} bytes`];
  const text = [`p50 ${msText(p50)}`, `p95 ${msText(p95)}`, `p99 ${msText(p99)}`, ...memory].join(', ');
  const details = {
    ...found,
    count: timesMs.length,
    ...(timesMs.length <= MAX_KEPT_TIMES ? { timesMs } : {}),
    ...(peakBytes === undefined ? {} : { peakBytes }),
  };
  return { ...(problems.length === 0 ? passed(text) : failed(text, problems.join('; '))), details };
}

function msOf(written: number | string | undefined): number | undefined {
  return typeof written === 'string' ? parseMs(written) : written;
}

/** The bytes that a gate names. */
export function bytesOf(written: number | string | undefined): number | undefined {
  return typeof written === 'string' ? parseSize(written) : written;
}

function msText(ms: number | undefined): string {
  return `${numberText(Number((ms ?? Number.NaN).toPrecision(4)))} ms`;
}
