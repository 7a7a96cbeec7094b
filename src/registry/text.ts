import { RegistryError } from '../base/errors.ts';

/** The reason without surrounding white space. Throws `REASON_EMPTY` where nothing is left. */
export function reasonOf(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === '') {
    throw new RegistryError(
      'REASON_EMPTY',
      'A reason is needed: say in a few words why, for whoever reads the log later. Nothing was changed.',
    );
  }
  return trimmed;
}

/** The text without surrounding white space. Throws `TEXT_EMPTY` where nothing is left. */
export function textOf(value: string, what: string): string {
  const trimmed = value.trim();
  if (trimmed === '')
    throw new RegistryError('TEXT_EMPTY', `The ${what} is empty. Write something. Nothing was changed.`);
  return trimmed;
}
