import * as v from 'valibot';
import type { DeclaredDirections } from '../base/metrics.ts';
import type { OperationOptions, Progress } from '../base/progress.ts';
import type { Page } from '../catalog/paging.ts';
import type { ComparedDataset, Comparison } from '../catalog/read-models/comparison.ts';
import type { AtResult } from '../catalog/read-models/holders.ts';
import type { ModelOverview } from '../catalog/read-models/models.ts';
import type { Plot, VersionColumns } from '../catalog/read-models/plot.ts';
import type { TenureEntry } from '../catalog/read-models/stages.ts';
import type { Metrics } from '../catalog/read-models/values.ts';
import type { VersionDetails, VersionSummary } from '../catalog/read-models/versions.ts';
import type { CodeBetween } from '../lineage/code-history.ts';
import type { FactsSummary } from '../modelfiles/facts-summary.ts';
import type { LoadSnippet } from '../modelfiles/loading/load-snippet.ts';
import { TENSOR_COLUMNS, type TensorRows } from '../modelfiles/tensor-rows.ts';
import { COMPARED_COLUMNS, type ComparedTensorRows } from '../modelfiles/tensors/compared-rows.ts';
import type { VersionChanges } from '../registry/api/changes.ts';
import type { FactsAnswer, MetricCourses, TensorComparisonAnswer } from '../registry/api/facts.ts';
import type { Impact, LineageGraph } from '../registry/api/impact.ts';
import {
  type DecisionResult,
  decisionSchema,
  type ReviewGates,
  type ReviewPageData,
  stageName,
  type VersionGates,
} from './messages-review.ts';
import { type VersionResults, versionParams } from './messages-version.ts';

/**
 * The contract between a page and the extension. A page is browser code and takes only types from here; the extension parses
 * whatever comes from a page with `requestSchema` before it looks at it.
 */

export type { MetricValue } from '../base/metric-value.ts';
export type { Progress } from '../base/progress.ts';
export type { Author, Via } from '../catalog/read-models/author.ts';
export type { CommentEntry } from '../catalog/read-models/comments.ts';
export type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';
export type { CodeLineage, Lineage, PackageVersion } from '../catalog/read-models/lineage.ts';
export type { ModelOverview } from '../catalog/read-models/models.ts';
export type { Plot, PlotAxis, PlotBox, PlotPoint, VersionColumns } from '../catalog/read-models/plot.ts';
export type { TenureEntry, TransitionEntry } from '../catalog/read-models/stages.ts';
export type { Metrics } from '../catalog/read-models/values.ts';
export type { FileEntry, VersionDetails, VersionFacts, VersionSummary } from '../catalog/read-models/versions.ts';
export type { ChangedFile, CodeBetween, CommitList } from '../lineage/code-history.ts';
export type { DangerFinding, DangerReport, SignatureEntry } from '../modelfiles/facts.ts';
export type { FactsSummary } from '../modelfiles/facts-summary.ts';
export type { LoadSnippet } from '../modelfiles/loading/load-snippet.ts';
export type { TensorColumn, TensorQuery, TensorRow, TensorRows } from '../modelfiles/tensor-rows.ts';
export type {
  ComparedColumn,
  ComparedTensorQuery,
  ComparedTensorRows,
} from '../modelfiles/tensors/compared-rows.ts';
export type { TensorChange, TensorDifference } from '../modelfiles/tensors/tensor-difference.ts';
export type { CardFile } from '../registry/api/card.ts';
export type { DataChange, PackageChange } from '../registry/api/changes.ts';
export type { MetricCourses } from '../registry/api/facts.ts';
export type { GraphNode, ImpactEntry, LineageGraph } from '../registry/api/impact.ts';
export type { MetricTrend } from '../registry/api/listing.ts';

export type { FilePreview, RemarkKind } from './messages-version.ts';

/** What a page may ask to be done to a version. Anything else is refused. */
export const pageActions = [
  'promote',
  'review',
  'evaluate',
  'rollBack',
  'archive',
  'restoreFiles',
  'openTrainedCode',
  'copyReference',
  'copyLink',
  'compareFiles',
  'setAlias',
  'removeAlias',
  'editTags',
  'editCard',
  'exportCard',
] as const;
export type PageAction = (typeof pageActions)[number];

/** What the page of a model may ask to be done to it. */
export const modelActions = [
  'rollBack',
  'comment',
  'copyLink',
  'openLog',
  'renameModel',
  'describeModel',
  'editTags',
  'plotVersions',
] as const;
export type ModelAction = (typeof modelActions)[number];

const ulid = v.pipe(v.string(), v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/));
const comparedIds = v.pipe(
  v.array(ulid),
  v.minLength(2),
  v.maxLength(8),
  v.check((ids) => new Set(ids).size === ids.length, 'Each version once'),
);
const requestId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** What is asked of a table that is read as it is looked at. */
const partOfTable = {
  offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)),
  isDescending: v.boolean(),
  filter: v.pipe(v.string(), v.maxLength(500)),
};

const lineageReference = v.pipe(v.string(), v.minLength(1), v.maxLength(5000));
const pathInRepository = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

/** Names of metrics, params and stages are other people's text. */
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const finite = v.pipe(v.number(), v.finite());
const range = v.strictTuple([finite, finite]);
const plotParams = {
  metric: name,
  across: v.variant('kind', [
    v.strictObject({ kind: v.literal('number') }),
    v.strictObject({ kind: v.literal('time') }),
    v.strictObject({ kind: v.literal('metric'), name }),
    v.strictObject({ kind: v.literal('param'), name }),
  ]),
  box: v.exactOptional(
    v.strictObject({
      across: v.union([
        range,
        v.strictObject({ texts: v.pipe(v.array(v.pipe(v.string(), v.maxLength(10_000))), v.maxLength(100)) }),
      ]),
      upright: v.exactOptional(range),
    }),
  ),
};
const cursor = v.exactOptional(v.pipe(v.string(), v.maxLength(100)));

const paramSchemas = {
  /** The page's data, at the start and whenever the registry changed. */
  load: v.strictObject({}),
  /** Starts a command. The answer says that it was started. */
  act: v.strictObject({ action: v.picklist(pageActions), versionId: ulid }),
  openVersion: v.strictObject({ ref: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)) }),
  openComparison: v.strictObject({ versionIds: comparedIds }),
  /** The page of what changed up to a version; without an earlier one from the one that it is looked at against by itself. */
  openChanges: v.strictObject({ before: v.optional(ulid), after: ulid }),
  /** The graph around something, named as for `impact`. */
  openGraph: v.strictObject({ of: lineageReference }),
  /** A file of a version in the editor; with `before`, as it differs from that of another version. */
  openFile: v.strictObject({ path: pathInRepository, versionId: ulid, before: v.optional(ulid) }),
  /** Commits and files between the page's two versions. */
  codeBetween: v.strictObject({}),
  /** A file of the page's two versions, in the editor's own comparison. */
  openFileChange: v.strictObject({ path: pathInRepository, from: v.optional(pathInRepository) }),
  /** All of them in one. Of a comparison, between two of its versions. */
  openFileChanges: v.strictObject({ between: v.exactOptional(v.strictTuple([ulid, ulid])) }),
  /** Other versions, or another order, on the page of a comparison. */
  arrangeComparison: v.strictObject({ versionIds: comparedIds }),
  /** Asks the person which versions are to be compared. */
  chooseCompared: v.strictObject({}),
  /** Copies a link to the page's comparison. */
  copyComparisonLink: v.strictObject({}),
  openModel: v.strictObject({ modelId: ulid }),
  /** Starts a command about the page's model. */
  actOnModel: v.strictObject({ action: v.picklist(modelActions) }),
  /** Its versions as points. */
  plot: v.strictObject(plotParams),
  /** Those in a part of that, the best first. */
  plotted: v.strictObject({ ...plotParams, isLowerBetter: v.boolean(), cursor }),
  /** Which of its versions held a stage when. */
  tenures: v.strictObject({ stage: name, cursor }),
  /** One of its versions in short. */
  glance: v.strictObject({ number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) }),
  /** What its stages held at a moment. */
  heldAt: v.strictObject({ time: v.pipe(v.string(), v.maxLength(100)) }),
  /** A comparison may be long. */
  copyText: v.strictObject({
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000_000)),
    /** What it is, for the person. */
    what: v.pipe(v.string(), v.maxLength(200)),
  }),
  /** A part of the table of tensors. */
  tensorRows: v.strictObject({ ...partOfTable, sort: v.picklist(TENSOR_COLUMNS) }),
  /** What the files of the page's version say. */
  facts: v.strictObject({}),
  /** The course of its metrics; of a comparison, of one of its versions. */
  history: v.strictObject({ versionId: v.exactOptional(ulid) }),
  /** What became of the tensors of one of the page's versions in another. */
  compareTensors: v.strictObject({ before: ulid, after: ulid }),
  /** A part of the table of that. */
  comparedTensorRows: v.strictObject({
    before: ulid,
    after: ulid,
    query: v.strictObject({ ...partOfTable, sort: v.picklist(COMPARED_COLUMNS) }),
  }),
  /** What is asked of the page's version for each stage; of a comparison, of one of its versions. */
  versionGates: v.strictObject({ versionId: v.exactOptional(ulid) }),
  /** What the gates of the page's stage say now. */
  gates: v.strictObject({}),
  /** Runs the commands of gates that didn't run yet, or all of them again. The answer says that it was started. */
  runGates: v.strictObject({ isAgain: v.boolean() }),
  cancelGates: v.strictObject({}),
  /** What the commands of gates printed. */
  showGateOutput: v.strictObject({}),
  /** What is there to show for what a gate says. */
  openEvidence: v.strictObject({ gate: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)) }),
  /** What a person decided about the page's version. */
  decide: decisionSchema,
  /** The review of a version on its way to a stage. */
  openReview: v.strictObject({ versionId: ulid, stage: stageName }),
  /** Nobody waits for the answer to the request with this number any more. */
  cancel: v.strictObject({ request: requestId }),
  /** Starts the registration of the file that the page shows. */
  registerFile: v.strictObject({}),
  ...versionParams,
};

function request<M extends keyof typeof paramSchemas>(method: M) {
  return v.strictObject({ id: requestId, method: v.literal(method), params: paramSchemas[method] });
}

/** Every message that a page may send. */
export const requestSchema = v.variant('method', [
  request('load'),
  request('act'),
  request('openVersion'),
  request('openComparison'),
  request('openChanges'),
  request('openGraph'),
  request('openFile'),
  request('openModel'),
  request('actOnModel'),
  request('plot'),
  request('plotted'),
  request('tenures'),
  request('glance'),
  request('heldAt'),
  request('codeBetween'),
  request('openFileChange'),
  request('openFileChanges'),
  request('arrangeComparison'),
  request('chooseCompared'),
  request('copyComparisonLink'),
  request('copyText'),
  request('tensorRows'),
  request('facts'),
  request('history'),
  request('compareTensors'),
  request('comparedTensorRows'),
  request('gates'),
  request('versionGates'),
  request('runGates'),
  request('cancelGates'),
  request('showGateOutput'),
  request('openEvidence'),
  request('decide'),
  request('openReview'),
  request('cancel'),
  request('registerFile'),
  request('trends'),
  request('card'),
  request('preview'),
  request('saveFile'),
  request('remark'),
]);
export type PageRequest = v.InferOutput<typeof requestSchema>;

export type RequestMethod = keyof typeof paramSchemas;
export type RequestParams<M extends RequestMethod> = v.InferOutput<(typeof paramSchemas)[M]>;

/** Which page this is about, kept by the editor over a reload of its window. */
export const versionPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  versionId: ulid,
});
export const comparisonPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  versionIds: comparedIds,
});
export const changesPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  beforeId: ulid,
  afterId: ulid,
});
export type ChangesPageState = v.InferOutput<typeof changesPageStateSchema>;
export const graphPageStateSchema = v.object({ registryDir: v.pipe(v.string(), v.minLength(1)), of: lineageReference });
export type GraphPageState = v.InferOutput<typeof graphPageStateSchema>;
export const modelPageStateSchema = v.object({ registryDir: v.pipe(v.string(), v.minLength(1)), modelId: ulid });
export type ModelPageState = v.InferOutput<typeof modelPageStateSchema>;
export const plotsPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  modelId: ulid,
  of: v.variant('kind', [
    v.object({ kind: v.literal('all') }),
    v.object({ kind: v.literal('ids'), ids: v.pipe(v.array(ulid), v.minLength(1), v.maxLength(3000)) }),
    v.object({ kind: v.literal('search'), query: v.pipe(v.string(), v.maxLength(1000)) }),
  ]),
});
export type PlotsPageState = v.InferOutput<typeof plotsPageStateSchema>;
export const modelFilePageStateSchema = v.object({ uri: v.pipe(v.string(), v.minLength(1)) });
export type ModelFilePageState = v.InferOutput<typeof modelFilePageStateSchema>;
export type VersionPageState = v.InferOutput<typeof versionPageStateSchema>;
export type ComparisonPageState = v.InferOutput<typeof comparisonPageStateSchema>;

/** What a version is measured against: the one in production or, for that one, the one a rollback would bring back; where there is none, the one registered before. */
export interface Baseline {
  readonly kind: 'production' | 'previous' | 'registered-before';
  /** Where it isn't production that it is in. */
  readonly stage?: string;
  readonly versionId: string;
  readonly number: number;
  readonly metrics: Metrics;
}

export interface VersionPageData {
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
  /** What data is told apart by, and the order of packages' versions, as in the registry's answer. */
  readonly names?: readonly (string | null)[];
  readonly ranks?: readonly (number | null)[];
}

export type ComparedDatasetRows = Omit<ComparedDataset, 'metrics' | 'slices'> & {
  readonly metrics: readonly ComparedRow[];
  readonly slices: readonly { readonly slice: string; readonly metrics: readonly ComparedRow[] }[];
};

export type ComparisonPageData = Pick<Comparison, 'versions' | 'hasData' | 'hasDependencies' | 'hasHistory'> &
  Readonly<Record<ComparisonSection, readonly ComparedRow[]>> & {
    readonly evaluations: readonly ComparedDatasetRows[];
    /** How many files there are in all, where more than the page shows. */
    readonly fileCount: number;
    /** What the project file declares about the metrics of the first version's model. */
    readonly declared?: DeclaredDirections;
  };

type ChangesRows = 'params' | 'metrics' | 'environment' | 'facts';

/** What changed from one version to another, without what git tells: that comes by itself. */
export type ChangesPageData = Omit<VersionChanges, ChangesRows> &
  Readonly<Record<ChangesRows, readonly ComparedRow[]>> & {
    /** What the project file declares about the model's metrics. */
    readonly declared?: DeclaredDirections;
  };

/** What made something, what it went into, and the first of the versions that descend from it. */
export interface GraphPageData {
  readonly graph: LineageGraph;
  readonly impact: Impact;
}

/** A model as a whole: what it is, the metric that tells most about its versions, and when which was in production. */
export interface ModelPageData {
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

export type FactsPageData = Omit<FactsAnswer, 'version' | 'tensors'> & {
  /** How to load the version, by what its files say. */
  readonly loading?: readonly LoadSnippet[];
};
export type TensorComparisonPageData = Omit<TensorComparisonAnswer, 'versions' | 'tensors'>;

/** What each request is answered with; nothing, apart from these. */
export interface ResultOf<K extends PageKind> extends VersionResults {
  readonly load: PageData[K];
  readonly tensorRows: TensorRows;
  readonly facts: FactsPageData;
  /** None where none was recorded. */
  readonly history: MetricCourses;
  /** Without what git told where there is nothing to ask it. */
  readonly codeBetween: { readonly between?: CodeBetween };
  readonly plot: Plot;
  readonly plotted: Page<VersionSummary> & { readonly total: number };
  readonly tenures: Page<TenureEntry>;
  /** Nothing where it was deleted meanwhile. */
  readonly glance: { readonly version?: VersionSummary };
  readonly heldAt: AtResult;
  readonly compareTensors: TensorComparisonPageData;
  readonly comparedTensorRows: ComparedTensorRows;
  readonly gates: ReviewGates;
  readonly versionGates: VersionGates;
  readonly decide: DecisionResult;
}
/** The requests that are answered with data. */
export type AskingMethod = keyof ResultOf<PageKind> & RequestMethod;

/** One function for each request: leaving one out doesn't compile. */
export type RequestHandlers<K extends PageKind> = {
  readonly [M in Exclude<RequestMethod, 'cancel'>]: (
    params: RequestParams<M>,
    operation: OperationOptions,
  ) => Promise<M extends AskingMethod ? ResultOf<K>[M] : void>;
};

export interface PageError {
  readonly code: string;
  readonly message: string;
}

interface DataAnswer<M extends AskingMethod, T> {
  readonly kind: 'data';
  readonly id: number;
  readonly method: M;
  readonly data: T;
}

/** The answer to the request with the same `id`. */
export type Answer<K extends PageKind> =
  | { readonly [M in AskingMethod]: DataAnswer<M, ResultOf<K>[M]> }[AskingMethod]
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PageError };

/** How far the work for the request with the same `id` is. */
export interface ProgressMessage {
  readonly kind: 'progress';
  readonly id: number;
  readonly progress: Progress;
}

/** Every message that the extension sends to a page. `changed`: what the page shows may be out of date. */
export type HostMessage<K extends PageKind> = Answer<K> | ProgressMessage | { readonly kind: 'changed' };
