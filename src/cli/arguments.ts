import { InvalidArgumentError } from 'commander';
import { RegistryError } from '../base/errors.ts';

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 up.');
  return number;
}

export function finiteNumber(value: string): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw new InvalidArgumentError('It must be a number.');
  return number;
}

/** A reason that says something. */
export function nonBlank(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty: say in a few words why.');
  return value;
}

/** `team=risk` as its two sides. Throws `ARGUMENT_INVALID` where there is no `=`. */
export function keyValue(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new RegistryError('ARGUMENT_INVALID', `"${text}" isn't key=value. Write for example team=risk.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** Tags by name. Throws `ARGUMENT_INVALID` also for one without a value, which would be none. */
export function tagValues(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map(keyValue);
  const empty = pairs.find(([, value]) => value.trim() === '');
  if (empty)
    throw new RegistryError(
      'ARGUMENT_INVALID',
      `"${empty[0]}=" has no value, so there would be no such tag. Write ${empty[0]}=VALUE; to take a tag away, --remove ${empty[0]}.`,
    );
  return Object.fromEntries(pairs);
}
