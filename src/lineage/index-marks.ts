import { askGit } from './git-process.ts';

/** A repository of two million files has about as much. */
const MAX_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** What the index of a repository says of what it tracks, paths relative to the repository's root. */
export interface IndexMarks {
  /** Files that git was told to take for unchanged. */
  readonly assumed: readonly string[];
  /** Files that it was told not to look for. */
  readonly skipped: readonly string[];
  /** Where it has commits of other repositories, and which. */
  readonly links: ReadonlyMap<string, string>;
}

/** Of the repository at `top`, or of another index of it. Throws where git can't tell. */
export async function readIndexMarks(top: string, index?: string): Promise<IndexMarks> {
  const env = index === undefined ? {} : { GIT_INDEX_FILE: index };
  const question = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, env };
  const listed = await askGit(top, ['ls-files', '-v', '--stage', '-z'], question);
  const assumed: string[] = [];
  const skipped: string[] = [];
  const links = new Map<string, string>();
  // `<tag> <mode> <id> <stage>\t<path>` each: H, lower case where it is assumed to be unchanged, S where the working tree is skipped.
  for (let at = 0; at < listed.length; ) {
    const end = listed.indexOf(0, at);
    const tag = listed[at] ?? 0;
    const isLink = listed.subarray(at + 1, at + 1 + GITLINK.length).equals(GITLINK);
    if (tag !== PLAIN || isLink) {
      const tab = listed.indexOf(TAB, at);
      const path = listed.toString('utf8', tab + 1, end);
      if (tag >= LOWER_A) assumed.push(path);
      if (tag === SKIPPED || tag === ASSUMED_AND_SKIPPED) skipped.push(path);
      if (isLink) links.set(path, listed.toString('latin1', at + 1 + GITLINK.length, tab).split(' ')[0] ?? '');
    }
    at = end + 1;
  }
  return { assumed, skipped, links };
}

/** The same, listed when it is asked for first: two million files take git seconds. */
export function indexMarksOf(top: string): () => Promise<IndexMarks> {
  let marks: Promise<IndexMarks> | undefined;
  return () => {
    marks ??= readIndexMarks(top);
    return marks;
  };
}

const GITLINK = Buffer.from(' 160000 ');
const TAB = '\t'.charCodeAt(0);
const PLAIN = 'H'.charCodeAt(0);
const LOWER_A = 'a'.charCodeAt(0);
const SKIPPED = 'S'.charCodeAt(0);
const ASSUMED_AND_SKIPPED = 's'.charCodeAt(0);
