import type { StageOutcome } from '../importing/stages.ts';

/** What became of an import, for the editor. Both ends are built from the same sources. */
export interface ImportSummary {
  readonly added: number;
  readonly known: number;
  readonly failed: number;
  /** Those that have new versions. */
  readonly models: readonly string[];
  /** The first of them. */
  readonly firstModelId?: string;
  readonly isCancelled: boolean;
  /** Of some versions, what couldn't be taken over, and why. */
  readonly notImported: readonly { readonly model: string; readonly label: string; readonly why: string }[];
  readonly stages: readonly StageOutcome[];
}
