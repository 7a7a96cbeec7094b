import * as v from 'valibot';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { type Answer, type PageKind, type PageRequest, type RequestHandlers, requestSchema } from '../messages.ts';

/** The part of the editor's log that a page writes to. */
export interface PageLog {
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Answers one message from a page. A message that the contract doesn't know is logged and gets no answer: it didn't come from
 * our script. Never rejects.
 */
export async function answerRequest<K extends PageKind>(
  message: unknown,
  handlers: RequestHandlers<K>,
  log: PageLog,
): Promise<Answer<K> | undefined> {
  const parsed = v.safeParse(requestSchema, message);
  if (!parsed.success) {
    log.warn(`A page sent a message that was ignored: ${v.summarize(parsed.issues)}`);
    return undefined;
  }
  const { id, method } = parsed.output;
  try {
    return await callHandler(handlers, parsed.output);
  } catch (error) {
    log.error(`${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const code = RegistryError.is(error) ? error.code : 'UNEXPECTED';
    return { kind: 'failure', id, error: { code, message: messageOf(error) } };
  }
}

async function callHandler<K extends PageKind>(handlers: RequestHandlers<K>, request: PageRequest): Promise<Answer<K>> {
  const { id } = request;
  switch (request.method) {
    case 'load':
      return { kind: 'data', id, method: 'load', data: await handlers.load(request.params) };
    case 'tensorRows':
      return { kind: 'data', id, method: 'tensorRows', data: await handlers.tensorRows(request.params) };
    case 'act':
      await handlers.act(request.params);
      break;
    case 'openVersion':
      await handlers.openVersion(request.params);
      break;
    case 'openComparison':
      await handlers.openComparison(request.params);
      break;
    case 'copyText':
      await handlers.copyText(request.params);
      break;
    case 'registerFile':
      await handlers.registerFile(request.params);
      break;
  }
  return { kind: 'done', id };
}
