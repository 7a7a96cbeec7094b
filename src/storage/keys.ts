import { RegistryError } from '../base/errors.ts';

/** No dot at the start: such names are the store's own. None at the end: Windows drops it. */
const NAME = /^[A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_-])?$/;
/** What Azure allows for a blob's name. */
const MAX_KEY_LENGTH = 1024;

/** True for what can stand between the slashes of a key. */
export function isKeyName(name: string): boolean {
  return NAME.test(name);
}

/** Throws `KEY_INVALID` unless `key` is `/`-separated names that can't leave a store's root. */
export function checkKey(key: string): void {
  if (key.length <= MAX_KEY_LENGTH && key.split('/').every(isKeyName)) return;
  throw new RegistryError('KEY_INVALID', `${JSON.stringify(key.slice(0, 200))} can't be the key of an object.`);
}

/** Throws `KEY_INVALID` unless `prefix` is empty or a key followed by `/`. */
export function checkPrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) {
    throw new RegistryError(
      'KEY_INVALID',
      `${JSON.stringify(prefix.slice(0, 200))} can't be a prefix: it has to end in /.`,
    );
  }
  checkKey(prefix.slice(0, -1));
}
