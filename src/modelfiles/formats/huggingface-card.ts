import * as v from 'valibot';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import type { FileSet } from '../file-set.ts';
import { readText } from '../read/small-file.ts';
import { parseYaml } from '../read/yaml.ts';

const texts = v.fallback(
  v.optional(
    v.pipe(
      v.union([v.string(), v.array(v.unknown())]),
      v.transform((value) => (typeof value === 'string' ? [value] : value.filter((item) => typeof item === 'string'))),
    ),
  ),
  undefined,
);
const cardSchema = v.object({
  base_model: texts,
  license: texts,
  license_name: texts,
  datasets: texts,
  language: texts,
  metrics: texts,
  tags: texts,
  library_name: texts,
  pipeline_tag: texts,
  'model-index': v.fallback(
    v.optional(
      v.array(
        v.object({
          results: v.fallback(
            v.array(
              v.object({
                dataset: v.fallback(
                  v.optional(v.object({ name: v.fallback(v.optional(v.string()), undefined) })),
                  undefined,
                ),
                metrics: v.fallback(
                  v.array(v.object({ type: v.string(), value: v.union([v.number(), v.string()]) })),
                  [],
                ),
              }),
            ),
            [],
          ),
        }),
      ),
    ),
    undefined,
  ),
});

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---(\r?\n|$)/;

/** Whether a README begins with what model cards begin with. */
export function isModelCard(head: Uint8Array): boolean {
  return /^---\r?\n[\s\S]*?^(base_model|license|library_name|pipeline_tag|model-index|datasets)\s*:/m.test(
    Buffer.from(head).toString('utf8'),
  );
}

/** The front matter of a model card (huggingface.co/docs/hub/model-cards). A card that can't be read is a problem, no more. */
export async function readModelCard(set: FileSet, path: string): Promise<ModelFacts> {
  const text = FRONT_MATTER.exec(await readText(set, path))?.[1];
  const parsed = v.safeParse(cardSchema, text === undefined ? undefined : parseYaml(text, path));
  if (!parsed.success)
    return { format: 'huggingface', problems: [`${path} begins with something that isn’t a model card`] };
  const card = parsed.output;
  const license = card.license?.[0] === 'other' ? (card.license_name?.[0] ?? 'other') : card.license?.[0];
  const metadata: [string, string][] = [];
  for (const name of ['datasets', 'language', 'metrics', 'tags', 'library_name', 'pipeline_tag'] as const) {
    const values = card[name];
    if (values !== undefined && values.length > 0) metadata.push([name, values.join(', ')]);
  }
  for (const { results } of card['model-index'] ?? [])
    for (const { dataset, metrics } of results)
      for (const { type, value } of metrics)
        metadata.push([dataset?.name === undefined ? type : `${type} on ${dataset.name}`, String(value)]);
  return factsFrom('huggingface', {
    license,
    baseModels: card.base_model?.map((name) => ({ name })),
    metadata,
  });
}
