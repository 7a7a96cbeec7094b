import { appliedHash, unchainedCommits } from '../catalog/log-queries.ts';
import { breakKey } from '../storage/layout.ts';
import { dbOf, type Session } from './session.ts';

/**
 * The commits that don't follow from the one before, and of which it isn't known that the shared log has both as they are: then somebody
 * wrote nonsense there, which is void and stops nobody. Otherwise one of the two was changed here.
 */
export async function unexplainedBreaks(session: Session): Promise<readonly number[]> {
  const unchained = unchainedCommits(dbOf(session));
  if (unchained.length === 0) return [];
  const known = await knownBreaks(session);
  return unchained.flatMap(({ seq, hash }) => {
    const before = appliedHash(dbOf(session), seq - 1) ?? session.formatHash;
    return known.has(breakKey(seq, before, hash)) ? [] : [seq];
  });
}

/** Keys of the breaks that the shared log has, too. In a registry of this machine alone nobody writes such a commit. */
export async function knownBreaks({ shared, store }: Session): Promise<ReadonlySet<string>> {
  return new Set(shared ? await store.list('breaks/') : []);
}
