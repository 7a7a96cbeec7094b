import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isUlid } from '../base/ids.ts';

const anyFormat = v.looseObject({ format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });
const formatSchema = v.looseObject({
  format: v.literal(1),
  registryId: v.pipe(v.string(), v.check(isUlid, 'not a ULID')),
  created: v.pipe(v.string(), v.isoTimestamp()),
  requires: v.array(v.string()),
});
export interface FormatFile {
  readonly format: 1;
  readonly registryId: string;
  readonly created: string;
  readonly requires: readonly string[];
}

export const MAX_FORMAT_BYTES = 64 * 1024;

export function encodeFormatFile(format: FormatFile): Uint8Array {
  const { format: number, registryId, created, requires } = format;
  return new TextEncoder().encode(`${JSON.stringify({ format: number, registryId, created, requires })}\n`);
}

/** Reads `format.json`. Throws `FORMAT_NEWER` for a registry that a newer program made, `FORMAT_DAMAGED` for anything unreadable. */
export function parseFormatFile(bytes: Uint8Array, where: string): FormatFile {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(where, cause);
  }
  const any = v.safeParse(anyFormat, json);
  if (any.success && any.output.format > 1) throw newer(where, `format ${any.output.format}`);
  const parsed = v.safeParse(formatSchema, json);
  if (!parsed.success) throw damaged(where);
  if (parsed.output.requires.length > 0) throw newer(where, parsed.output.requires.join(', '));
  return parsed.output;
}

function newer(where: string, what: string): RegistryError {
  return new RegistryError(
    'FORMAT_NEWER',
    `The registry in ${where} needs ${what}, which this version of Model Registry doesn't know. Update Model Registry; nothing was changed.`,
  );
}

function damaged(where: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'FORMAT_DAMAGED',
    `format.json in ${where} is damaged. Put it back from a backup; the log beside it can't be read without it, and nothing was changed.`,
    { cause },
  );
}

/** For a log without its `format.json`: a new one would have another hash, and nothing would follow from it. */
export function formatMissing(where: string): RegistryError {
  return new RegistryError(
    'FORMAT_DAMAGED',
    `format.json is missing from the registry in ${where}, although its log is there. Put it back from a backup; nothing was changed.`,
  );
}
