/** What a request wanted to do, for errors that name the right which is missing. */
export type Access = 'read' | 'list' | 'create';

/** What can be known of a failed request without looking at anything that may hold a secret. */
export interface Answer {
  /** Of HTTP; absent where nothing answered. */
  readonly status?: number;
  /** The service's name for it, else that of the system (`ENOTFOUND`). */
  readonly code: string;
  /** The service's words, for the few cases that only they tell apart. Never shown. */
  readonly text: string;
  /** Where a token is to be had, as the service says: names the tenant. */
  readonly challenge?: string;
  /** Whether blob storage answered, and not something on the way to it. */
  readonly isStorage: boolean;
}

export function answerOf(error: unknown): Answer {
  const fields = fieldsOf(error);
  const response = fieldsOf(fields.response);
  const header = headerOf(response.headers);
  const code = textOf(fields.code) ?? header('x-ms-error-code') ?? (error instanceof Error ? error.name : 'UNKNOWN');
  const challenge = header('www-authenticate');
  return {
    ...(typeof fields.statusCode === 'number' ? { status: fields.statusCode } : {}),
    code,
    text: `${error instanceof Error ? error.message : ''}\n${textOf(response.bodyAsText) ?? ''}`,
    ...(challenge === undefined ? {} : { challenge }),
    isStorage: header('x-ms-request-id') !== undefined || header('x-ms-error-code') !== undefined,
  };
}

/** Nothing has that name. A 404 of something on the way to the storage says nothing about that. */
export function isAbsent(error: unknown): boolean {
  const { status, code } = answerOf(error);
  return status === 404 && code === 'BlobNotFound';
}

/**
 * Something has that name. A signature that permits creating only, and a policy that forbids changes, are asked before the condition that
 * nothing be there.
 */
export function isTaken(error: unknown): boolean {
  const { status, code } = answerOf(error);
  if (status === 412) return code === 'ConditionNotMet' || code === 'TargetConditionNotMet';
  return TAKEN.has(code) && (status === 409 || status === 403);
}

const TAKEN: ReadonlySet<string> = new Set([
  'BlobAlreadyExists',
  'BlobImmutableDueToPolicy',
  'BlobImmutableDueToLegalHold',
  'UnauthorizedBlobOverwrite',
]);

/** A range that begins where the object ends. */
export function isEmptyRange(error: unknown): boolean {
  return answerOf(error).status === 416;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(ownAndInherited(value)) : {};
}

const FIELDS = ['code', 'statusCode', 'response', 'headers', 'bodyAsText'];

/** Some of these are accessors, which are not copied by spreading. */
function ownAndInherited(value: object): readonly (readonly [string, unknown])[] {
  return FIELDS.map((name) => [name, Reflect.get(value, name)] as const);
}

function headerOf(headers: unknown): (name: string) => string | undefined {
  if (typeof headers !== 'object' || headers === null || !('get' in headers)) return () => undefined;
  const { get } = headers;
  return (name) => (typeof get === 'function' ? textOf(get.call(headers, name)) : undefined);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
