import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { type Answer, errorText, shortenedAnswer, wholeAnswer } from './answer-text.ts';
import type { Tool, ToolSite } from './tool.ts';

export type ToolResult = (Answer & { readonly isError: false }) | { readonly isError: true; readonly text: string };

/**
 * Calls a tool: what it answers is bounded and marked as data, and what goes wrong is told in words, for the model to do better. A page that
 * would be too long is asked for again with fewer entries, so that its `next` goes on where it ends. Throws only when cancelled.
 */
export async function callTool(
  tool: Tool,
  input: unknown,
  withSite: <T>(use: (site: ToolSite) => Promise<T>) => Promise<T>,
  operation: OperationOptions,
): Promise<ToolResult> {
  try {
    return { ...(await withSite((site) => answerOf(tool, input, site, operation))), isError: false };
  } catch (error) {
    operation.signal?.throwIfAborted();
    if (v.isValiError(error)) return failed('INPUT_INVALID', problemsOf(error));
    if (RegistryError.is(error)) return failed(error.code, error.message);
    // An error that nobody foresaw may name anything.
    return failed('INTERNAL', 'The tool failed unexpectedly. Nothing was changed.');
  }
}

async function answerOf(tool: Tool, input: unknown, site: ToolSite, operation: OperationOptions): Promise<Answer> {
  const first = await tool.run(site, input ?? {}, operation);
  const whole = wholeAnswer(first);
  if (whole) return whole;
  let last = first;
  for (let limit = half(tool.limitIn(input ?? {})); limit !== undefined; limit = half(limit)) {
    last = await tool.run(site, input ?? {}, { ...operation, limit });
    const fitting = wholeAnswer(last);
    if (fitting) return fitting;
  }
  return shortenedAnswer(last);
}

function half(limit: number | undefined): number | undefined {
  return limit === undefined || limit <= 1 ? undefined : Math.floor(limit / 2);
}

function failed(code: string, message: string): ToolResult {
  return { isError: true, text: errorText(code, message) };
}

function problemsOf({ issues: [first] }: { readonly issues: readonly v.BaseIssue<unknown>[] }): string {
  return `${first === undefined ? 'The input isn’t as declared' : problemOf(first)}. Nothing was done.`;
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? 'the input';
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `"${place}" is missing`;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `There is no "${place}" here`;
  return `${place}: ${issue.message}`;
}
