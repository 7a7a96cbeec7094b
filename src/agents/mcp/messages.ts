import * as v from 'valibot';

// JSON-RPC 2.0 as the Model Context Protocol uses it: https://modelcontextprotocol.io/specification

export type RequestId = string | number;

export const ERROR = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  busy: -32000,
  unsupportedVersion: -32022,
} as const;

/** What a client gets to see of an error of the protocol itself. */
export class ProtocolError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const requestId = v.union([v.pipe(v.string(), v.maxLength(200)), v.pipe(v.number(), v.safeInteger())]);
const params = v.optional(v.record(v.string(), v.unknown()));

/** With an `id` it wants an answer. */
export const callSchema = v.object({
  jsonrpc: v.literal('2.0'),
  id: v.optional(requestId),
  method: v.pipe(v.string(), v.maxLength(200)),
  params,
});
export type Call = v.InferOutput<typeof callSchema>;

/** Answers to requests of ours; there are none, so they are passed over. */
export const answerSchema = v.union([
  v.looseObject({ jsonrpc: v.literal('2.0'), result: v.unknown(), id: requestId }),
  v.looseObject({ jsonrpc: v.literal('2.0'), error: v.unknown(), id: v.nullish(requestId) }),
]);

export const cancelledSchema = v.looseObject({ requestId });

export const initializeSchema = v.looseObject({
  protocolVersion: v.pipe(v.string(), v.maxLength(100)),
  clientInfo: v.optional(v.looseObject({ name: v.string() })),
});

export const callToolSchema = v.looseObject({
  name: v.string(),
  arguments: v.optional(v.record(v.string(), v.unknown())),
});

/** What each request says of itself since the revision that has no handshake. */
export const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

export function resultOf(id: RequestId, result: object): object {
  return { jsonrpc: '2.0', id, result };
}

export function errorOf(id: RequestId | null, { code, message, data }: ProtocolError): object {
  return { jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}
