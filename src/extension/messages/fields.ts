import * as v from 'valibot';

// What stands in fields of several messages.

export const ulid = v.pipe(v.string(), v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/));

export const comparedIds = v.pipe(
  v.array(ulid),
  v.minLength(2),
  v.maxLength(8),
  v.check((ids) => new Set(ids).size === ids.length, 'Each version once'),
);

export const lineageReference = v.pipe(v.string(), v.minLength(1), v.maxLength(5000));

export const pathInRepository = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

export const stageName = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
