import { RegistryError } from '../base/errors.ts';
import { hashOfCommit } from '../log/commit.ts';
import { readCommit } from '../log/log-reader.ts';
import { emptiedCommit } from './emptied-commits.ts';
import { onPurposeAdvice } from './seen-head.ts';
import type { Session } from './session.ts';

/**
 * What is wrong where the log of this machine hasn't the commit any more that was applied last: an older copy was put in its place while it was open here. Once a
 * person has said that this was on purpose, what is there is read anew. A shared log is read from its storage.
 */
export async function replacedLog(session: Session): Promise<RegistryError | undefined> {
  const { catalog, location } = session;
  const { seq, hash } = catalog.position;
  if (session.shared || seq === 0) return undefined;
  const isKnown = catalog.changedCommit !== undefined;
  const bytes = await commitAt(session, seq);
  const isThere = bytes !== undefined && hashOfCommit(bytes) === hash;
  if (isThere && !isKnown) return undefined;
  // Where it is put back, what was read before is as good as new.
  if (isThere || (await isOnPurpose(session))) {
    await catalog.reset();
    await catalog.catchUp();
    return undefined;
  }
  // What was found at opening already is told by whoever looks at the chain.
  if (isKnown) return undefined;
  if (bytes?.length === 0) return emptiedCommit(session, seq);
  const what = bytes
    ? `Commit ${seq} in ${location.dir} is another one than was read here before`
    : `Commit ${seq}, which was read here before, isn't in the log in ${location.dir} any more`;
  return new RegistryError(
    bytes ? 'LOG_REWRITTEN' : 'LOG_TRUNCATED',
    `${what}: an older copy was put in its place, or the log was damaged. Put the newest one back. ${onPurposeAdvice(session)}`,
    { details: { seq } },
  );
}

/** The head that was seen was forgotten by a person, or has been seen anew by another program since. */
async function isOnPurpose(session: Session): Promise<boolean> {
  // Without a look of its own that was remembered, this program can't tell what was forgotten.
  if (!session.seenHead.isCurrent(session.catalog.position)) return false;
  const seen = await session.seenHead.read();
  if (!seen) return true;
  const bytes = await commitAt(session, seen.seq);
  return bytes !== undefined && hashOfCommit(bytes) === seen.hash;
}

/** Something that isn't read, such as a link, is no commit. */
function commitAt({ store }: Session, seq: number): Promise<Uint8Array | undefined> {
  return readCommit(store, seq).catch((error: unknown) => {
    if (RegistryError.is(error, 'STORAGE_FAILED')) return undefined;
    throw error;
  });
}
