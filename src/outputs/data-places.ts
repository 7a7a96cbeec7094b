import { lstat, stat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { splitPattern } from '../project/declared-paths.ts';
import type { DataPlace } from '../registry/api/registering.ts';
import { isAddress } from '../registry/data/address.ts';
import { type LeftOut, unread } from './left-out.ts';
import { matchingFiles, placeInside } from './output-files.ts';

/**
 * A declared file, folder or address is one entry, a glob one for each file that matches. What isn't there is noted; what can't be read, or
 * leads out of the workspace, is left out alone.
 */
export async function dataPlacesOf(
  root: string,
  patterns: readonly string[],
): Promise<{ readonly places: readonly DataPlace[]; readonly leftOut: readonly LeftOut[] }> {
  const realRoot = (await placeInside(root, '.').catch(() => undefined)) ?? root;
  const leftOut: LeftOut[] = [];
  const found = await Promise.all(
    patterns.map(async (pattern) => {
      try {
        return await placesOf(root, realRoot, pattern);
      } catch (error) {
        leftOut.push(unread(`data[${pattern}]`, explained(pattern, error)));
        return [];
      }
    }),
  );
  return { places: [...new Map(found.flat().map((place) => [place.path, place])).values()], leftOut };
}

async function placesOf(root: string, realRoot: string, pattern: string): Promise<readonly DataPlace[]> {
  if (isAddress(pattern)) return [{ path: pattern }];
  const { base, rest } = splitPattern(pattern);
  if (rest !== '') {
    const files = await matchingFiles(root, [pattern]);
    return files.map((file) => ({
      path: relative(realRoot, file).split(sep).join('/'),
      source: file,
      mayBeAbsent: true,
    }));
  }
  // DVC may know what isn't here.
  const source =
    (await besidePointer(root, base)) ?? (await placeInside(root, base)) ?? (await absentInside(root, base));
  if (source === undefined) return [];
  await refuseSpecial(base, source);
  return [{ path: base, source, mayBeAbsent: true }];
}

/** Reading a pipe would wait for ever. */
async function refuseSpecial(path: string, source: string): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw new RegistryError(
    'PATH_UNREADABLE',
    `${path} is neither a file nor a folder, so it isn't read as data. Put a file there, or take it out of model-registry.yaml. Nothing was changed.`,
  );
}

function explained(path: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (RegistryError.is(error) || code === undefined) return error;
  return code === 'ELOOP'
    ? new RegistryError(
        'ARTIFACT_LINK_LOOP',
        `${path} is a link that leads back to itself, so it isn't read as data. Put the file itself there. Nothing was changed.`,
        { cause: error },
      )
    : new RegistryError(
        'PATH_UNREADABLE',
        `${path} can't be read (${code}). Check its permissions. Nothing was changed.`,
        { cause: error },
      );
}

/** The place of data that has a `.dvc` file beside it: what is there may be a link to where DVC keeps it. */
async function besidePointer(root: string, path: string): Promise<string | undefined> {
  const pointer = path.endsWith('.dvc') ? undefined : await placeInside(root, `${path}.dvc`);
  return pointer?.slice(0, -'.dvc'.length);
}

/** The place of what isn't there, if its folder lies in the workspace. */
async function absentInside(root: string, path: string): Promise<string | undefined> {
  if (await lstat(join(root, path)).catch(() => undefined)) return undefined;
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const place = await placeInside(root, folder);
    if (place !== undefined) return join(place, posix.relative(folder, path));
    if (folder === '.') return undefined;
  }
}
