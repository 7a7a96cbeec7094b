import type { OperationOptions, Progress } from '../../base/progress.ts';
import type { Page } from '../../catalog/paging.ts';
import type { AtResult } from '../../catalog/read-models/holders.ts';
import type { Plot } from '../../catalog/read-models/plot.ts';
import type { TenureEntry } from '../../catalog/read-models/stages.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { CodeBetween } from '../../lineage/code-history.ts';
import type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
import type { TensorRows } from '../../modelfiles/tensor-rows.ts';
import type { ComparedTensorRows } from '../../modelfiles/tensors/compared-rows.ts';
import type { FactsAnswer, MetricCourses, TensorComparisonAnswer } from '../../registry/api/facts.ts';
import type { PageData, PageKind } from './page-data.ts';
import type { RequestMethod, RequestParams } from './requests.ts';
import type { DecisionResult, ReviewGates, VersionGates } from './review.ts';
import type { VersionResults } from './version.ts';

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

export type FactsPageData = Omit<FactsAnswer, 'version' | 'tensors'> & {
  /** How to load the version, by what its files say. */
  readonly loading?: readonly LoadSnippet[];
};

export type TensorComparisonPageData = Omit<TensorComparisonAnswer, 'versions' | 'tensors'>;

/** The requests that are answered with data. */
export type AskingMethod = keyof ResultOf<PageKind> & RequestMethod;

/** One function for each request: leaving one out doesn't compile. */
export type RequestHandlers<K extends PageKind> = {
  readonly [M in Exclude<RequestMethod, 'cancel' | 'ping'>]: (
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
