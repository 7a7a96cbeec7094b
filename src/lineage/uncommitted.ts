import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { type SimpleGit, simpleGit } from 'simple-git';
import { systemErrorCode } from '../base/errors.ts';
import type { UncommittedChanges } from '../registry/api/registering.ts';
import { findSecrets } from '../secrets/find-secrets.ts';
import { makeOwnFolder } from '../storage/own-folder.ts';
import { asLine } from './as-line.ts';
import { patchArgs } from './git-options.ts';
import { pipeInGit } from './git-pipes.ts';
import { startsPrograms } from './git-status.ts';
import { hiddenFiles, show } from './hidden-files.ts';
import { copyIndex, gitWithIndex } from './index-copy.ts';
import { readIndexMarks } from './index-marks.ts';
import { rootBesides } from './own-tree.ts';

const GIT_TIMEOUT_MS = 30_000;
/** A changed file whose part of the patch is larger is data, a model or a notebook with pictures rather than code. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_PATCH_BYTES = 16 * 1024 * 1024;
const MAX_UNTRACKED = 1000;
const MAX_LISTED = 50;
const MAX_PATH = 4096;

/**
 * The changes in the working tree around `folder` that `commit`, which is HEAD unless given, doesn't have, as a patch against it: of tracked files, and of
 * untracked ones that `untracked` (globs, relative to `folder`) names; also of those that git was told not to look at. A file that seems to hold a secret, before or after
 * its change, is left out whole. Undefined outside a repository, and where comparing files would start a program that the repository
 * names, or git would compare another tree. Writes nothing into the repository.
 */
export async function readUncommitted(
  folder: string,
  untracked: readonly string[] = [],
  commit = 'HEAD',
): Promise<UncommittedChanges | undefined> {
  if ((await pipeInGit(folder)) !== undefined) return undefined;
  const scratch = await makeOwnFolder('patch');
  try {
    const [root = '', prefix = '', index = ''] = (
      await simpleGit({ baseDir: folder, timeout: { block: GIT_TIMEOUT_MS } }).raw([
        ...['rev-parse', '--path-format=absolute', '--show-toplevel', '--show-prefix', '--git-path', 'index'],
      ])
    ).split('\n');
    if ((await rootBesides(folder, root)) !== undefined) return undefined;
    const git = gitWithIndex(root, join(scratch, 'index'));
    if (await startsPrograms(git)) return undefined;
    const copy = join(scratch, 'index');
    await copyIndex(index, copy);
    const readHidden = async () => hiddenFiles(root, await readIndexMarks(root, copy));
    const [others, hidden] = await Promise.all([untrackedIn(git), readHidden()]);
    await show(root, copy, hidden);
    const matches = picomatch([...untracked], { dot: true });
    const isWanted = (path: string) => path.startsWith(prefix) && matches(path.slice(prefix.length));
    const wanted = untracked.length === 0 ? [] : await smallFiles(root, others.filter(isWanted));
    // In a copy of the index: marks the files as ones to come, so that one diff tells of all.
    if (wanted.length > 0) await git.raw(['--literal-pathspecs', 'add', '--intent-to-add', '--', ...wanted]);
    const output = join(scratch, 'patch');
    await git.raw([...patchArgs(commit, output)]);
    return await withoutUnwanted(await readFile(output), others.length - wanted.length);
  } catch (error) {
    // Not installed, no commit yet, or a file that vanished: the code is then recorded without its changes.
    if (error instanceof Error && systemErrorCode(error) !== 'ENOSPC') return undefined;
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function untrackedIn(git: SimpleGit): Promise<readonly string[]> {
  const paths = await git.raw(['ls-files', '--others', '--exclude-standard', '-z']);
  const found = paths.split('\0').filter((path) => path !== '');
  // Packages that are installed in the folder are known by name and version.
  const environments = found
    .filter((path) => path.endsWith('/pyvenv.cfg'))
    .map((path) => path.slice(0, -'pyvenv.cfg'.length));
  return environments.length === 0
    ? found
    : found.filter((path) => !environments.some((folder) => path.startsWith(folder)));
}

async function smallFiles(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const small: string[] = [];
  for (const path of paths) {
    if (small.length === MAX_UNTRACKED) break;
    const found = await lstat(join(root, path));
    if (found.isFile() && found.size <= MAX_FILE_BYTES) small.push(path);
  }
  return small;
}

const BEGIN = Buffer.from('diff --git ');

/** The parts of a patch, one a file. No line of content begins as their first lines do: content has a sign before it, base 85 no space. */
function partsOf(patch: Buffer): readonly Buffer[] {
  const starts: number[] = [];
  for (let at = 0; at !== -1 && at < patch.length; ) {
    if (patch.subarray(at, at + BEGIN.length).equals(BEGIN)) starts.push(at);
    const end = patch.indexOf(0x0a, at);
    at = end === -1 ? -1 : end + 1;
  }
  return starts.map((start, place) => patch.subarray(start, starts[place + 1] ?? patch.length));
}

async function withoutUnwanted(patch: Buffer, untrackedCount: number): Promise<UncommittedChanges> {
  const kept: Buffer[] = [];
  const leftOut: UncommittedChanges['leftOut'][number][] = [];
  let sizeBytes = 0;
  for (const part of partsOf(patch)) {
    const why =
      part.length > MAX_FILE_BYTES || sizeBytes + part.length > MAX_PATCH_BYTES ? 'size' : await secretIn(part);
    if (why === undefined) {
      kept.push(part);
      sizeBytes += part.length;
    } else leftOut.push({ path: asLine(pathOf(part), MAX_PATH), why });
  }
  return {
    patch: Buffer.concat(kept),
    fileCount: kept.length,
    leftOut: leftOut.slice(0, MAX_LISTED),
    leftOutCount: leftOut.length,
    untrackedCount,
  };
}

async function secretIn(part: Buffer): Promise<'secret' | undefined> {
  // The signs at the beginnings of lines would hide keys that take several.
  const text = part.toString('latin1').replace(/^[+\- ]/gm, '');
  return (await findSecrets(text)).length > 0 ? 'secret' : undefined;
}

/** The path of a part as its first line has it: `diff --git a/x b/x`, quoted where it has unusual characters. */
function pathOf(part: Buffer): string {
  const line = part.toString('utf8', 0, part.indexOf(0x0a));
  const names = line.slice(BEGIN.length);
  const quoted = /^"a\/((?:[^"\\]|\\.)*)"/.exec(names);
  if (quoted) return unquoted(quoted[1] ?? '');
  // Both names are the same, since renames aren't looked for.
  return names.slice(2, (names.length - 1) / 2);
}

/** git writes bytes beyond ASCII as octal escapes. */
function unquoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
  const bytes = text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
