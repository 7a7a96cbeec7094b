import * as v from 'valibot';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';
import { type DecodedIntent, decodeIntent } from './intent.ts';

/** A commit is at most this long. */
export const MAX_COMMIT_BYTES = 1024 * 1024;
/** A commit holds 1 to this many intents. */
export const MAX_INTENTS = 50;

const envelopeSchema = v.looseObject({
  v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  prev: v.pipe(v.string(), v.check(isSha256Hex, 'not a SHA-256')),
  at: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/), v.isoTimestamp()),
});

export interface Envelope {
  readonly v: 1;
  readonly seq: number;
  /** Hash of the commit before, for commit 1 of `format.json`. */
  readonly prev: string;
  readonly at: string;
}

/** A place in the chain. For seq 0 the hash is that of `format.json`. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export type DecodedCommit =
  | { readonly kind: 'commit'; readonly envelope: Envelope; readonly intents: readonly DecodedIntent[] }
  | { readonly kind: 'void'; readonly problem: CommitProblem }
  | { readonly kind: 'newer'; readonly v: number };

/** Why a commit is void as a whole. `UNCHAINED`: its predecessor, as it is now, isn't the one that it was written after. */
export interface CommitProblem {
  readonly code: 'MALFORMED' | 'UNCHAINED';
  readonly message: string;
}

const LINE_FEED = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a commit: the envelope's line, then each intent's bytes as they are, each ended by a line feed. */
export function encodeCommit(envelope: Envelope, intents: readonly Uint8Array[]): Uint8Array {
  const { v: version, seq, prev, at } = envelope;
  const first = new TextEncoder().encode(JSON.stringify({ v: version, seq, prev, at }));
  const lines = [first, ...intents];
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0));
  let offset = 0;
  for (const line of lines) {
    bytes.set(line, offset);
    offset += line.length;
    bytes[offset] = LINE_FEED;
    offset += 1;
  }
  return bytes;
}

/** The hash that the next commit names: over the stored bytes, of an overlong commit over its first MiB. */
export function hashOfCommit(bytes: Uint8Array): string {
  return sha256Hex(bytes.length > MAX_COMMIT_BYTES ? bytes.subarray(0, MAX_COMMIT_BYTES) : bytes);
}

/** Reads a commit that stands after `before`. Never throws: what is wrong with it makes it void as a whole. */
export function decodeCommit(bytes: Uint8Array, before: Head): DecodedCommit {
  if (bytes.length > MAX_COMMIT_BYTES) return voidCommit(`is longer than ${MAX_COMMIT_BYTES} bytes`);
  const lines = splitLines(bytes);
  const first = lines?.[0];
  if (!lines || !first) return voidCommit('is not lines that each end in a line feed');
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(first));
  } catch {
    return voidCommit('has an envelope that is not JSON in UTF-8');
  }
  const parsed = v.safeParse(envelopeSchema, json);
  if (!parsed.success) return voidCommit('has an envelope that is not well formed');
  const { v: version, seq, prev, at } = parsed.output;
  if (seq !== before.seq + 1) return voidCommit(`calls itself commit ${seq}`);
  if (prev !== before.hash) return voidCommit(`does not follow from ${nameOf(before)}`, 'UNCHAINED');
  if (version !== 1) return { kind: 'newer', v: version };
  const intents = lines.slice(1);
  if (intents.length < 1 || intents.length > MAX_INTENTS) {
    return voidCommit(`holds ${intents.length} intents instead of 1 to ${MAX_INTENTS}`);
  }
  return { kind: 'commit', envelope: { v: 1, seq, prev, at }, intents: intents.map(decodeIntent) };
}

/** The hash that a commit names as its predecessor's, whether or not it is otherwise sound. */
export function claimedPrev(bytes: Uint8Array): string | undefined {
  const parsed = v.safeParse(v.looseObject({ prev: v.string() }), firstLineOf(bytes));
  return parsed.success ? parsed.output.prev : undefined;
}

/** The number that a commit gives itself, where it has an envelope. */
export function claimedSeq(bytes: Uint8Array): number | undefined {
  const parsed = v.safeParse(envelopeSchema, firstLineOf(bytes));
  return parsed.success ? parsed.output.seq : undefined;
}

function firstLineOf(bytes: Uint8Array): unknown {
  const end = bytes.indexOf(LINE_FEED);
  try {
    return JSON.parse(utf8.decode(bytes.subarray(0, end < 0 ? undefined : end)));
  } catch {
    return undefined;
  }
}

function voidCommit(message: string, code: CommitProblem['code'] = 'MALFORMED'): DecodedCommit {
  return { kind: 'void', problem: { code, message } };
}

function nameOf(head: Head): string {
  return head.seq === 0 ? 'format.json' : `commit ${head.seq}`;
}

function splitLines(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  if (bytes.length === 0 || bytes[bytes.length - 1] !== LINE_FEED) return undefined;
  const lines: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
