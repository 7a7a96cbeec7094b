import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import picomatch from 'picomatch';
import { glob } from 'tinyglobby';
import { systemErrorCode } from '../base/errors.ts';
import { isSafetensorsComplete } from '../modelfiles/safetensors.ts';

/** Folders that hold no outputs, whatever a glob says. */
const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.venv',
  'venv',
  '__pycache__',
  '.model-registry',
  'site-packages',
  '.ipynb_checkpoints',
]);
const TEMPORARY = /^\.|~$|\.(tmp|temp|part|partial|crdownload|lock|swp)$|\.tmp[-.]/i;

/** True for a path, relative to the workspace, that is never an output: temporary, hidden, or in a folder of tools. */
export function isIgnored(path: string): boolean {
  const names = path.split(/[\\/]/);
  return names.some((name) => IGNORED_FOLDERS.has(name)) || TEMPORARY.test(names.at(-1) ?? '');
}

/** Where a pattern's matches can be, and how many levels below. */
export function watchPlace(pattern: string): { readonly base: string; readonly depth: number } {
  const { base, glob: rest } = picomatch.scan(pattern);
  if (rest === '') return { base, depth: 20 };
  return { base: base === '' ? '.' : base, depth: rest.includes('**') ? 20 : rest.split('/').length - 1 };
}

/** The files that match the patterns, absolute, in order. Links are not followed. */
export async function matchingFiles(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = await glob([...patterns], {
    cwd: root,
    followSymbolicLinks: false,
    expandDirectories: true,
    onlyFiles: true,
    ignore: [...IGNORED_FOLDERS].map((name) => `**/${name}/**`),
  });
  return found
    .filter((path) => !isIgnored(path))
    .sort()
    .map((path) => join(root, path));
}

/** What tells whether files change: a text that is equal as long as none of them did. */
export interface OutputSample {
  readonly files: readonly string[];
  readonly fingerprint: string;
  readonly sizeBytes: number;
  /** Newest change of any file's contents or place, milliseconds since the epoch. */
  readonly changedAtMs: number;
}

/** Looks at the files now; undefined where none match or one vanished meanwhile. */
export async function sampleOutput(root: string, patterns: readonly string[]): Promise<OutputSample | undefined> {
  const files = await matchingFiles(root, patterns);
  if (files.length === 0) return undefined;
  let sizeBytes = 0;
  let changedAtMs = 0;
  const parts: string[] = [];
  for (const file of files) {
    try {
      const { size, mtimeMs, ctimeMs, ino } = await stat(file);
      sizeBytes += size;
      changedAtMs = Math.max(changedAtMs, mtimeMs, ctimeMs);
      parts.push(`${file}\0${size}\0${mtimeMs}\0${ctimeMs}\0${ino}`);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
  return { files, fingerprint: parts.join('\n'), sizeBytes, changedAtMs };
}

/** How surely the files are all there: by their own account, or only because nothing contradicts it. */
export async function completenessOf(sample: OutputSample): Promise<'complete' | 'plausible' | 'incomplete'> {
  if (sample.sizeBytes === 0) return 'incomplete';
  let isSelfDescribing = true;
  for (const file of sample.files) {
    if (!basename(file).endsWith('.safetensors')) {
      isSelfDescribing = false;
      continue;
    }
    try {
      if (!(await isSafetensorsComplete(file))) return 'incomplete';
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return 'incomplete';
      throw error;
    }
  }
  return isSelfDescribing ? 'complete' : 'plausible';
}
