import picomatch from 'picomatch';
import { escapePath } from 'tinyglobby';

/** A declared pattern in two: the folder or file that it starts from, and what is to match below; empty for a plain path. */
export function splitPattern(pattern: string): { readonly base: string; readonly rest: string } {
  const { base, glob: rest } = picomatch.scan(pattern.replace(/^\.\//, '').replace(/\/+$/, ''));
  return { base: base === '' ? '.' : base, rest };
}

/**
 * Whether a path, relative to the workspace, is one of those declared: a plain pattern is a file, or a folder with all in it. Names are the same in whichever
 * form of Unicode they are written: editors write composed letters, and macOS keeps files as whoever made them wrote them.
 */
export function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.map((pattern) => {
    const { base, rest } = splitPattern(pattern.normalize('NFC'));
    if (rest === '') return (path: string) => base === '.' || path === base || path.startsWith(`${base}/`);
    return picomatch(base === '.' ? rest : `${escapePath(base)}/${rest}`);
  });
  return (path) => {
    const composed = path.normalize('NFC');
    return matchers.some((matches) => matches(composed));
  };
}
