import { type ChildProcess, spawn } from 'node:child_process';
import { lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Registry, VersionSummary } from '../registry/api.ts';
import { isAbsent } from '../storage/system-errors.ts';

export interface FollowOptions {
  readonly registry: Pick<Registry, 'sync' | 'show' | 'pull' | 'refresh' | 'location'>;
  /** A reference to a version, such as `fraud-detector@production`. */
  readonly ref: string;
  /** What programs read: a link to a folder beside it. */
  readonly to: string;
  /** Run by the shell after each switch; what it ends with decides whether the switch stays. */
  readonly exec?: string;
  readonly execTimeoutMs?: number;
  readonly everyMs: number;
  /** Ends after the first look. */
  readonly isOnce?: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: FollowEvent) => void;
  readonly random?: () => number;
}

export type FollowEvent =
  | { readonly kind: 'serving'; readonly version: VersionSummary; readonly path: string }
  /** The command failed, and what was served before is served again. */
  | { readonly kind: 'went back'; readonly version: VersionSummary; readonly why: string }
  | { readonly kind: 'unreachable'; readonly error: unknown }
  | { readonly kind: 'problem'; readonly error: unknown };

const EXEC_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Hex digits of the digest in the names of folders. */
const DIGITS = 16;
const FOLDER = /^[0-9a-f]{16}(\.done)?$/;

/**
 * Keeps `to` at the files of the version that `ref` names: written and verified beside it first, then switched by one rename, so that a
 * program that opens it sees one version or the other. Goes on with what it has while the shared storage doesn't answer. Ends when
 * `signal` does. Throws `TARGET_NOT_LINK` for a `to` that it didn't make.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { registry, everyMs, signal, onEvent, random = Math.random } = options;
  const target = await openTarget(options.to);
  /** Digest of the version whose command failed: not tried again until another one is wanted. */
  let refused: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    if (registry.location.remoteUrl !== undefined) {
      try {
        await registry.sync({ withBytes: false }, { signal });
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        onEvent({ kind: 'unreachable', error });
      }
    }
    try {
      refused = await serve(options, target, refused);
    } catch (error) {
      if (signal.aborted) return;
      // Once, where a person waits for the outcome.
      if (options.isOnce) throw error;
      onEvent({ kind: 'problem', error });
      failures = Math.max(failures, 1);
    }
    if (options.isOnce) return;
    const pause = failures === 0 ? everyMs : Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** failures);
    await sleep(pause * (0.75 + random() / 2), signal);
  }
}

/** Brings the target to where the reference leads now. Returns the digest that its command refused, if it did. */
async function serve(options: FollowOptions, target: Target, refused: string | undefined): Promise<string | undefined> {
  const { registry, ref, signal, onEvent } = options;
  const version = await registry.show({ ref });
  const { digest } = version.artifact;
  const before = await target.current();
  const folder = folderOf(target, digest);
  // Whoever ended between the switch and the end of the command runs it again.
  if (before === folder && (options.exec === undefined || (await isThere(doneMark(folder))))) return undefined;
  if (digest === refused) return refused;
  const operation: OperationOptions = { signal };
  await registry.pull({ ref: version.id, to: folder }, operation);
  await target.switchTo(folder);
  const why = await outcomeOf(options, version);
  if (signal.aborted) return undefined;
  if (why === undefined) {
    await writeFile(doneMark(folder), '');
    onEvent({ kind: 'serving', version, path: target.link });
    await target.sweep([folder, before]);
    return undefined;
  }
  // What was served before goes on; its own command brings the program back to it.
  if (before === undefined || before === folder) await target.clear();
  else {
    await target.switchTo(before);
    await runCommand(options, version, true);
  }
  onEvent({ kind: 'went back', version, why });
  return digest;
}

/** Why the command refuses the version; undefined where it doesn't. */
async function outcomeOf(options: FollowOptions, version: VersionSummary): Promise<string | undefined> {
  try {
    return await runCommand(options, version, false);
  } catch (error) {
    return messageOf(error);
  }
}

async function runCommand(
  { exec, execTimeoutMs = EXEC_MS, signal, to }: FollowOptions,
  version: VersionSummary,
  isBack: boolean,
): Promise<string | undefined> {
  if (exec === undefined) return undefined;
  const child: ChildProcess = spawn(exec, {
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that what the shell started ends with it.
    detached: process.platform !== 'win32',
    env: {
      ...process.env,
      MODEL_REGISTRY_MODEL: version.model,
      MODEL_REGISTRY_VERSION: String(version.number),
      MODEL_REGISTRY_DIGEST: version.artifact.digest,
      MODEL_REGISTRY_PATH: resolve(to),
      MODEL_REGISTRY_WENT_BACK: isBack ? '1' : '',
    },
  });
  const end = () => endGroup(child, 'SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(() => endGroup(child, 'SIGKILL'), execTimeoutMs);
  try {
    return await new Promise<string | undefined>((done) => {
      child.once('error', (error) => done(`it couldn't be started: ${error.message}`));
      child.once('exit', (code, name) => {
        if (code === 0) done(undefined);
        else done(code === null ? `its command was ended by ${name}` : `its command ended with ${code}`);
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function endGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || process.platform === 'win32') {
    child.kill(name);
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // It has ended meanwhile.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

/** A link that programs read through, and the folders beside it that it may lead to. */
interface Target {
  readonly link: string;
  readonly prefix: string;
  current(): Promise<string | undefined>;
  switchTo(folder: string): Promise<void>;
  clear(): Promise<void>;
  /** Removes the folders of versions that aren't in `kept`. */
  sweep(kept: readonly (string | undefined)[]): Promise<void>;
}

async function openTarget(to: string): Promise<Target> {
  const link = resolve(to);
  const parent = dirname(link);
  const prefix = join(parent, `.${basename(link)}-`);
  await mkdir(parent, { recursive: true });
  const current = async () => {
    try {
      const found = resolve(parent, await readlink(link));
      return found.startsWith(prefix) ? found : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };
  const found = await lstat(link).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (found && !(found.isSymbolicLink() && (await current()) !== undefined)) {
    throw new RegistryError(
      'TARGET_NOT_LINK',
      `${link} is there already and wasn't made by \`follow\`, so it is left alone. Choose a name that is free: it becomes a link to the folder of the version that serves.`,
    );
  }
  return {
    link,
    prefix,
    current,
    async switchTo(folder) {
      const fresh = `${prefix}link-${process.pid}`;
      await rm(fresh, { force: true });
      // A link on Windows needs no privilege as a junction, which has to be absolute.
      const isWindows = process.platform === 'win32';
      await symlink(isWindows ? folder : basename(folder), fresh, isWindows ? 'junction' : 'dir');
      if (isWindows) await rm(link, { recursive: false, force: true });
      await rename(fresh, link);
    },
    clear: () => rm(link, { force: true }),
    async sweep(kept) {
      for (const name of await readdir(parent)) {
        const path = join(parent, name);
        const isOurs = path.startsWith(prefix) && FOLDER.test(path.slice(prefix.length));
        if (isOurs && !kept.includes(path.replace(/\.done$/, ''))) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

function folderOf({ prefix }: Target, digest: string): string {
  return `${prefix}${digest.slice(0, DIGITS)}`;
}

/** Stands beside a folder whose command has ended well. */
function doneMark(folder: string): string {
  return `${folder}.done`;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
