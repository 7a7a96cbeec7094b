import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CATALOG_SCHEMA } from '../../catalog/schema.ts';
import { deadMarks } from '../../storage/leases.ts';
import { hasCode } from '../../storage/system-errors.ts';
import { STAGING_FOLDER, sweepTemporaryFiles, type TemporaryFile, temporaryFiles } from '../../storage/temporary.ts';
import type { RegistryLocation } from '../api/registry.ts';
import type { GcReport, LeftoverFiles } from '../api/space.ts';

/** As long as an older version of the program may be in use beside this one: it would make its catalog anew. */
const OLD_CATALOG_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * What processes left in the registry and, where it is shared, in its copy: files that they didn't finish, the marks of killed ones, and catalogs of older versions of the program.
 */
export async function leftovers(location: RegistryLocation, now = Date.now()): Promise<GcReport['leftovers']> {
  const found = (await Promise.all(foldersOf(location).map((dir) => leftoversIn(dir, now)))).flat();
  return {
    freed: countOf(found.filter(({ isAbandoned }) => isAbandoned)),
    kept: countOf(found.filter(({ isAbandoned }) => !isAbandoned)),
  };
}

/** Removes what nobody goes on with. It harms nothing but space, so what can't be removed counts as kept. */
export async function removeLeftovers(location: RegistryLocation, now = Date.now()): Promise<GcReport['leftovers']> {
  const removed: TemporaryFile[] = [];
  for (const dir of foldersOf(location)) {
    removed.push(...(await sweepTemporaryFiles(join(dir, STAGING_FOLDER), { now }).catch(noneReadable)));
    for (const file of [...(await marksOfKilled(dir)), ...(await oldCatalogs(dir, now))]) {
      if (!file.isAbandoned) continue;
      await rm(file.path, { force: true }).then(
        () => removed.push(file),
        // In use on Windows.
        () => undefined,
      );
    }
  }
  const { freed, kept } = await leftovers(location, now);
  return { freed: countOf(removed), kept: { files: freed.files + kept.files, bytes: freed.bytes + kept.bytes } };
}

async function leftoversIn(dir: string, now: number): Promise<readonly TemporaryFile[]> {
  const unfinished = await temporaryFiles(join(dir, STAGING_FOLDER), { now }).catch(noneReadable);
  return [...unfinished, ...(await marksOfKilled(dir)), ...(await oldCatalogs(dir, now))];
}

async function marksOfKilled(dir: string): Promise<readonly TemporaryFile[]> {
  const marks = await deadMarks(dir).catch(() => []);
  return Promise.all(
    marks.map(async (path) => ({
      path,
      sizeBytes: (await stat(path).catch(() => undefined))?.size ?? 0,
      isAbandoned: true,
    })),
  );
}

/** What this person may not look at keeps nothing else from being freed. */
function noneReadable(error: unknown): readonly TemporaryFile[] {
  if (hasCode(error, 'EACCES', 'EPERM')) return [];
  throw error;
}

async function oldCatalogs(dir: string, now: number): Promise<readonly TemporaryFile[]> {
  const found: TemporaryFile[] = [];
  for (const name of await readdir(dir)) {
    const schema = /^catalog-(\d{1,4})\.sqlite$/.exec(name)?.[1];
    if (schema === undefined || Number(schema) >= CATALOG_SCHEMA) continue;
    const path = join(dir, name);
    const status = await stat(path).catch(() => undefined);
    if (!status?.isFile()) continue;
    found.push({ path, sizeBytes: status.size, isAbandoned: status.mtimeMs <= now - OLD_CATALOG_MS });
  }
  return found;
}

function foldersOf({ dir, logDir }: RegistryLocation): readonly string[] {
  return [...new Set([dir, logDir])];
}

function countOf(files: readonly TemporaryFile[]): LeftoverFiles {
  return { files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}
