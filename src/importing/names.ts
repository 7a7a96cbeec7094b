import { ALIAS_NAME } from '../log/events.ts';
import { modelNameFrom } from '../project/model-name.ts';
import { MAX_TEXT_LENGTH } from '../runs/values.ts';

/** What is longer is cut: an intent holds 256 KiB in all. */
const MAX_TAGS = 100;
const MAX_TAG_LENGTH = 4096;

/** Names that say what a thing is, and not which model. */
const GENERIC =
  /^(?:models?|default|output|outputs|out|results?|checkpoints?|artifacts?|weights?|final|best|last|runs?|experiments?|export)$/i;

/** The first of several texts that tells one model from another, as a model's name. */
export function modelNameOf(...texts: readonly (string | undefined)[]): string {
  const telling = texts.find((text) => text !== undefined && text !== '' && !GENERIC.test(text));
  return modelNameFrom((telling ?? texts.find((text) => text) ?? '').slice(0, 1000));
}

/** Names of one source that came out the same, because characters of them can't be in a name here, are told apart by numbers. */
export function withDistinctNames<T extends { readonly name: string }>(models: readonly T[]): readonly T[] {
  const taken = new Set<string>();
  return models.map((model) => {
    let name = model.name;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${model.name.slice(0, 120)}-${number}`;
    taken.add(name.toLowerCase());
    return { ...model, name };
  });
}

/** Whether the registry could have an alias of this name, as far as its policy doesn't know a stage of it. */
export function isAlias(name: string): boolean {
  return ALIAS_NAME.test(name);
}

/** A description as the log takes it. */
export function description(text: string | undefined): { readonly description?: string } {
  const short = text?.slice(0, MAX_TEXT_LENGTH).trim();
  return short ? { description: short } : {};
}

/** Tags within the limits of the log, without those that are the source's own affair. */
export function tags(
  given: Readonly<Record<string, string>>,
  isOwn: (name: string) => boolean = () => false,
): { readonly tags?: Readonly<Record<string, string>> } {
  const kept = Object.entries(given).filter(([name, value]) => !isOwn(name) && value.length <= MAX_TAG_LENGTH);
  return kept.length === 0 ? {} : { tags: Object.fromEntries(kept.slice(0, MAX_TAGS)) };
}

/** A time of milliseconds since the epoch, where it can be one. */
export function timeOf(ms: number | undefined): { readonly at?: string } {
  return ms !== undefined && ms > 0 && ms < 8.64e15 ? { at: new Date(ms).toISOString() } : {};
}
