import * as v from 'valibot';
import { isUlid } from '../base/ids.ts';
import { EVENT_TYPES, eventSchema, type RegistryEvent } from './events.ts';
import { type Proof, proofOf } from './signed-line.ts';

/** An intent's line is at most this long, its line feed not counted. */
export const MAX_INTENT_BYTES = 256 * 1024;

const ulid = v.pipe(v.string(), v.check(isUlid, 'not a ULID'));
const idOrNull = v.nullable(ulid);

/** What an intent relies on: each entry names a value that it replaces, as its author saw it. */
const expectsSchema = v.strictObject({
  /** version → stage */
  stages: v.optional(v.record(ulid, v.string())),
  /** `model/stage` → the version that holds the exclusive stage */
  holders: v.optional(v.record(v.string(), idOrNull)),
  /** `model/alias` → version */
  aliases: v.optional(v.record(v.string(), idOrNull)),
  /** model → name */
  names: v.optional(v.record(ulid, v.string())),
  /** model or version → description */
  descriptions: v.optional(v.record(ulid, v.string())),
  /** `model or version/key` → value */
  tags: v.optional(v.record(v.string(), v.nullable(v.string()))),
  /** model → SHA-256 of the policy's canonical JSON */
  policies: v.optional(v.record(ulid, v.nullable(v.string()))),
});
export type Expectations = v.InferOutput<typeof expectsSchema>;
const EXPECTATION_KEYS: ReadonlySet<string> = new Set(Object.keys(expectsSchema.entries));

const bySchema = v.looseObject({
  name: v.pipe(v.string(), v.maxLength(512)),
  email: v.pipe(v.string(), v.maxLength(512)),
});

const intentSchema = v.looseObject({
  id: ulid,
  registryId: ulid,
  by: bySchema,
  askedAt: v.pipe(v.string(), v.isoTimestamp()),
  via: v.picklist(['editor', 'cli', 'auto', 'import']),
  requires: v.optional(v.array(v.string()), []),
  expects: v.optional(v.looseObject({}), {}),
  events: v.pipe(v.array(v.looseObject({ type: v.string() })), v.minLength(1), v.maxLength(1000)),
});

/** An event of a type that format 1 doesn't define. */
export interface UnknownEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Intent {
  readonly id: string;
  readonly registryId: string;
  readonly by: { readonly name: string; readonly email: string };
  readonly askedAt: string;
  readonly via: 'editor' | 'cli' | 'auto' | 'import';
  readonly requires: readonly string[];
  readonly expects: Expectations;
  readonly events: readonly (RegistryEvent | UnknownEvent)[];
  /** Where its text is signed. It is of this very text: a copy with anything changed must not have it. */
  readonly proof?: Proof;
}

export type DecodedIntent =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** Its id is known where the line got that far. `needs` where a newer program would understand it. */
  | { readonly kind: 'malformed'; readonly id?: string; readonly problem: string }
  | { readonly kind: 'unknown'; readonly id: string; readonly needs: readonly string[] };

/** Features of format 1 that this program knows. None are defined so far. */
const KNOWN_FEATURES: ReadonlySet<string> = new Set();

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The exact bytes that go into `pending` and the log, without the line feed. */
export function encodeIntent({ proof, ...intent }: Intent): Uint8Array {
  return proof ? proof.line : new TextEncoder().encode(JSON.stringify(intent));
}

/** True for an event of a type that format 1 defines; such an event of a decoded intent is well formed. */
export function isKnownEvent(event: RegistryEvent | UnknownEvent): event is RegistryEvent {
  return EVENT_TYPES.has(event.type);
}

/** Reads one line of a commit. Never throws: what is wrong with it is a verdict. */
export function decodeIntent(line: Uint8Array): DecodedIntent {
  if (line.length > MAX_INTENT_BYTES) return { kind: 'malformed', problem: `is longer than ${MAX_INTENT_BYTES} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(line));
  } catch {
    return { kind: 'malformed', problem: 'is not JSON in UTF-8' };
  }
  const parsed = v.safeParse(intentSchema, json);
  if (!parsed.success) {
    const id = v.safeParse(v.looseObject({ id: ulid }), json);
    return { kind: 'malformed', ...(id.success ? { id: id.output.id } : {}), problem: problemOf(parsed.issues) };
  }
  const { id, requires } = parsed.output;
  const needs = requires.filter((feature) => !KNOWN_FEATURES.has(feature));
  needs.push(...Object.keys(parsed.output.expects).filter((name) => !EXPECTATION_KEYS.has(name)));
  if (needs.length > 0) return { kind: 'unknown', id, needs };
  const expects = v.safeParse(expectsSchema, parsed.output.expects);
  if (!expects.success) return { kind: 'malformed', id, problem: `expects: ${problemOf(expects.issues)}` };
  const events: (RegistryEvent | UnknownEvent)[] = [];
  for (const [index, event] of parsed.output.events.entries()) {
    if (!EVENT_TYPES.has(event.type)) {
      events.push(event);
      continue;
    }
    const known = v.safeParse(eventSchema, event);
    if (!known.success)
      return { kind: 'malformed', id, problem: `event ${index + 1} (${event.type}): ${problemOf(known.issues)}` };
    events.push(known.output);
  }
  const { registryId, by, askedAt, via } = parsed.output;
  const proof = proofOf(line);
  return {
    kind: 'intent',
    intent: {
      id,
      registryId,
      by,
      askedAt,
      via,
      requires,
      expects: expects.output,
      events,
      ...(proof ? { proof } : {}),
    },
  };
}

function problemOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const first = issues[0];
  if (!first) return 'is not well formed';
  const path = v.getDotPath(first);
  return path === null ? first.message : `${path}: ${first.message}`;
}
