import { RegistryError } from '../base/errors.ts';

/** What the process ends with (docs/cli.md, "Exit codes"). */
export const EXIT = { done: 0, refused: 1, usage: 2, unshared: 3, interrupted: 130, terminated: 143 } as const;

/** Codes of requests that are malformed, whatever the registry holds. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'USAGE',
  'ARGUMENT_INVALID',
  'REASON_EMPTY',
  'TEXT_EMPTY',
  'TIME_INVALID',
  'QUERY_INVALID',
  'REFERENCE_INVALID',
  'MODEL_NAME_INVALID',
  'ALIAS_INVALID',
  'METRIC_INVALID',
  'METRICS_MISSING',
  'INTERVAL_INVALID',
  'COMPARE_COUNT',
  'REMOTE_URL_INVALID',
  'REMOTE_URL_SECRET',
]);

export function exitCodeOf(error: unknown): number {
  if (RegistryError.is(error, 'OPERATION_CANCELLED')) return EXIT.interrupted;
  return RegistryError.is(error) && USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.refused;
}
