import { inputSchemaOf } from '../../agents/input-schema.ts';
import type { Tool } from '../../agents/tool.ts';
import { TOOLS } from '../../agents/tools.ts';
import { toolIdOf } from './tool-ids.ts';

/**
 * What package.json says of the tools, `contributes.languageModelTools`: a test keeps it equal to this. What people read of it is in package.nls.json,
 * `toolTexts`; the rest is for language models, and English.
 */
export function toolDeclarations(): readonly object[] {
  return TOOLS.map((tool) => ({
    name: toolIdOf(tool),
    displayName: `%${titleKey(tool)}%`,
    modelDescription: `Model Registry of this workspace. ${tool.description}`,
    userDescription: `%${descriptionKey(tool)}%`,
    toolReferenceName: referenceNameOf(tool),
    canBeReferencedInPrompt: true,
    icon: tool.isReadOnly ? '$(package)' : '$(comment-discussion)',
    tags: ['machine-learning', 'model-registry'],
    when: 'modelRegistry.state == ready',
    inputSchema: schemaOf(tool),
  }));
}

/** What package.nls.json says of the tools. */
export function toolTexts(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TOOLS.flatMap((tool) => [
      [titleKey(tool), tool.title],
      [descriptionKey(tool), firstSentence(tool.description)],
    ]),
  );
}

function titleKey({ name }: Tool): string {
  return `tool.${name}.title`;
}

function descriptionKey({ name }: Tool): string {
  return `tool.${name}.description`;
}

function schemaOf(tool: Tool) {
  const { properties, ...schema } = inputSchemaOf(tool);
  const registry = {
    type: 'string',
    maxLength: 300,
    description:
      'Only where the window has several registries: the name of a workspace folder of the one that is meant.',
  };
  return { ...schema, properties: { ...(typeof properties === 'object' ? properties : {}), registry } };
}

/** `registryShowVersion`, after `#` in a chat. */
function referenceNameOf({ name }: Tool): string {
  const words = name.split('_').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `registry${words.join('')}`;
}

function firstSentence(text: string): string {
  return `${text.split(/[.:](?:\s|$)/)[0] ?? text}.`;
}
