import { descendantStages, descendants } from '../../catalog/impact-queries.ts';
import type { PageRequest } from '../../catalog/paging.ts';
import { limitOf, numbersOfCursor, pageOf } from '../../catalog/paging.ts';
import { versionById } from '../../catalog/version-queries.ts';
import type { Impact } from '../api/impact.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { findSubject } from './impact-subject.ts';

/** See `RegistryQueries.impact`. */
export async function impact(session: Session, request: PageRequest & { readonly of: string }): Promise<Impact> {
  await readToHead(session);
  const { subject, direct } = await findSubject(session, request.of);
  const db = dbOf(session);
  const limit = limitOf(request);
  const [rank = 0, key = 0] = request.cursor === undefined ? [] : numbersOfCursor(request.cursor, 2);
  const after = request.cursor === undefined ? undefined : ([rank, key] as const);
  const page = pageOf(descendants(db, direct, after, limit + 1), limit, (last) => `${last.rank}.${last.key}`);
  const stages = descendantStages(db, direct);
  return {
    subject,
    items: page.items.map(({ version, isDirect, base }) => {
      const through = isDirect || base === undefined ? undefined : versionById(db, base);
      return { version, isDirect, ...(through ? { through: `${through.model}@${through.number}` } : {}) };
    }),
    total: stages.reduce((sum, { count }) => sum + count, 0),
    stages,
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}
