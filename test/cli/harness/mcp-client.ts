import * as v from 'valibot';
import type { CommandLine, RunOptions } from './command-line.ts';

const answerSchema = v.looseObject({
  id: v.nullish(v.union([v.string(), v.number()])),
  result: v.optional(v.record(v.string(), v.unknown())),
  error: v.optional(v.object({ code: v.number(), message: v.string(), data: v.optional(v.unknown()) })),
});
export type McpAnswer = v.InferOutput<typeof answerSchema>;

const toolSchema = v.looseObject({
  content: v.tuple([v.object({ type: v.literal('text'), text: v.string() })]),
  isError: v.boolean(),
  structuredContent: v.optional(v.record(v.string(), v.unknown())),
});

/** A client that speaks the protocol to the real process. */
export interface McpClient {
  /** Writes a line as it is. */
  write(line: string): void;
  /** The next line that the process writes, whole. */
  next(): Promise<unknown>;
  request(id: string | number, method: string, params?: object): Promise<McpAnswer>;
  callTool(name: string, args: object): Promise<v.InferOutput<typeof toolSchema>>;
  /** Ends its input, and waits for it to end. */
  close(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export function startMcp(cli: CommandLine, options: RunOptions, args: readonly string[] = []): McpClient {
  const { child, ended } = cli.start(['mcp', ...args], { ...options, isFed: true });
  const lines: unknown[] = [];
  const waiting: ((line: unknown) => void)[] = [];
  let rest = '';
  child.stdout?.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line: unknown = JSON.parse(part);
      const taker = waiting.shift();
      if (taker) taker(line);
      else lines.push(line);
    }
  });
  let calls = 0;
  const next = () =>
    lines.length > 0 ? Promise.resolve(lines.shift()) : new Promise<unknown>((done) => waiting.push(done));
  const write = (line: string) => void child.stdin?.write(`${line}\n`);
  const request = async (id: string | number, method: string, params?: object) => {
    write(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params ? { params } : {}) }));
    return v.parse(answerSchema, await next());
  };
  return {
    write,
    next,
    request,
    async callTool(name, args) {
      calls += 1;
      const answer = await request(`call-${calls}`, 'tools/call', { name, arguments: args });
      return v.parse(toolSchema, answer.result);
    },
    async close() {
      child.stdin?.end();
      const { code, stderr } = await ended;
      return { code, stderr };
    },
  };
}

export const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'tester', version: '1' },
};
