import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { toldOf } from '../../base/retold.ts';
import type { Answer, ProgressMessage, RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';
import { type PageRequest, requestSchema } from '../messages/requests.ts';
import { toldData } from './told-data.ts';

/** The part of the editor's log that a page writes to. */
export interface PageLog {
  warn(message: string): void;
  error(message: string): void;
}

/** What answers the messages of a page. Never rejects. */
export interface PageAnswers<K extends PageKind> {
  /**
   * Answers one message. A message that the contract doesn't know is logged and gets no answer: it didn't come from our script; nor does one
   * that takes another request back.
   */
  answer(message: unknown): Promise<Answer<K> | undefined>;
  /** The page is gone: ends the work for what it had asked. */
  dispose(): void;
}

export function pageAnswers<K extends PageKind>(
  handlers: RequestHandlers<K>,
  log: PageLog,
  onProgress: (message: ProgressMessage) => void = () => undefined,
): PageAnswers<K> {
  const underWay = new Map<number, AbortController>();
  return {
    async answer(message) {
      const parsed = v.safeParse(requestSchema, message);
      if (!parsed.success) {
        log.warn(`A page sent a message that was ignored: ${v.summarize(parsed.issues)}`);
        return undefined;
      }
      const request = parsed.output;
      const { id, method } = request;
      if (method === 'cancel') {
        underWay.get(request.params.request)?.abort();
        return undefined;
      }
      const controller = new AbortController();
      underWay.set(id, controller);
      const operation: OperationOptions = {
        signal: controller.signal,
        onProgress: (progress) => onProgress({ kind: 'progress', id, progress: toldData(progress) }),
      };
      try {
        return toldData(await callHandler(handlers, request, operation));
      } catch (error) {
        const code = RegistryError.is(error) ? error.code : 'UNEXPECTED';
        if (code !== 'OPERATION_CANCELLED')
          log.error(`${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        return { kind: 'failure', id, error: { code, message: toldOf(error) } };
      } finally {
        underWay.delete(id);
      }
    },
    dispose() {
      for (const controller of underWay.values()) controller.abort();
    },
  };
}

async function callHandler<K extends PageKind>(
  handlers: RequestHandlers<K>,
  request: Exclude<PageRequest, { method: 'cancel' }>,
  operation: OperationOptions,
): Promise<Answer<K>> {
  const { id, method } = request;
  switch (method) {
    case 'load':
      return { kind: 'data', id, method, data: await handlers.load(request.params, operation) };
    case 'tensorRows':
      return { kind: 'data', id, method, data: await handlers.tensorRows(request.params, operation) };
    case 'facts':
      return { kind: 'data', id, method, data: await handlers.facts(request.params, operation) };
    case 'history':
      return { kind: 'data', id, method, data: await handlers.history(request.params, operation) };
    case 'codeBetween':
      return { kind: 'data', id, method, data: await handlers.codeBetween(request.params, operation) };
    case 'compareTensors':
      return { kind: 'data', id, method, data: await handlers.compareTensors(request.params, operation) };
    case 'comparedTensorRows':
      return { kind: 'data', id, method, data: await handlers.comparedTensorRows(request.params, operation) };
    case 'gates':
      return { kind: 'data', id, method, data: await handlers.gates(request.params, operation) };
    case 'versionGates':
      return { kind: 'data', id, method, data: await handlers.versionGates(request.params, operation) };
    case 'decide':
      return { kind: 'data', id, method, data: await handlers.decide(request.params, operation) };
    case 'runGates':
      await handlers.runGates(request.params, operation);
      break;
    case 'cancelGates':
      await handlers.cancelGates(request.params, operation);
      break;
    case 'showGateOutput':
      await handlers.showGateOutput(request.params, operation);
      break;
    case 'openEvidence':
      await handlers.openEvidence(request.params, operation);
      break;
    case 'openReview':
      await handlers.openReview(request.params, operation);
      break;
    case 'plot':
      return { kind: 'data', id, method, data: await handlers.plot(request.params, operation) };
    case 'plotted':
      return { kind: 'data', id, method, data: await handlers.plotted(request.params, operation) };
    case 'tenures':
      return { kind: 'data', id, method, data: await handlers.tenures(request.params, operation) };
    case 'glance':
      return { kind: 'data', id, method, data: await handlers.glance(request.params, operation) };
    case 'heldAt':
      return { kind: 'data', id, method, data: await handlers.heldAt(request.params, operation) };
    case 'actOnModel':
      await handlers.actOnModel(request.params, operation);
      break;
    case 'openModel':
      await handlers.openModel(request.params, operation);
      break;
    case 'act':
      await handlers.act(request.params, operation);
      break;
    case 'openVersion':
      await handlers.openVersion(request.params, operation);
      break;
    case 'openComparison':
      await handlers.openComparison(request.params, operation);
      break;
    case 'openChanges':
      await handlers.openChanges(request.params, operation);
      break;
    case 'openGraph':
      await handlers.openGraph(request.params, operation);
      break;
    case 'openFile':
      await handlers.openFile(request.params, operation);
      break;
    case 'openFileChange':
      await handlers.openFileChange(request.params, operation);
      break;
    case 'openFileChanges':
      await handlers.openFileChanges(request.params, operation);
      break;
    case 'arrangeComparison':
      await handlers.arrangeComparison(request.params, operation);
      break;
    case 'chooseCompared':
      await handlers.chooseCompared(request.params, operation);
      break;
    case 'copyComparisonLink':
      await handlers.copyComparisonLink(request.params, operation);
      break;
    case 'copyText':
      await handlers.copyText(request.params, operation);
      break;
    case 'trends':
      return { kind: 'data', id, method, data: await handlers.trends(request.params, operation) };
    case 'card':
      return { kind: 'data', id, method, data: await handlers.card(request.params, operation) };
    case 'preview':
      return { kind: 'data', id, method, data: await handlers.preview(request.params, operation) };
    case 'remark':
      return { kind: 'data', id, method, data: await handlers.remark(request.params, operation) };
    case 'saveFile':
      await handlers.saveFile(request.params, operation);
      break;
    case 'registerFile':
      await handlers.registerFile(request.params, operation);
      break;
  }
  return { kind: 'done', id };
}

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
