import * as v from 'valibot';
import { isSha256Hex } from '../base/hash.ts';
import { isUlid } from '../base/ids.ts';

/** What the schemas of events and policies are made of. A change here is a change of the format. */

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
/** Names that no object of JavaScript can safely have. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

export const ulid = v.pipe(v.string(), v.check(isUlid, 'not a ULID'));
export const sha256 = v.pipe(v.string(), v.check(isSha256Hex, 'not a SHA-256 in lower-case hexadecimal'));
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const line = (max: number) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(max),
    v.check((text) => !CONTROL.test(text), 'has control characters'),
  );
/** Of descriptions. */
export const MAX_TEXT = 16_384;
export const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
export const reason = v.pipe(
  v.string(),
  v.maxLength(16_384),
  v.check((value) => value.trim() !== '', 'is empty'),
);
export const key = v.pipe(
  line(256),
  v.check((value) => !RESERVED_KEYS.has(value), 'is a reserved word'),
);

export const finite = v.pipe(v.number(), v.finite());

/** A stage's name. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
export const stageName = v.pipe(v.string(), v.regex(STAGE_NAME, 'is not a stage name'));
