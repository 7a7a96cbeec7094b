import type { ModelFacts } from './facts.ts';
import { metadataOf } from './metadata.ts';

type Told = { readonly [Key in keyof Omit<ModelFacts, 'format' | 'metadata'>]?: ModelFacts[Key] | undefined };

/** Facts without what wasn't told: undefined values, empty texts and empty lists are left out. */
export function factsFrom(
  format: string,
  { metadata, ...told }: Told & { readonly metadata?: Iterable<readonly [string, string]> | undefined },
): ModelFacts {
  const facts: ModelFacts = { format };
  for (const [key, value] of Object.entries(told))
    if (value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
      Object.assign(facts, { [key]: value });
  const carried = metadataOf(metadata ?? []);
  return Object.keys(carried).length > 0 ? { ...facts, metadata: carried } : facts;
}
