import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { claimedSeq } from '../log/commit.ts';
import { readCommit } from '../log/log-reader.ts';
import { seqOfCommitKey } from '../storage/layout.ts';
import { isAbsent, reading } from '../storage/system-errors.ts';
import type { VerifyProblem } from './api/verifying.ts';
import type { Session } from './session.ts';

const NAME_OF_COMMIT = /^\d{20}\.jsonl$/;
/** Of a folder that somebody filled, so many are told. */
const MAX_STRAYS = 100;

/** What has a name of a commit, whatever it is. Other names are nobody's, and do no harm. */
export async function namedAsCommits({ location }: Session): Promise<readonly Dirent[]> {
  const folder = join(location.logDir, 'log');
  const entries = await reading(folder, () =>
    readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    }),
  );
  return entries.filter(({ name }) => NAME_OF_COMMIT.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Of what stood in the log before it was read up to `head`, that which is no commit of it. Nobody but a commit may take a number: when the log comes to it,
 * nothing could be recorded any more. Behind a gap, commits are what they should be.
 */
export async function straysAmong(
  session: Session,
  standing: readonly Dirent[],
  { head, isGap }: { readonly head: number; readonly isGap: boolean },
): Promise<readonly VerifyProblem[]> {
  const problems: VerifyProblem[] = [];
  for (const entry of standing) {
    const key = `log/${entry.name}`;
    const seq = seqOfCommitKey(key);
    if (seq !== undefined && seq <= head) continue;
    if (isGap && seq !== undefined && entry.isFile() && (await isCommit(session, seq))) continue;
    const what = entry.isSymbolicLink()
      ? 'a link'
      : entry.isDirectory()
        ? 'a folder'
        : entry.isFile()
          ? 'a file'
          : 'something';
    problems.push({
      code: 'LOG_STRAY',
      key,
      versions: [],
      message: `${key} is ${what} that no commit of this registry leads to, and takes the number of one. Move it away; nothing is lost with it.`,
    });
    if (problems.length === MAX_STRAYS) break;
  }
  return problems;
}

async function isCommit({ store }: Session, seq: number): Promise<boolean> {
  const bytes = await readCommit(store, seq);
  return bytes !== undefined && claimedSeq(bytes) === seq;
}
