import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { matcherOf, splitPattern } from '../project/declared-paths.ts';
import type { LeftOut } from './left-out.ts';
import { isIgnored, placeInside } from './output-files.ts';

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
    const { base, rest } = splitPattern(pattern);
    const place = await placeInside(root, base).catch(() => undefined);
    const depth = rest === '' || rest.includes('**') ? Number.POSITIVE_INFINITY : rest.split('/').length - 1;
    for (const link of place === undefined ? [] : await linksBelow(place, depth)) {
      const path = named(link);
      if (!isOutput(path) || isIgnored(path)) continue;
      const target = await realpath(join(realRoot, path)).catch(() => undefined);
      if (target !== undefined && !isOutput(named(target))) found.add(path);
    }
  }
  return [...found].sort().slice(0, MAX_TOLD).map(leftOut);
}

/** In folders of outputs alone: those of tools hold more than all else. */
async function linksBelow(folder: string, depth: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) found.push(path);
    else if (depth > 0 && entry.isDirectory() && !isIgnored(entry.name))
      found.push(...(await linksBelow(path, depth - 1)));
  }
  return found;
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
