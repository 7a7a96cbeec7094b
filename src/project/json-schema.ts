import { toJsonSchema } from '@valibot/to-json-schema';
import { projectSchema } from './project-schema.ts';

/** The JSON schema that editors check and complete `model-registry.yaml` with. */
export function projectJsonSchema(): object {
  return toJsonSchema(projectSchema, { typeMode: 'input', errorMode: 'ignore' });
}
