import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { LeftOut } from './left-out.ts';
import { isIgnored, matcherOf, placeInside, splitPattern } from './output-files.ts';

/** So many are told of. */
const MAX_TOLD = 20;

/**
 * Links among the outputs that aren't followed, and lead to something else than another output: without a word a version would lack its weights,
 * where a cache keeps them. Links that lead nowhere are left alone.
 */
export async function linksLeftOut(root: string, patterns: readonly string[]): Promise<readonly LeftOut[]> {
  const realRoot = await realpath(root).catch(() => root);
  const isOutput = matcherOf(patterns);
  const named = (path: string) => relative(realRoot, path).split(sep).join('/');
  const found = new Set<string>();
  for (const pattern of patterns) {
    const place = await placeInside(root, splitPattern(pattern).base).catch(() => undefined);
    const entries =
      place === undefined ? [] : await readdir(place, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = named(join(entry.parentPath, entry.name));
      if (!entry.isSymbolicLink() || !isOutput(path) || isIgnored(path)) continue;
      const target = await realpath(join(realRoot, path)).catch(() => undefined);
      if (target !== undefined && !isOutput(named(target))) found.add(path);
    }
  }
  return [...found].sort().slice(0, MAX_TOLD).map(leftOut);
}

function leftOut(path: string): LeftOut {
  return {
    problem: new RegistryError(
      'OUTPUT_LINK',
      `${path} is a link to something that isn't among the outputs, and links below them aren't followed. Put the file itself there, or name the link under outputs in model-registry.yaml. Nothing was changed.`,
    ),
    fact: { what: `outputs[${path}]`, why: 'it is a link, which is not followed' },
  };
}
