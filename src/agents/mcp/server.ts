import * as v from 'valibot';
import { jsonIfAny } from '../../base/json-if-any.ts';
import type { ToolResult } from '../call-tool.ts';
import { inputSchemaOf } from '../input-schema.ts';
import type { Tool } from '../tool.ts';
import { linesOf } from './lines.ts';
import {
  answerSchema,
  type Call,
  callSchema,
  callToolSchema,
  cancelledSchema,
  ERROR,
  errorOf,
  ProtocolError,
  type RequestId,
  resultOf,
} from './messages.ts';
import { completed, discovered, initialize, type ServerIdentity, type Speaking, speakingOf } from './revisions.ts';

/** Calls wait for each other; of more than so many, a client does without. */
const MAX_WAITING = 32;
const MAX_BATCH = 50;

export interface McpOptions {
  readonly identity: ServerIdentity;
  readonly tools: readonly Tool[];
  /** Throws only when cancelled, or for a defect. */
  readonly call: (
    tool: Tool,
    input: unknown,
    operation: { readonly signal: AbortSignal; readonly clientName?: string },
  ) => Promise<ToolResult>;
  readonly write: (line: string) => void;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/**
 * Speaks the Model Context Protocol over lines of JSON until `input` ends: `initialize` or `server/discover`, `ping`, `tools/list`,
 * `tools/call`, and cancellation. One call after another is worked on; everything else is answered at once.
 */
export async function serveMcp(input: AsyncIterable<unknown>, options: McpOptions): Promise<void> {
  const session = new McpSession(options);
  for await (const line of linesOf(input)) session.receive(line);
  await session.settled();
}

class McpSession {
  readonly #options: McpOptions;
  /** Calls that wait or are worked on. */
  readonly #calls = new Map<RequestId, AbortController>();
  /** Set once a handshake was made. */
  #session: Speaking | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: McpOptions) {
    this.#options = options;
  }

  async settled(): Promise<void> {
    await this.#last;
  }

  receive(line: string | undefined): void {
    if (line?.trim() === '') return;
    const value = line === undefined ? undefined : jsonIfAny(line);
    if (value === undefined) {
      const why = line === undefined ? 'The message is too long.' : 'The line is no JSON.';
      this.#send(errorOf(null, new ProtocolError(ERROR.parse, why)));
    } else if (Array.isArray(value)) this.#receiveAll(value);
    else void this.#answer(value).then((answer) => this.#send(answer));
  }

  /** A batch, which one of the revisions has: its answers come together. */
  #receiveAll(messages: readonly unknown[]): void {
    if (messages.length === 0 || messages.length > MAX_BATCH) {
      this.#send(errorOf(null, new ProtocolError(ERROR.invalidRequest, `A batch has 1 to ${MAX_BATCH} messages.`)));
      return;
    }
    void Promise.all(messages.map((message) => this.#answer(message))).then((answers) => {
      const given = answers.filter((answer) => answer !== undefined);
      if (given.length > 0) this.#send(given);
    });
  }

  /** The answer, where the message wants one. Never throws. */
  async #answer(message: unknown): Promise<object | undefined> {
    const call = v.safeParse(callSchema, message);
    if (!call.success) {
      if (v.is(answerSchema, message)) return undefined;
      return errorOf(null, new ProtocolError(ERROR.invalidRequest, 'The message is no request of JSON-RPC 2.0.'));
    }
    const { id } = call.output;
    if (id === undefined) {
      this.#notified(call.output);
      return undefined;
    }
    try {
      const result = await this.#resultOf(id, call.output);
      return result && resultOf(id, result);
    } catch (error) {
      if (error instanceof ProtocolError) return errorOf(id, error);
      return errorOf(id, new ProtocolError(ERROR.internal, 'The request failed unexpectedly. Nothing was changed.'));
    }
  }

  #notified({ method, params }: Call): void {
    if (method !== 'notifications/cancelled') return;
    const cancelled = v.safeParse(cancelledSchema, params);
    if (cancelled.success) this.#calls.get(cancelled.output.requestId)?.abort();
  }

  async #resultOf(id: RequestId, call: Call): Promise<object | undefined> {
    const { identity, tools } = this.#options;
    if (call.method === 'initialize') {
      const { result, clientName } = initialize(call, identity);
      this.#session = { isWithoutHandshake: false, ...(clientName === undefined ? {} : { clientName }) };
      return result;
    }
    const speaking = speakingOf(call) ?? this.#session;
    if (call.method === 'ping') return {};
    if (!speaking)
      throw new ProtocolError(ERROR.invalidRequest, 'Begin with initialize, or name the protocol’s version in _meta.');
    switch (call.method) {
      case 'server/discover':
        return completed(discovered(), speaking, identity);
      case 'tools/list':
        return completed({ tools: tools.map(toolShape) }, speaking, identity, true);
      case 'tools/call':
        return this.#call(id, call, speaking);
      default:
        throw new ProtocolError(ERROR.methodNotFound, 'There is no such method here.');
    }
  }

  /** Undefined where it was cancelled, which wants no answer. */
  async #call(id: RequestId, { params }: Call, speaking: Speaking): Promise<object | undefined> {
    const { tools, identity, signal: closing } = this.#options;
    const wanted = v.safeParse(callToolSchema, params);
    const found = wanted.success ? tools.find(({ name }) => name === wanted.output.name) : undefined;
    if (!wanted.success || !found) throw new ProtocolError(ERROR.invalidParams, 'There is no such tool here.');
    if (this.#calls.has(id)) throw new ProtocolError(ERROR.invalidRequest, 'A call with this id is under way.');
    if (this.#calls.size >= MAX_WAITING)
      throw new ProtocolError(ERROR.busy, `${MAX_WAITING} calls are waiting already. Wait for their answers.`);
    const cancelling = new AbortController();
    this.#calls.set(id, cancelling);
    const signal = AbortSignal.any([cancelling.signal, closing]);
    const { clientName } = speaking;
    const work = this.#last.then(async () => {
      signal.throwIfAborted();
      return this.#options.call(found, wanted.output.arguments, {
        signal,
        ...(clientName === undefined ? {} : { clientName }),
      });
    });
    this.#last = work.catch(() => undefined);
    try {
      const result = await work;
      return signal.aborted ? undefined : completed(toolResult(result), speaking, identity);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      this.#calls.delete(id);
    }
  }

  #send(answer: object | undefined): void {
    if (answer !== undefined) this.#options.write(`${JSON.stringify(answer)}\n`);
  }
}

function toolShape(tool: Tool) {
  const { name, title, description, isReadOnly } = tool;
  return {
    ...{ name, title, description },
    inputSchema: inputSchemaOf(tool),
    annotations: { title, readOnlyHint: isReadOnly, destructiveHint: false, openWorldHint: false },
  };
}

function toolResult(result: ToolResult) {
  const content = [{ type: 'text', text: result.text }];
  return result.isError ? { content, isError: true } : { content, structuredContent: result.data, isError: false };
}
