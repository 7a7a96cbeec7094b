import type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';
import type { CodeLineage, DataLineage, LockFile } from '../catalog/read-models/lineage.ts';
import type { Metrics } from '../catalog/read-models/values.ts';
import type { VersionFacts } from '../catalog/read-models/versions.ts';

/** What a gate looks at in a version. */
export interface GateSubject {
  /** `fraud-detector@7` */
  readonly label: string;
  readonly metrics: Metrics;
  /** In the order of the log. */
  readonly evaluations: readonly EvaluationEntry[];
  readonly sizeBytes: number;
  readonly code?: CodeLineage | undefined;
  readonly data: readonly DataLineage[];
  readonly locks: readonly LockFile[];
  readonly danger?: VersionFacts['danger'];
  readonly licence?: string | undefined;
  /** The version of this registry that it was made from. */
  readonly base?: { readonly label: string; readonly licence?: string | undefined } | undefined;
  readonly signature?: Signature | undefined;
}

export interface Signature {
  readonly inputs?: readonly SignaturePart[] | undefined;
  readonly outputs?: readonly SignaturePart[] | undefined;
}

export interface SignaturePart {
  readonly name: string;
  readonly dtype?: string | undefined;
  readonly shape?: readonly (number | string | null)[] | undefined;
}

/** A gate that couldn't be evaluated lets nothing through. */
export interface Verdict {
  readonly outcome: 'passed' | 'failed' | 'not-evaluated';
  /** What there is, in short. */
  readonly measured: string;
  /** Why it isn't passed, or why it is although there was nothing to compare with. */
  readonly why?: string;
  /** How it was computed, for the evidence: plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export function passed(measured: string, why?: string): Verdict {
  return { outcome: 'passed', measured, ...(why === undefined ? {} : { why }) };
}

export function failed(measured: string, why: string): Verdict {
  return { outcome: 'failed', measured, why };
}

export function notEvaluated(why: string, measured = ''): Verdict {
  return { outcome: 'not-evaluated', measured, why };
}

/** As exact as it has to be to tell it from a threshold. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(10)));
}
