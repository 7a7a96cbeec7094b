import type { Tool } from '../../agents/tool.ts';

/** What the editor calls a tool of ours. */
export function toolIdOf({ name }: Pick<Tool, 'name'>): string {
  return `model_registry_${name}`;
}
