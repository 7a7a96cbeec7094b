import { decodeTime, monotonicFactory, ulid } from 'ulid';

/** Gives a new ULID (https://github.com/ulid/spec) at each call. */
export type NewId = () => string;

/** ULIDs that sort in the order in which this process asked for them. */
export function newIdSource(now: () => number = Date.now): NewId {
  const next = monotonicFactory();
  return () => next(now());
}

/** A ULID of an earlier time, milliseconds since the epoch: of something that was made before it is told of here. */
export function idFrom(ms: number): string {
  return ulid(ms);
}

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** True for the 26 characters of a ULID in its canonical, upper-case form. */
export function isUlid(value: string): boolean {
  return ULID.test(value);
}

/** When a ULID was made, by the clock of whoever made it; milliseconds since the epoch. */
export function timeOfUlid(id: string): number {
  return decodeTime(id);
}
