import { toJsonSchema } from '@valibot/to-json-schema';
import type { Tool } from './tool.ts';

/** The JSON schema of what a tool takes. */
export function inputSchemaOf({ input }: Tool): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = toJsonSchema(input, { typeMode: 'input', errorMode: 'ignore' });
  return { ...schema };
}
