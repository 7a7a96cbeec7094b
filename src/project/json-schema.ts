// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of snippets.
import { toJsonSchema } from '@valibot/to-json-schema';
import { projectSchema } from './project-schema.ts';

/** What editors offer for a new model; `${1:…}` and the following are where the cursor stops. */
const MODEL_SNIPPET = {
  label: 'A model with its outputs',
  description: 'What training writes, with metrics, params and data',
  body: {
    '${1:my-model}': {
      outputs: ['${2:models/**}'],
      metrics: ['${3:reports/metrics.json}'],
      params: ['${4:params.yaml}'],
      data: ['${5:data/train.csv}'],
    },
  },
};

/** The JSON schema that editors check and complete `model-registry.yaml` with. */
export function projectJsonSchema(): object {
  const schema = toJsonSchema(projectSchema, { typeMode: 'input', errorMode: 'ignore' });
  const models = schema.properties?.models;
  return {
    ...schema,
    properties: {
      ...schema.properties,
      models: { ...(typeof models === 'object' ? models : {}), defaultSnippets: [MODEL_SNIPPET] },
    },
  };
}
