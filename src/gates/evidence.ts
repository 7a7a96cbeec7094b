import * as v from 'valibot';
import { jsonIfAny } from '../base/json-if-any.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { definitionDigest, gateName } from './gate-name.ts';
import type { NamedProgram } from './programs.ts';
import type { Verdict } from './verdict.ts';

const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://in-toto.io/attestation/test-result/v0.1';

export interface EvidenceOf {
  readonly gate: DeclaredGate;
  readonly stage: string;
  readonly version: VersionSummary;
  /** The version that it was compared with, or that was in the stage then. */
  readonly rival: VersionSummary | undefined;
  readonly verdict: Verdict;
  readonly required: string;
  /** Of a command. */
  readonly exitCode?: number | null | undefined;
  readonly output?: unknown;
  /** Files of the project that the command names, where its folder is known. */
  readonly programs?: readonly NamedProgram[] | undefined;
}

/**
 * What a gate found, bound to the digest of the artifact: an in-toto statement with a test result
 * (https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md). Extra fields are in `modelRegistry`.
 */
export function evidenceOf({ gate, stage, version, rival, verdict, required, exitCode, output, programs }: EvidenceOf) {
  const name = gateName(gate);
  const isPassed = verdict.outcome === 'passed';
  return {
    _type: STATEMENT,
    subject: [{ name: `${version.model}@${version.number}`, digest: { sha256: version.artifact.digest } }],
    predicateType: PREDICATE,
    predicate: {
      result: isPassed ? 'PASSED' : 'FAILED',
      configuration: [{ name: 'model-registry.yaml', digest: { sha256: definitionDigest(gate) } }],
      passedTests: isPassed ? [name] : [],
      warnedTests: [],
      failedTests: isPassed ? [] : [name],
      modelRegistry: {
        stage,
        gate,
        required,
        measured: verdict.measured,
        ...(verdict.why === undefined ? {} : { why: verdict.why }),
        ...(verdict.details === undefined ? {} : { details: verdict.details }),
        against: rival ? { version: `${rival.model}@${rival.number}`, sha256: rival.artifact.digest } : null,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(output === undefined ? {} : { output }),
        ...(programs === undefined || programs.length === 0 ? {} : { programs }),
      },
    },
  };
}

const digestSchema = v.object({ digest: v.object({ sha256: v.string() }) });
const evidenceSchema = v.object({
  _type: v.literal(STATEMENT),
  subject: v.pipe(v.array(digestSchema), v.length(1)),
  predicateType: v.literal(PREDICATE),
  predicate: v.object({
    result: v.picklist(['PASSED', 'FAILED']),
    configuration: v.pipe(v.array(digestSchema), v.length(1)),
    modelRegistry: v.object({
      stage: v.string(),
      measured: v.string(),
      why: v.optional(v.string()),
      programs: v.optional(v.array(v.object({ path: v.string(), sha256: v.string() })), []),
      against: v.nullable(v.object({ version: v.string(), sha256: v.string() })),
    }),
  }),
});

/** Why recorded evidence says nothing of this version and gate any more; else what it says. */
export function verdictIn(
  evidence: string,
  now: Pick<EvidenceOf, 'gate' | 'stage' | 'version' | 'rival' | 'programs'>,
): { readonly verdict: Verdict } | { readonly stale: string } {
  // Whoever may write to the log may name any object as evidence.
  const found = v.safeParse(evidenceSchema, jsonIfAny(evidence));
  if (!found.success) return { stale: 'what was recorded of it isn’t the evidence of a gate' };
  const { subject, predicate } = found.output;
  const { measured, why, stage, against } = predicate.modelRegistry;
  if (subject[0]?.digest.sha256 !== now.version.artifact.digest || stage !== now.stage)
    return { stale: 'what was recorded of it is of other files or another stage' };
  if (predicate.configuration[0]?.digest.sha256 !== definitionDigest(now.gate))
    return { stale: 'the gate was changed since it ran' };
  const changed = changedProgram(predicate.modelRegistry.programs, now.programs);
  if (changed !== undefined) return { stale: `${changed} was changed since it ran` };
  // Of a version that is in the stage, what it was compared with is what it took the place of.
  const isThere = now.version.stage === now.stage;
  if (!isThere && (against?.sha256 ?? null) !== (now.rival?.artifact.digest ?? null))
    return { stale: `another version is in ${now.stage} since it ran` };
  const outcome = predicate.result === 'PASSED' ? 'passed' : 'failed';
  return { verdict: { outcome, measured, ...(why === undefined ? {} : { why }) } };
}

/** The first file that is another one now; where the folder isn't known, none. */
function changedProgram(before: readonly NamedProgram[], now: readonly NamedProgram[] | undefined): string | undefined {
  if (!now) return undefined;
  const isIn = (list: readonly NamedProgram[], { path, sha256 }: NamedProgram) =>
    list.some((one) => one.path === path && one.sha256 === sha256);
  return (now.find((one) => !isIn(before, one)) ?? before.find((one) => !isIn(now, one)))?.path;
}
