import * as v from 'valibot';
import { isSha256Hex, sha256Hex } from '../../base/hash.ts';
import { isUlid } from '../../base/ids.ts';
import type { ServingReport } from '../api/serving.ts';

/** Where and when a report was made. */
export interface ReportName {
  /** Of the machine and what it follows: 16 hex digits. */
  readonly follower: string;
  /** By the clock of the storage, milliseconds since 1970. */
  readonly atMs: number;
}

export const MAX_REPORT_BYTES = 8192;
/** Longer than any pause that `follow` makes. */
const MAX_AGAIN_SECONDS = 7 * 86_400;

const line = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const ulid = v.pipe(v.string(), v.check(isUlid));
const schema = v.object({
  v: v.literal(1),
  machine: line,
  ref: line,
  model: ulid,
  serving: v.exactOptional(
    v.object({
      version: ulid,
      artifact: v.pipe(v.string(), v.check(isSha256Hex)),
      since: v.pipe(
        v.string(),
        v.check((text) => !Number.isNaN(Date.parse(text))),
      ),
    }),
  ),
  refused: v.exactOptional(v.object({ version: ulid, why: v.pipe(v.string(), v.maxLength(2000)) })),
  isStopped: v.boolean(),
  againAfter: v.pipe(v.number(), v.minValue(1), v.maxValue(MAX_AGAIN_SECONDS)),
});

export function encodeReport(report: ServingReport): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: 1, ...report }));
}

/** Undefined for what isn't one: anybody who may create blobs can put anything there. */
export function decodeReport(bytes: Uint8Array): ServingReport | undefined {
  if (bytes.length > MAX_REPORT_BYTES) return undefined;
  try {
    const { v: _version, ...report } = v.parse(
      schema,
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    );
    return report;
  } catch {
    return undefined;
  }
}

/** The same for one machine and place whenever it reports. */
export function followerId(machine: string, ref: string, place: string): string {
  return sha256Hex(JSON.stringify([machine, ref, place])).slice(0, 16);
}

/** `status/202611/23/`: reports of a day are listed together. */
export function dayPrefix(ms: number): string {
  const day = new Date(ms).toISOString();
  return `status/${day.slice(0, 4)}${day.slice(5, 7)}/${day.slice(8, 10)}/`;
}

export function monthPrefix(ms: number): string {
  return dayPrefix(ms).slice(0, 'status/202611/'.length);
}

export function reportKey({ follower, atMs }: ReportName): string {
  return `${dayPrefix(atMs)}${follower}-${String(atMs).padStart(15, '0')}.json`;
}

/** Undefined for any other key, and for one that isn't in the folder of its day. */
export function reportOfKey(key: string): ReportName | undefined {
  const [, follower, digits] = /^status\/\d{6}\/\d{2}\/([0-9a-f]{16})-(\d{15})\.json$/.exec(key) ?? [];
  if (follower === undefined || digits === undefined) return undefined;
  const name = { follower, atMs: Number(digits) };
  // A date goes no further than this.
  return name.atMs < 8.64e15 && reportKey(name) === key ? name : undefined;
}
