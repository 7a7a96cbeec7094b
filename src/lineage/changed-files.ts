import { RegistryError } from '../base/errors.ts';
import { formatNumber } from '../base/language.ts';
import type { ChangedFile } from './code-history.ts';
import { askGit, type GitQuestion } from './git-process.ts';

/** Files that are listed at most. */
const MAX_FILES = 2000;
/** Of more files than these the lines aren't counted: git would have to read them all. */
const MAX_COUNTED = 1000;
/** So many files that came and went are compared with each other to find which were moved. */
const MAX_RENAMES = 400;

export interface ChangedFiles {
  readonly files: readonly ChangedFile[];
  readonly fileCount: number;
  readonly missing: readonly string[];
}

/** Files that differ between two commits or trees, by path. */
export async function changedFiles(
  root: string,
  from: string,
  to: string,
  question: GitQuestion,
): Promise<ChangedFiles> {
  if (from === to) return { files: [], fileCount: 0, missing: [] };
  try {
    const all = parseRaw((await diffTree(root, ['--raw'], from, to, question)).toString('utf8'));
    const files = all.slice(0, MAX_FILES);
    const missing =
      all.length > MAX_FILES ? [`Only the first ${formatNumber(MAX_FILES)} changed files are listed.`] : [];
    if (all.length > MAX_COUNTED) return { files, fileCount: all.length, missing };
    return { files: await withLines(root, files, from, to, question), fileCount: all.length, missing };
  } catch (error) {
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    return { files: [], fileCount: 0, missing: [`The changed files can’t be listed: ${error.message}`] };
  }
}

function diffTree(
  root: string,
  how: readonly string[],
  from: string,
  to: string,
  question: GitQuestion,
): Promise<Buffer> {
  const args = ['-r', '-z', ...how, '-M', `-l${MAX_RENAMES}`, '--no-ext-diff', '--no-textconv'];
  // Another commit of a submodule is a change, whatever the configuration leaves out.
  return askGit(root, ['diff-tree', ...args, '--ignore-submodules=none', from, to, '--'], question);
}

const KINDS: Readonly<Record<string, ChangedFile['kind']>> = { A: 'added', D: 'removed', R: 'moved' };

/** `:100644 100644 <id> <id> M`, path, and for moved files another path, each ended by a zero. */
function parseRaw(text: string): readonly ChangedFile[] {
  const fields = text.split('\0');
  const files: ChangedFile[] = [];
  for (let place = 0; place + 1 < fields.length; ) {
    const letter = (fields[place] ?? '').split(' ').at(-1)?.charAt(0) ?? '';
    const [first = '', second = ''] = fields.slice(place + 1, place + 3);
    const kind = KINDS[letter] ?? 'changed';
    files.push(kind === 'moved' ? { path: second, kind, from: first } : { path: first, kind });
    place += letter === 'R' || letter === 'C' ? 3 : 2;
  }
  return files;
}

/** What a partial clone lacks can't be counted: the files are listed without their lines. */
async function withLines(
  root: string,
  files: readonly ChangedFile[],
  from: string,
  to: string,
  question: GitQuestion,
): Promise<readonly ChangedFile[]> {
  try {
    const counts = parseNumstat((await diffTree(root, ['--numstat'], from, to, question)).toString('utf8'));
    return files.map((file) => ({ ...file, ...counts.get(file.path) }));
  } catch (error) {
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    return files;
  }
}

type Lines = Pick<ChangedFile, 'addedLines' | 'removedLines' | 'isBinary'>;

/** `<added>\t<removed>\t<path>`; for moved files the path is empty and two follow. Binary files have `-` for both. */
function parseNumstat(text: string): ReadonlyMap<string, Lines> {
  const fields = text.split('\0');
  const counts = new Map<string, Lines>();
  for (let place = 0; place + 1 < fields.length; place += 1) {
    const [added = '', removed = '', ...rest] = (fields[place] ?? '').split('\t');
    let path = rest.join('\t');
    if (path === '') {
      path = fields[place + 2] ?? '';
      place += 2;
    }
    counts.set(path, added === '-' ? { isBinary: true } : { addedLines: Number(added), removedLines: Number(removed) });
  }
  return counts;
}
