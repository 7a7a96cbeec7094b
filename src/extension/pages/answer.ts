import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
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
   * that takes another request back, or is one of a page that was here before.
   */
  answer(message: unknown): Promise<Answer<K> | undefined>;
  /** The page is gone: ends the work for what it had asked. */
  dispose(): void;
}

export interface AnswerOptions {
  readonly onProgress?: (message: ProgressMessage) => void;
  /** Requests up to this number are of a page that the webview showed before, and are taken for nothing: 0 unless given. */
  readonly asksAfter?: number;
}

export function pageAnswers<K extends PageKind>(
  handlers: RequestHandlers<K>,
  log: PageLog,
  { onProgress = () => undefined, asksAfter = 0 }: AnswerOptions = {},
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
      if (id <= asksAfter) return undefined;
      if (method === 'cancel') {
        underWay.get(request.params.request)?.abort();
        return undefined;
      }
      if (method === 'ping') return { kind: 'done', id };
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
  request: Exclude<PageRequest, { method: 'cancel' | 'ping' }>,
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
    case 'keep':
      await handlers.keep(request.params, operation);
      break;
    case 'manageTrust':
      await handlers.manageTrust(request.params, operation);
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
