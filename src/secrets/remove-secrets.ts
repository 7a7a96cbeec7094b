import { type FoundSecret, findSecrets, isHarmless } from './find-secrets.ts';
import { isSecretName } from './shapes.ts';

/** Stands where a secret was. */
export const REMOVED = '[removed]';

/** The text with `[removed]` in place of what looks like a secret. */
export async function withoutSecrets(text: string): Promise<string> {
  return cut(text, await findSecrets(text));
}

/** The value of something that has a name: all of it goes where the name says that it is a secret. */
export async function valueWithoutSecrets(name: string, value: string): Promise<string> {
  if (isSecretName(name) && value !== '' && !HARMLESS.test(value)) return REMOVED;
  return withoutSecrets(value);
}

/** What a param of such a name may be without telling anything. */
const HARMLESS = /^(none|null|true|false|yes|no|\d{1,6}|\[removed\]|\*+)$/i;

/**
 * Plain data with `[removed]` in place of what looks like a secret, in every text at every depth, and in names. The same object where
 * there was nothing to remove.
 */
export async function dataWithoutSecrets<T>(data: T): Promise<T>;
export async function dataWithoutSecrets(data: unknown): Promise<unknown> {
  const suspects = new Set<string>();
  const hasSecretNames = collectSuspects(data, suspects);
  if (!hasSecretNames && suspects.size === 0) return data;
  // Nearly always there is nothing, and one look at all texts together tells that.
  const together = [...suspects].join('\n\n');
  if (!hasSecretNames && together.length <= TOGETHER && (await findSecrets(together)).length === 0) return data;
  return clean(data, undefined);
}

const TOGETHER = 8 * 1024;

/** Gathers the texts that need a look. True where a name alone says that its value is a secret. */
function collectSuspects(value: unknown, suspects: Set<string>): boolean {
  if (typeof value === 'string') {
    if (!isHarmless(value)) suspects.add(value);
    return false;
  }
  if (typeof value !== 'object' || value === null) return false;
  let hasSecretNames = false;
  if (Array.isArray(value)) hasSecretNames = value.some((item) => nameOfOption(item) !== undefined);
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      collectSuspects(key, suspects);
      hasSecretNames ||= typeof item === 'string' && isSecretName(key);
    }
    hasSecretNames = collectSuspects(item, suspects) || hasSecretNames;
  }
  return hasSecretNames;
}

async function clean(value: unknown, name: string | undefined): Promise<unknown> {
  if (typeof value === 'string') return name === undefined ? withoutSecrets(value) : valueWithoutSecrets(name, value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    // In a list of arguments the value of an option follows its name.
    for (const [place, item] of value.entries()) items.push(await clean(item, nameOfOption(value[place - 1])));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries: [string, unknown][] = [];
  let isChanged = false;
  for (const [key, item] of Object.entries(value)) {
    const entry: [string, unknown] = [await withoutSecrets(key), await clean(item, key)];
    isChanged ||= entry[0] !== key || entry[1] !== item;
    entries.push(entry);
  }
  return isChanged ? Object.fromEntries(entries) : value;
}

/** The name of an option that takes a secret. */
function nameOfOption(word: unknown): string | undefined {
  const name = typeof word === 'string' ? /^--?([\w.-]{1,200})$/.exec(word)?.[1] : undefined;
  return name !== undefined && isSecretName(name) ? name : undefined;
}

function cut(text: string, secrets: readonly FoundSecret[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of secrets) {
    result += text.slice(from, start) + REMOVED;
    from = end;
  }
  return result + text.slice(from);
}
