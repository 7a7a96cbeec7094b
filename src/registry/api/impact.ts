import type { Page } from '../../catalog/paging.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** What something went into. */
export interface Impact extends Page<ImpactEntry> {
  readonly subject: ImpactSubject;
  readonly total: number;
  readonly stages: readonly { readonly stage: string; readonly count: number }[];
}

export interface ImpactSubject {
  readonly kind: 'version' | 'data' | 'commit' | 'package' | 'base';
  readonly name: string;
  /** Where data lies that was named by its digest, as some version recorded it. */
  readonly path?: string;
  readonly version?: VersionSummary;
}

/** What made something, and what it went into. */
export interface LineageGraph {
  /** The id of the node that was asked about. */
  readonly subject: string;
  readonly nodes: readonly GraphNode[];
  /** What went into what. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface GraphNode {
  readonly id: string;
  /** `more` stands for what isn't shown. */
  readonly kind: 'version' | 'code' | 'data' | 'environment' | 'base' | 'package' | 'more';
  readonly label: string;
  readonly detail?: string;
  readonly stage?: string;
  /** What to ask `impact` and `graph` about it, where they know it. */
  readonly of?: string;
}

export interface ImpactEntry {
  readonly version: VersionSummary;
  /** It was made from the subject itself, and not from a version that was. */
  readonly isDirect: boolean;
  /** The version between, where one was recorded. */
  readonly through?: string;
}
