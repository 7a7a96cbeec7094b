import type { ModelSummary, RollbackPlan, StageRule, VersionSummary } from '../../registry/api.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';

/** What a person has answered so far. Each command asks for some of it. */
export interface Answers {
  readonly registry?: WorkspaceRegistry;
  readonly model?: ModelSummary;
  readonly version?: VersionSummary;
  readonly versions?: readonly VersionSummary[];
  readonly stage?: StageChoice;
  readonly rollback?: RollbackChoice;
  readonly alias?: string;
  /** A reason, note, comment, name or path. */
  readonly text?: string;
}

export interface StageChoice {
  readonly rule: StageRule;
  /** Who is there now, where the stage holds one version only. */
  readonly holder?: VersionSummary;
}

export interface RollbackChoice {
  readonly plan: RollbackPlan;
  readonly target: VersionSummary;
}
