import { clean } from '@renovatebot/pep440';

/** The normal form that pip shows a version in (PEP 440): `2024.02.2` is `2024.2.2`. One of another kind is left as it is. */
export function normalVersion(text: string): string {
  if (NORMAL.test(text) || LONG_LOCAL.test(text)) return text;
  // The library puts commas between the parts of a local version.
  return (clean(text) ?? text).replaceAll(',', '.');
}

/** Most versions are in it already. */
const NORMAL = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/;

/** A token in the place of a local version: written otherwise, it would no longer be known as one, and be recorded. */
const LONG_LOCAL = /\+.*[\w-]{20}/;
