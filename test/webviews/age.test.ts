import { expect, it } from 'vitest';
import { formatAge } from '../../src/webviews/shared/format.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

it('tells a time of a clock that was wrong as it is', () => {
  expect(formatAge('2026-11-17T12:00:00Z', now)).toBe('3 days ago');
  expect(formatAge('2026-11-20T13:30:00Z', now)).toBe('in 1 hour');
  expect(formatAge('+275760-09-13T00:00:00.000Z', now)).toMatch(/^13 Sept? 275760, \d\d:\d\d \(in the future\)$/);
});
