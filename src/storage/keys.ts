import { RegistryError } from '../base/errors.ts';

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/;

/** Throws `KEY_INVALID` unless `key` is `/`-separated names that can't leave a store's root. */
export function checkKey(key: string): void {
  if (key.split('/').every((segment) => SEGMENT.test(segment))) return;
  throw new RegistryError('KEY_INVALID', `"${key}" is no key of a store.`);
}

/** Throws `KEY_INVALID` unless `prefix` is empty or a key followed by `/`. */
export function checkPrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw new RegistryError('KEY_INVALID', `"${prefix}" is no folder of a store.`);
  checkKey(prefix.slice(0, -1));
}
