import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { NameKind } from '../project/names-in-project.ts';
import type { Meant } from '../project/project-problem.ts';

/** What can stand at a place of a project file. Offsets are in the text. */
export interface NameCompletions {
  readonly start: number;
  readonly end: number;
  readonly kind: NameKind;
  readonly names: readonly { readonly name: string; readonly detail: string }[];
}

/** What the registry knows of a name in a project file. */
export interface NameHover {
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly lines: readonly string[];
  /** Whose page tells more. */
  readonly version?: Pick<VersionSummary, 'id' | 'model' | 'number' | 'pending'> | undefined;
}

/** What the gates before a stage say of the newest version of a model. The place is that of the stage's name, counted from 1. */
export interface GatesNow {
  readonly line: number;
  readonly column: number;
  readonly model: string;
  readonly stage: string;
  readonly versionId: string;
  readonly number: number;
  /** The version is in the stage. */
  readonly isThere: boolean;
  readonly results: readonly {
    readonly title: string;
    readonly required: string;
    readonly outcome: 'passed' | 'failed' | 'not-evaluated';
    readonly measured: string;
    readonly why?: string;
    /** It isn't passed because people haven't said anything yet. */
    readonly isWaiting: boolean;
  }[];
  /** Stages that the model doesn't have, though the file has gates for them: no version of it is promoted. */
  readonly unknownStages: readonly { readonly name: string; readonly why: string }[];
}

/** A name that nothing in the registry has. */
export interface UnknownName {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly meant: Meant;
  /** No version of the model is promoted while it stands there. */
  readonly holdsUp?: boolean;
}
