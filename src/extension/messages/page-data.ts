import type { DeclaredDirections } from '../../base/metrics.ts';
import type { Page } from '../../catalog/paging.ts';
import type { ComparedDataset, Comparison } from '../../catalog/read-models/comparison.ts';
import type { ModelOverview } from '../../catalog/read-models/models.ts';
import type { Plot, VersionColumns } from '../../catalog/read-models/plot.ts';
import type { TenureEntry } from '../../catalog/read-models/stages.ts';
import type { Metrics } from '../../catalog/read-models/values.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { FactsSummary } from '../../modelfiles/facts-summary.ts';
import type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
import type { VersionChanges } from '../../registry/api/changes.ts';
import type { Impact, LineageGraph } from '../../registry/api/impact.ts';
import type { ReviewPageData } from './review.ts';

/** The kinds of page, each with what it shows. */
export interface PageData {
  readonly version: VersionPageData;
  readonly comparison: ComparisonPageData;
  readonly changes: ChangesPageData;
  readonly graph: GraphPageData;
  readonly review: ReviewPageData;
  readonly model: ModelPageData;
  readonly plots: PlotsPageData;
  readonly modelFile: ModelFilePageData;
}

export type PageKind = keyof PageData;

/** For pages with controls that change something. */
export interface MaybeRestricted {
  /** In Restricted Mode, where a registry can only be looked at. */
  readonly isRestricted?: true;
}

export interface VersionPageData extends MaybeRestricted {
  readonly version: VersionDetails;
  readonly baseline?: Baseline;
  /** Number of the version that a rollback would put back, where this one is in production and there is one. */
  readonly rollbackTo?: number;
  /** Why there is none that it could put back, also if one were chosen. */
  readonly noRollback?: string;
  /** How to load it: by its number first, then by the names that lead to it now. */
  readonly loading: readonly LoadSnippet[];
  /** The stages that it can be promoted to, in their order. */
  readonly stages: readonly string[];
  /** What the project file declares about the model's metrics. */
  readonly declared?: DeclaredDirections;
}

/** What a version is measured against: the one in production or, for that one, the one a rollback would bring back; where there is none, the one registered before. */
export interface Baseline {
  readonly kind: 'production' | 'previous' | 'registered-before';
  /** Where it isn't production that it is in. */
  readonly stage?: string;
  readonly versionId: string;
  readonly number: number;
  /** Not shared yet: the number is another one then. */
  readonly pending?: boolean;
  readonly metrics: Metrics;
}

export type ComparisonPageData = MaybeRestricted &
  Pick<Comparison, 'versions' | 'hasHistory'> &
  Readonly<Record<ComparisonSection, readonly ComparedRow[]>> & {
    readonly evaluations: readonly ComparedDatasetRows[];
    /** How many files there are in all, where more than the page shows. */
    readonly fileCount: number;
    /** What the project file declares about the metrics of the first version's model. */
    readonly declared?: DeclaredDirections;
  };

type ComparisonSection = Exclude<
  keyof Comparison,
  'versions' | 'evaluations' | 'hasData' | 'hasDependencies' | 'hasHistory'
>;

/** A row on its way to a page: messages are JSON, where a list can't hold `undefined`. */
export interface ComparedRow {
  readonly name: string;
  /** One for each version, in the order of the columns; null where it has none. */
  readonly values: readonly (string | number | null)[];
  readonly isDifferent: boolean;
  readonly isKnown?: readonly boolean[];
  /** What data is told apart by, and the order of packages' versions, as in the registry's answer. */
  readonly names?: readonly (string | null)[];
  readonly ranks?: readonly (number | null)[];
}

export type ComparedDatasetRows = Omit<ComparedDataset, 'metrics' | 'slices'> & {
  readonly metrics: readonly ComparedRow[];
  readonly slices: readonly { readonly slice: string; readonly metrics: readonly ComparedRow[] }[];
};

/** What changed from one version to another, without what git tells: that comes by itself. */
export type ChangesPageData = Omit<VersionChanges, ChangesRows> &
  Readonly<Record<ChangesRows, readonly ComparedRow[]>> & {
    /** What the project file declares about the model's metrics. */
    readonly declared?: DeclaredDirections;
  };

type ChangesRows = 'params' | 'metrics' | 'environment' | 'facts';

/** What made something, what it went into, and the first of the versions that descend from it. */
export interface GraphPageData {
  readonly graph: LineageGraph;
  readonly impact: Impact;
}

/** A model as a whole: what it is, the metric that tells most about its versions, and when which was in production. */
export interface ModelPageData extends MaybeRestricted {
  readonly model: ModelOverview;
  /** What the project file declares about the model's metrics. */
  readonly declared?: DeclaredDirections;
  /** The metric that is shown first; absent where its versions have none. */
  readonly metric?: string;
  readonly plot?: Plot;
  /** The stage whose history is shown first, and the times in which versions held it. */
  readonly stage: string;
  readonly tenures: Page<TenureEntry>;
}

/** Many versions at once: their params against their metrics. */
export interface PlotsPageData {
  readonly columns: VersionColumns;
  /** The search that found them, where they aren't all or a list. */
  readonly query?: string;
  readonly isList: boolean;
  /** What the project file declares about the model's metrics. */
  readonly declared?: DeclaredDirections;
  /** The metric that is looked at first; absent where they have none. */
  readonly metric?: string;
}

/** What the editor of model files shows. */
export interface ModelFilePageData {
  readonly name: string;
  /** Relative to the workspace where it is inside. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Absent where it isn't a file of the workspace: those of a version don't change. */
  readonly changedAt?: string;
  /** How many files were read, where the file belongs with others. */
  readonly fileCount: number;
  readonly facts: FactsSummary;
  /** False where nothing can be registered: in Restricted Mode, or outside of a folder of the workspace. */
  readonly canRegister: boolean;
}
