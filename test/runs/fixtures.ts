import { cp, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { RunFiles } from '../../src/runs/run-files.ts';
import { runReaders } from '../../src/runs/run-readers.ts';
import type { RunRecord, Tracker } from '../../src/runs/run-record.ts';
import { placesNear } from '../../src/runs/search-places.ts';
import { temporaryFolder } from '../lineage/folder.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** A copy of what a tracker or trainer left, in a folder that goes when the test ends. */
export async function fixture(name: string): Promise<string> {
  const root = await temporaryFolder();
  await cp(join(FIXTURES, name), root, { recursive: true });
  return root;
}

/** The contents of a compressed file of a fixture. */
export async function unpacked(path: string): Promise<Uint8Array> {
  return Uint8Array.from(gunzipSync(await readFile(join(FIXTURES, path))));
}

export async function unpack(path: string, target: string): Promise<void> {
  await writeFile(target, await unpacked(path));
}

/** What the tracker itself says of the runs of a fixture. */
export async function expected<const T extends v.GenericSchema>(name: string, schema: T): Promise<v.InferOutput<T>> {
  return v.parse(schema, JSON.parse(await readFile(join(FIXTURES, name, 'expected.json'), 'utf8')));
}

/** All runs of a tracker in a folder, whatever they wrote. */
export async function runsIn(root: string, tracker: Tracker): Promise<readonly RunRecord[]> {
  const files = await RunFiles.of(root);
  const outputs = { paths: [], changedAtMs: 0, runIds: new Set<string>() };
  const readers = runReaders.filter((reader) => reader.tracker === tracker);
  const records: RunRecord[] = [];
  for (const { reader, place } of await placesNear(files, outputs, readers))
    records.push(...(await reader.read(place, { files, sinceMs: 0, outputs })));
  return records;
}

export const metric = v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]);
export const metrics = v.record(v.string(), metric);

/** Makes a file look as if it had been written when a run was going on that left its fixture long ago. */
export async function writtenAt(path: string, at: string): Promise<string> {
  await utimes(path, new Date(at), new Date(at));
  return path;
}
