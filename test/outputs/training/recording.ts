import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { type Told, toldSchema } from './trainings.ts';

const recordingSchema = v.object({
  told: toldSchema,
  /** In the order in which they were written last. */
  files: v.array(v.object({ path: v.string(), mtimeMs: v.number(), base64: v.string() })),
});
export type Recording = v.InferOutput<typeof recordingSchema>;

const LEFT_OUT =
  /(?:^|\/)(?:\.git|\.model-registry|__pycache__|\.cache)(?:\/|$)|^(?:train\.py|model-registry\.yaml|home\/)/;

function fileOf(script: string): string {
  return join(import.meta.dirname, 'recorded', script.replace('.py', '.json.gz'));
}

/** Keeps what a training left in a workspace, and what it said of its run. */
export async function record(root: string, script: string, told: Told): Promise<void> {
  const files: Recording['files'] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(root, file).split(sep).join('/');
    if (!entry.isFile() || LEFT_OUT.test(path)) continue;
    files.push({ path, mtimeMs: (await stat(file)).mtimeMs, base64: (await readFile(file)).toString('base64') });
  }
  files.sort((a, b) => a.mtimeMs - b.mtimeMs);
  await writeFile(fileOf(script), gzipSync(JSON.stringify({ told, files } satisfies Recording), { level: 9 }));
}

export async function recorded(script: string): Promise<Recording> {
  return v.parse(recordingSchema, JSON.parse(gunzipSync(await readFile(fileOf(script))).toString()));
}
