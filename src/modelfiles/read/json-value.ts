import { invalidFile } from '../invalid.ts';

/** Parsed JSON of a few megabytes. Throws `MODEL_FILE_INVALID` for what isn't JSON; `what` names the part of the file. */
export function parseJson(bytes: Uint8Array | string, path: string, what = 'its JSON'): unknown {
  try {
    return JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalidFile(path, `${what} can't be parsed`, error);
  }
}

/** What stands at these keys, one below the other; undefined where one of them isn't there. Only what stands in the document counts. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = Object.getOwnPropertyDescriptor(current, key)?.value;
  }
  return current;
}

export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** Empty where no list stands there. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...keys);
  return Array.isArray(found) ? found : [];
}
