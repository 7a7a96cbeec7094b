import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isUlid } from '../../base/ids.ts';
import type { Recording, Registry } from '../../registry/api/registry.ts';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import { isAbsent } from '../../storage/system-errors.ts';

/** In the folder of the registry: what is to follow recordings that aren't shared yet. No part of the format. */
const FOLDER = 'follow-ups';
const MAX_BYTES = 1024 * 1024;

const waitingSchema = v.object({
  root: v.string(),
  recording: v.object({
    id: v.string(),
    at: v.string(),
    events: v.array(v.unknown()),
    pending: v.boolean(),
  }),
});

/** Keeps a recording until it is shared: what it would set off can't be taken back if it is refused. */
export async function keepWaiting(dir: string, root: string, recording: Recording): Promise<void> {
  const file = join(dir, FOLDER, `${recording.id}.json`);
  await mkdir(join(dir, FOLDER), { recursive: true });
  await replaceFile(file, JSON.stringify({ root, recording }));
}

/** The ids of what waits for the workspace folder `root`. */
export async function waitingFor(dir: string, root: string): Promise<readonly string[]> {
  const names = await readdir(join(dir, FOLDER)).catch(() => []);
  const ids = names.flatMap((name) => (name.endsWith('.json') && isUlid(name.slice(0, -5)) ? [name.slice(0, -5)] : []));
  const found = await Promise.all(ids.map(async (id) => ((await read(fileOf(dir, id)))?.root === root ? [id] : [])));
  return found.flat().sort();
}

/** Takes a recording out: undefined where another window or command was faster, so that what follows is done once. */
export async function takeWaiting(dir: string, id: string): Promise<Recording | undefined> {
  const file = fileOf(dir, id);
  const taken = `${file}.taken-${process.pid}`;
  try {
    await rename(file, taken);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  const found = await read(taken);
  await rm(taken, { force: true });
  return found?.recording;
}

/** Takes out what waited for `root` and isn't pending any more, one after the other; what was refused sets nothing off. */
export async function* takeDecided(
  registry: Pick<Registry, 'location' | 'outcomeOf'>,
  root: string,
): AsyncGenerator<Recording> {
  const { dir } = registry.location;
  for (const id of await waitingFor(dir, root)) {
    const outcome = await registry.outcomeOf(id);
    const taken = outcome === 'pending' ? undefined : await takeWaiting(dir, id);
    if (taken && outcome === 'applied') yield taken;
  }
}

function fileOf(dir: string, id: string): string {
  return join(dir, FOLDER, `${id}.json`);
}

async function read(file: string): Promise<v.InferOutput<typeof waitingSchema> | undefined> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return undefined;
    const parsed = v.safeParse(waitingSchema, JSON.parse(await readRegular(file)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    // Taken meanwhile, or nothing that we wrote.
    return undefined;
  }
}
