import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';

// What pages answer to what only others ask.

/** For pages that don't show what changed. */
export const NOTHING_OF_CHANGES: Pick<
  RequestHandlers<PageKind>,
  'codeBetween' | 'openFileChange' | 'openFileChanges'
> = {
  codeBetween: noChanges,
  openFileChange: noChanges,
  openFileChanges: noChanges,
};

async function noChanges(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page doesn’t show what changed between two versions.'));
}

/** For pages that compare no versions. */
export const NOTHING_OF_COMPARISONS: Pick<
  RequestHandlers<PageKind>,
  'arrangeComparison' | 'chooseCompared' | 'copyComparisonLink'
> = {
  arrangeComparison: noComparison,
  chooseCompared: noComparison,
  copyComparisonLink: noComparison,
};

async function noComparison(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page compares no versions.'));
}

/** For pages that review nothing. */
export const NOTHING_OF_REVIEWS: Pick<
  RequestHandlers<PageKind>,
  'gates' | 'runGates' | 'cancelGates' | 'showGateOutput' | 'openEvidence' | 'decide'
> = {
  gates: noReview,
  runGates: noReview,
  cancelGates: noReview,
  showGateOutput: noReview,
  openEvidence: noReview,
  decide: noReview,
};

async function noReview(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page doesn’t review a version.'));
}

/** For pages that don't show a model as a whole. */
export const NOTHING_OF_MODELS: Pick<
  RequestHandlers<PageKind>,
  'actOnModel' | 'plot' | 'plotted' | 'tenures' | 'glance' | 'heldAt'
> = {
  actOnModel: noModel,
  plot: noModel,
  plotted: noModel,
  tenures: noModel,
  glance: noModel,
  heldAt: noModel,
};

async function noModel(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page shows no model as a whole.'));
}

/** For pages that aren't that of one version. */
export const NOTHING_OF_ONE_VERSION: Pick<
  RequestHandlers<PageKind>,
  'trends' | 'card' | 'preview' | 'saveFile' | 'remark'
> = {
  trends: notOfOne,
  card: notOfOne,
  preview: notOfOne,
  saveFile: notOfOne,
  remark: notOfOne,
};

async function notOfOne(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page isn’t that of one version.'));
}

/** For pages that show no version: they ask for none of this. */
export const NOTHING_OF_VERSIONS: Pick<
  RequestHandlers<PageKind>,
  | 'facts'
  | 'history'
  | 'compareTensors'
  | 'comparedTensorRows'
  | 'openChanges'
  | 'openGraph'
  | 'openFile'
  | 'openReview'
  | 'versionGates'
  | 'openModel'
  | keyof typeof NOTHING_OF_CHANGES
  | keyof typeof NOTHING_OF_COMPARISONS
  | keyof typeof NOTHING_OF_REVIEWS
  | keyof typeof NOTHING_OF_MODELS
  | keyof typeof NOTHING_OF_ONE_VERSION
> = {
  ...NOTHING_OF_ONE_VERSION,
  ...NOTHING_OF_CHANGES,
  ...NOTHING_OF_COMPARISONS,
  ...NOTHING_OF_REVIEWS,
  ...NOTHING_OF_MODELS,
  openReview: notOnPage,
  versionGates: notOnPage,
  openModel: notOnPage,
  openChanges: notOnPage,
  openGraph: notOnPage,
  openFile: notOnPage,
  facts: notOnPage,
  history: notOnPage,
  compareTensors: notOnPage,
  comparedTensorRows: notOnPage,
};

async function notOnPage(): Promise<never> {
  throw new RegistryError('NOT_ON_PAGE', t('This page shows no version.'));
}
