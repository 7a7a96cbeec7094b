import { RegistryError } from '../base/errors.ts';
import { problemOfCommit } from '../catalog/log-queries.ts';
import { readCommit } from '../log/log-reader.ts';
import { commitKey } from '../storage/layout.ts';
import type { VerifyProblem } from './api/verifying.ts';
import type { Session } from './session.ts';

/**
 * What is wrong where the last commit of this machine's own log has no bytes. Programs never write one: a disk or a copy lost them, and no
 * commit behind it names the hash that it had. In a shared log anybody may have put it there, and it is void, as the format says.
 */
export async function emptiedHead(session: Session): Promise<RegistryError | undefined> {
  const { seq } = session.catalog.position;
  if (!(await isEmptied(session, seq))) return undefined;
  return emptiedCommit(session, seq);
}

export function emptiedCommit({ location, seenHead }: Pick<Session, 'location' | 'seenHead'>, seq: number) {
  return new RegistryError(
    'LOG_DAMAGED',
    `Commit ${seq}, the last one in ${location.dir}, is empty: a disk or a copy lost what it recorded. Put ${commitKey(seq)} back from a backup or a colleague's copy. Where nobody has it, what it recorded is lost: delete it and ${seenHead.file}, and run \`model-registry rebuild\`. Nothing was changed.`,
    { details: { seq } },
  );
}

/** The same of any of these commits, for a report. */
export async function emptiedProblems(session: Session, seqs: readonly number[]): Promise<readonly VerifyProblem[]> {
  const problems: VerifyProblem[] = [];
  for (const seq of seqs) {
    if (!(await isEmptied(session, seq))) continue;
    problems.push({
      code: 'COMMIT_DAMAGED',
      key: commitKey(seq),
      versions: [],
      message: `Commit ${seq} is empty: a disk or a copy lost what it recorded. Put it back from a backup or a colleague's copy.`,
    });
  }
  return problems;
}

async function isEmptied(session: Session, seq: number): Promise<boolean> {
  if (session.shared || seq === 0 || problemOfCommit(session.catalog.db, seq) === undefined) return false;
  return (await readCommit(session.store, seq))?.length === 0;
}
