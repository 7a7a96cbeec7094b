import type { ModelSummary, VersionSummary } from '../../registry/api.ts';

/** The rows of the Models view. What commands need of a row they find under the same names in each of them. */
export type TreeNode = RegistryNode | ModelNode | VersionNode | MoreNode | HintNode | ProblemNode;

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
}

export interface VersionNode {
  readonly kind: 'version';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly version: VersionSummary;
}

/** Asks for the next page of a model's versions, or of a registry's models. */
export interface MoreNode {
  readonly kind: 'more';
  readonly registryDir: string;
  readonly modelId?: string;
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
}
