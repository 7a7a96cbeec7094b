import type { RollbackPlan } from '../../catalog/read-models/holders.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { StageRule } from '../../catalog/read-models/stages.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { GateStanding } from '../../registry/api/gates.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import type { StandingText } from '../standing-text.ts';

/** A version that is likely meant, and why. */
export interface OfferedVersion {
  readonly registry: WorkspaceRegistry;
  readonly model: ModelSummary;
  readonly version: VersionSummary;
  readonly where: string;
}

/** What a person has answered so far. Each command asks for some of it. */
export interface Answers {
  readonly registry?: WorkspaceRegistry;
  readonly model?: ModelSummary;
  /** The first row of the question, which answers it and all up to the version. */
  readonly offered?: OfferedVersion;
  readonly version?: VersionSummary;
  readonly versions?: readonly VersionSummary[];
  readonly stage?: StageChoice;
  /** The name of the stage that is meant, where that needn't be asked. */
  readonly wantedStage?: string;
  readonly rollback?: RollbackChoice;
  readonly alias?: string;
  /** Who is asked for a review. */
  readonly reviewers?: readonly string[];
  /** What there was of a version and its stage when the last question was asked. */
  readonly standing?: GateStanding;
  /** A file of what was measured, and what it holds. */
  readonly measured?: 'metrics' | 'predictions';
  readonly file?: string;
  readonly dataset?: string;
  /** A reason that was proposed, for the person to change or take. */
  readonly proposedText?: string;
  /** A reason, note, comment, name or path. */
  readonly text?: string;
}

export interface StageChoice {
  readonly rule: StageRule;
  /** Who is there now, where the stage holds one version only. */
  readonly holder?: VersionSummary;
  /** How the version that moves does beside the holder. */
  readonly standing?: StandingText;
}

export interface RollbackChoice {
  readonly plan: RollbackPlan;
  readonly target: VersionSummary;
}
