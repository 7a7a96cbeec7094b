import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { appliedHash } from '../catalog/log-queries.ts';
import type { Head } from '../log/commit.ts';
import { sweepTemporaryFiles, temporaryPath } from '../storage/temporary.ts';
import type { Session } from './session.ts';

const headSchema = v.object({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), hash: v.string() });

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
  const folder = join(stateDir, 'heads');
  const file = join(folder, `${registryId}-${sha256Hex(place).slice(0, 16)}.json`);
  let last: Head | undefined;
  let swept: Promise<unknown> | undefined;
  return {
    file,
    isCurrent: ({ seq, hash }) => last?.seq === seq && last.hash === hash,
    async read() {
      try {
        const parsed = v.safeParse(headSchema, JSON.parse(await readFile(file, 'utf8')));
        last = parsed.success ? parsed.output : undefined;
      } catch {
        last = undefined;
      }
      return last;
    },
    async remember({ seq, hash }) {
      if (last && last.seq >= seq) return;
      last = { seq, hash };
      const temporary = temporaryPath(folder);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        // Processes that were killed here leave a file each.
        swept ??= sweepTemporaryFiles(folder);
        await swept;
        await writeFile(temporary, JSON.stringify({ seq, hash }), { mode: 0o600 });
        await rename(temporary, file);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** What is wrong where the log isn't the continuation of what was seen of it. */
export async function seenHeadProblem(
  session: Pick<Session, 'catalog' | 'seenHead' | 'location'>,
): Promise<RegistryError | undefined> {
  if (session.seenHead.isCurrent(session.catalog.position)) return undefined;
  const seen = await session.seenHead.read();
  // It is remembered after the commit is in the log, so another process may have gone on since this one read to the head.
  if (seen && seen.seq > session.catalog.position.seq) await session.catalog.catchUp();
  const { position } = session.catalog;
  if (seen) {
    const advice = `If you put an older copy back on purpose, delete ${session.seenHead.file} and try again.`;
    if (seen.seq > position.seq) {
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
  if (position.seq > 0) await session.seenHead.remember(position);
  return undefined;
}
