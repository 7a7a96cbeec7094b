import { RegistryError } from '../base/errors.ts';

/** The error for a model file that isn't what it seems: `why` completes "path isn't a readable …:". */
export function invalidFile(path: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'MODEL_FILE_INVALID',
    `${path} can't be read as a model: ${why}. It may be damaged, unfinished, or of another format.`,
    { details: { path, why }, cause },
  );
}

/** What is wrong with the file, as `invalidFile` was told; undefined for other errors. */
export function whyInvalid(error: unknown): string | undefined {
  if (!RegistryError.is(error, 'MODEL_FILE_INVALID')) return undefined;
  const { why } = error.details;
  return typeof why === 'string' ? why : error.message;
}
