import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { appliedHash } from '../catalog/log-queries.ts';
import type { Head } from '../log/commit.ts';
import { commitAboveGap } from '../log/log-reader.ts';
import type { Session } from './session.ts';

const headSchema = v.object({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), hash: v.string() });

/** Longer than any head. */
const PADDED_BYTES = 128;

/**
 * The newest commit that this user saw of a registry, kept outside its folder, so that a log that was cut short or rewritten is noticed.
 * Keeping it is a safeguard, not a promise: where the folder can't be written, there is none.
 */
export interface SeenHead {
  readonly file: string;
  /** True where this is the head that was remembered last. */
  isCurrent(head: Head): boolean;
  read(): Promise<Head | undefined>;
  remember(head: Head): Promise<void>;
}

/** The folder for what programs remember of their user: XDG base directories, and their counterparts elsewhere. */
export function userStateDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MODEL_REGISTRY_STATE_DIR) return env.MODEL_REGISTRY_STATE_DIR;
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'model-registry');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'model-registry');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'model-registry');
}

export async function seenHeadFor(dir: string, registryId: string, stateDir = userStateDir()): Promise<SeenHead> {
  const place = await realpath(dir).catch(() => resolve(dir));
  const file = join(stateDir, 'heads', `${registryId}-${sha256Hex(place).slice(0, 16)}.json`);
  let last: Head | undefined;
  return {
    file,
    isCurrent: ({ seq, hash }) => last?.seq === seq && last.hash === hash,
    async read() {
      try {
        const parsed = v.safeParse(headSchema, JSON.parse(readFileSync(file, 'utf8')));
        last = parsed.success ? parsed.output : undefined;
      } catch {
        last = undefined;
      }
      return last;
    },
    async remember({ seq, hash }) {
      if (last && last.seq >= seq) return;
      last = { seq, hash };
      // In place and of one length: to put another file there makes some file systems write it to the disk at once. Whoever reads half of each reads nothing.
      const text = JSON.stringify({ seq, hash }).padEnd(PADDED_BYTES);
      try {
        writeInPlace(file, text);
      } catch {
        // A safeguard less.
      }
    },
  };
}

function writeInPlace(file: string, text: string): void {
  if (!existsSync(file)) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** What is wrong where the log isn't the continuation of what was seen of it. */
export async function seenHeadProblem(
  session: Pick<Session, 'catalog' | 'seenHead' | 'location' | 'store'>,
): Promise<RegistryError | undefined> {
  if (session.seenHead.isCurrent(session.catalog.position)) return undefined;
  const seen = await session.seenHead.read();
  // It is remembered after the commit is in the log, so another process may have gone on since this one read to the head.
  if (seen && seen.seq > session.catalog.position.seq) await session.catalog.catchUp();
  const { position } = session.catalog;
  if (seen) {
    const advice = onPurposeAdvice(session);
    if (seen.seq > position.seq) {
      const above = await commitAboveGap(session.store, position.seq);
      if (above !== undefined) return commitsMissing(session.location.dir, position.seq + 1, above);
      return new RegistryError(
        'LOG_TRUNCATED',
        `The log in ${session.location.dir} ends at commit ${position.seq}, but commit ${seen.seq} was seen here before. Put the missing commits back from a backup. ${advice}`,
        { details: { head: position.seq, seen: seen.seq } },
      );
    }
    if (appliedHash(session.catalog.db, seen.seq) !== seen.hash) {
      return new RegistryError(
        'LOG_REWRITTEN',
        `Commit ${seen.seq} in ${session.location.dir} isn't the one that was seen here before, so the log was damaged or rewritten. Run \`model-registry verify\`, and put the log back from a backup. ${advice}`,
        { details: { seq: seen.seq } },
      );
    }
  }
  // A saved catalog of what isn't in the log any more is no look at the log.
  if (position.seq > 0 && session.catalog.changedCommit === undefined) await session.seenHead.remember(position);
  return undefined;
}

/** What whoever wants the log as it is has to do: the newest commit is remembered in two places. */
export function onPurposeAdvice({ seenHead }: Pick<Session, 'seenHead'>): string {
  return `If you put an older copy back on purpose, delete ${seenHead.file} and run \`model-registry rebuild\`.`;
}

/** Commits from `first` on aren't there, and that with the number `above` is. */
function commitsMissing(dir: string, first: number, above: number): RegistryError {
  const what = above - first === 1 ? `Commit ${first} is` : `Commits ${first} to ${above - 1} are`;
  return new RegistryError(
    'LOG_GAP',
    `${what} missing from the log in ${dir}, and commit ${above} is there. Run \`model-registry verify\`, which names all that are missing, and put them back from a backup or a colleague's copy.`,
    { details: { head: first - 1, above } },
  );
}
