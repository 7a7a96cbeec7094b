import { RegistryError } from '../../base/errors.ts';
import { toldOf } from '../../base/retold.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { Fold } from './folds.ts';
import type { Period } from './periods.ts';

/** The rows of the Models view. What commands need of a row they find under the same names in each of them. */
export type TreeNode =
  | RegistryNode
  | ModelNode
  | StageNode
  | PeriodNode
  | FoldNode
  | VersionNode
  | MoreNode
  | HintNode
  | ProblemNode;

export interface RegistryNode {
  readonly kind: 'registry';
  readonly registryDir: string;
  /** Names of the workspace folders that use it. */
  readonly name: string;
}

export interface ModelNode {
  readonly kind: 'model';
  readonly registryDir: string;
  readonly modelId: string;
  readonly model: ModelSummary;
  /** Shown with its versions until the person closes it. */
  readonly isOpen: boolean;
  /** A filter found it: another row than that of the whole list, which is open or closed by itself. */
  readonly isFiltered?: boolean;
}

/** The versions of a model in one stage; a version can be dropped there. */
export interface StageNode {
  readonly kind: 'stage';
  readonly registryDir: string;
  readonly modelId: string;
  readonly model: string;
  readonly stage: string;
  readonly count: number;
}

/** The versions of a model that were registered in a time. */
export interface PeriodNode {
  readonly kind: 'period';
  readonly registryDir: string;
  readonly modelId: string;
  readonly period: Period;
  /** Of those of the model that have versions. */
  readonly isNewest: boolean;
}

/** Versions of one run or sweep. */
export interface FoldNode {
  readonly kind: 'fold';
  readonly registryDir: string;
  readonly modelId: string;
  /** The list that it is in. */
  readonly list: string;
  readonly fold: Fold;
  readonly isBelowStage?: boolean;
}

export interface VersionNode {
  readonly kind: 'version';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly version: VersionSummary;
  /** It stands alone, without its model above. */
  readonly isFound?: boolean;
  /** It stands below its stage, which says it for all of them. */
  readonly isBelowStage?: boolean;
}

/** Asks for the next page of a list. */
export interface MoreNode {
  readonly kind: 'more';
  readonly list: string;
}

/** Stands where there is nothing to show. */
export interface HintNode {
  readonly kind: 'hint';
  readonly id: string;
  readonly text: string;
}

/** Stands where something can't be shown. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly id: string;
  readonly message: string;
  /** The log isn't what it was: `verify` tells what to put back. */
  readonly isDamaged?: boolean;
  readonly registryDir?: string;
}

const DAMAGES: ReadonlySet<string> = new Set(['LOG_DAMAGED', 'LOG_REWRITTEN', 'LOG_TRUNCATED']);

/** What couldn't be read of a registry, or of the only one. */
export function problemNode(registryDir: string | undefined, id: string, error: unknown): ProblemNode {
  const isDamaged = RegistryError.is(error) && DAMAGES.has(error.code);
  const node: ProblemNode = { kind: 'problem', id: `problem#${id}`, message: toldOf(error), isDamaged };
  return registryDir === undefined ? node : { ...node, registryDir };
}
