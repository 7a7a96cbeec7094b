import { callTool, type ToolResult } from '../../agents/call-tool.ts';
import type { Tool, ToolSite } from '../../agents/tool.ts';
import type { ToolName } from '../../agents/tool-names.ts';
import { TOOLS } from '../../agents/tools.ts';
import type { OperationOptions } from '../../base/progress.ts';

export function toolNamed(name: ToolName): Tool {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`No tool is called ${name}.`);
  return tool;
}

/** As `callTool`. */
export async function callNamed(
  name: ToolName,
  input: unknown,
  withSite: <T>(use: (site: ToolSite) => Promise<T>) => Promise<T>,
  operation: OperationOptions,
): Promise<ToolResult> {
  return callTool(toolNamed(name), input, withSite, operation);
}
