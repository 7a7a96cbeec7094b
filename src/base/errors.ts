const BRAND = Symbol.for('model-registry.error');

/**
 * The one error class of the core. `code` is stable and meant for programs, `message` says what happened,
 * to which thing, and what the person can do next.
 */
export class RegistryError extends Error {
  /** The same in every bundle, each of which has a class of its own. */
  readonly [BRAND] = true;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RegistryError';
    this.code = code;
    this.details = options.details ?? {};
  }

  /** True for a `RegistryError`, of the given code where one is given. */
  static is(value: unknown, code?: string): value is RegistryError {
    return value instanceof Error && BRAND in value && (code === undefined || ('code' in value && value.code === code));
  }
}

/** The `code` of a Node system error (`ENOENT`, `EACCES` …), if `value` is one. */
export function systemErrorCode(value: unknown): string | undefined {
  if (value instanceof Error && 'code' in value && typeof value.code === 'string') return value.code;
  return undefined;
}

/** The message of anything that was thrown. */
export function messageOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
