import * as v from 'valibot';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import { CURSOR, limit, MODEL, STAGE } from '../inputs.ts';
import { labelOf, pageOf, summaryOf } from '../shapes.ts';
import { tool } from '../tool.ts';

export const findingTools = [
  tool({
    name: 'list_models',
    title: 'List models',
    description: 'Lists the models of the registry: how many versions each has, the newest, and the one in production.',
    entries: { nameContains: v.optional(MODEL), limit: limit(20), cursor: v.optional(CURSOR) },
    async run({ registry }, { nameContains, limit: most, cursor }) {
      const asked = {
        limit: most,
        ...(nameContains === undefined ? {} : { nameContains }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return pageOf('models', await registry.listModels(asked), modelShape);
    },
  }),
  tool({
    name: 'list_versions',
    title: 'List versions',
    description: 'Lists versions, the newest first: of one model, in one stage, or all.',
    entries: { model: v.optional(MODEL), stage: v.optional(STAGE), limit: limit(20), cursor: v.optional(CURSOR) },
    async run({ registry }, { model, stage, limit: most, cursor }) {
      const asked = {
        limit: most,
        ...(model === undefined ? {} : { model }),
        ...(stage === undefined ? {} : { stage }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return pageOf('versions', await registry.listVersions(asked), summaryOf);
    },
  }),
  tool({
    name: 'search_versions',
    title: 'Search versions',
    description:
      'Finds versions. All terms of the query must hold: words (model name, description, notes, tags, aliases, params), model:x, stage:x, alias:x, tag:k=v, param:k=v, commit:abc, format:x, danger:x, params>1B, and metrics such as auc>0.9.',
    entries: {
      query: v.pipe(v.string(), v.maxLength(500), v.description('For example: auc>0.9 stage:staging')),
      limit: limit(20),
      cursor: v.optional(CURSOR),
    },
    async run({ registry }, { query, limit: most, cursor }) {
      const asked = { query, limit: most, ...(cursor === undefined ? {} : { cursor }) };
      return pageOf('versions', await registry.search(asked), summaryOf);
    },
  }),
];

function modelShape({ name, description, versions, latest, production }: ModelSummary) {
  return {
    model: name,
    ...(description === '' ? {} : { description }),
    versions,
    newest: latest ? labelOf(latest) : null,
    inProduction: production ? labelOf(production) : null,
  };
}
