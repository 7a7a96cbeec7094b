import * as v from 'valibot';
import { RESERVED_KEYS } from '../../log/parts.ts';
import type { ModelFacts } from '../../modelfiles/facts.ts';

/** Findings, inputs, outputs and problems that are kept: beyond that nobody reads them. */
const MAX_ENTRIES = 1000;
/** All facts, as JSON: 250,000 tensors take less. */
export const MAX_FACTS_BYTES = 48 * 1024 * 1024;

/** What a registry keeps of a model's files. */
export interface StoredFacts extends ModelFacts {
  /** Names the weights (docs/format.md, "Weights"). */
  readonly weights?: string;
}

/**
 * The facts as they are stored: where a tensor lies is left out, because whoever needs it has the files, and names that no object can
 * safely have are, too.
 */
export function storable(facts: StoredFacts): StoredFacts {
  const { tensors, inputs, outputs, metadata, danger, problems, ...rest } = facts;
  const names = Object.entries(metadata ?? {}).filter(([name]) => !RESERVED_KEYS.has(name));
  return {
    ...rest,
    ...(inputs ? { inputs: inputs.slice(0, MAX_ENTRIES) } : {}),
    ...(outputs ? { outputs: outputs.slice(0, MAX_ENTRIES) } : {}),
    ...(names.length > 0 ? { metadata: Object.fromEntries(names) } : {}),
    ...(danger ? { danger: { ...danger, findings: worstFirst(danger.findings).slice(0, MAX_ENTRIES) } } : {}),
    ...(problems && problems.length > 0 ? { problems: problems.slice(0, MAX_ENTRIES) } : {}),
    ...(tensors ? { tensors: tensors.map(({ place: _, ...tensor }) => tensor) } : {}),
  };
}

const RANK = { dangerous: 0, unknown: 1, known: 2 } as const;

function worstFirst<T extends { readonly verdict: keyof typeof RANK }>(findings: readonly T[]): readonly T[] {
  return [...findings].sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

/** The bytes of stored facts. What would be too long loses the table of its tensors, and says so. */
export function encodeFacts(facts: StoredFacts): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(facts));
  if (bytes.length <= MAX_FACTS_BYTES) return bytes;
  const { tensors = [], ...rest } = facts;
  const problems = [...(facts.problems ?? []), `The table of ${tensors.length} tensors is too long to be kept`];
  return new TextEncoder().encode(JSON.stringify({ ...rest, problems }));
}

const text = v.exactOptional(v.string());
const signature = v.exactOptional(
  v.array(
    v.object({
      name: v.string(),
      dtype: text,
      shape: v.exactOptional(v.array(v.union([v.number(), v.string(), v.null()]))),
    }),
  ),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const factsSchema = v.object({
  format: v.string(),
  formatVersion: text,
  framework: v.exactOptional(v.object({ name: v.string(), version: text })),
  architecture: text,
  parameterCount: v.exactOptional(count),
  tensors: v.exactOptional(
    v.array(v.object({ name: v.string(), dtype: v.string(), shape: v.array(count), sha256: text })),
  ),
  inputs: signature,
  outputs: signature,
  baseModels: v.exactOptional(v.array(v.object({ name: v.string(), revision: text, url: text }))),
  license: text,
  metadata: v.exactOptional(v.record(v.string(), v.string())),
  danger: v.exactOptional(
    v.object({
      verdict: v.picklist(['dangerous', 'unknown', 'none-found']),
      findings: v.array(
        v.object({
          verdict: v.picklist(['dangerous', 'unknown', 'known']),
          what: v.string(),
          why: v.string(),
          path: v.string(),
          offset: v.exactOptional(count),
          member: text,
          opcode: text,
        }),
      ),
    }),
  ),
  problems: v.exactOptional(v.array(v.string())),
  weights: text,
});

/** Facts as somebody stored them, perhaps another program; undefined where they aren't such. */
export function parseFacts(value: unknown): StoredFacts | undefined {
  const parsed = v.safeParse(factsSchema, value);
  return parsed.success ? parsed.output : undefined;
}

/** The same of the bytes of an object. */
export function decodeFacts(bytes: Uint8Array): StoredFacts | undefined {
  try {
    return parseFacts(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}
