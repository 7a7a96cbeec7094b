import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { withFile } from '../../src/modelfiles/file-set.ts';
import { localFileSet } from '../../src/modelfiles/local-files.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

const tensorSchema = v.looseObject({
  name: v.string(),
  dtype: v.string(),
  shape: v.array(v.number()),
  /** Of its elements, where they are as such in a file. */
  sha256: v.exactOptional(v.string()),
});
const expectedSchema = v.object({
  /** Packages and their versions. */
  madeBy: v.record(v.string(), v.string()),
  python: v.string(),
  /** What to inspect, below `model`; all of it unless given. */
  file: v.exactOptional(v.string()),
  /** What the framework itself says, in our words. */
  facts: v.looseObject({ format: v.string(), tensors: v.exactOptional(v.array(tensorSchema)) }),
});

/** A model that a framework wrote, and what it reports about it (test/modelfiles/make-fixtures). */
export interface Fixture extends v.InferOutput<typeof expectedSchema> {
  /** `safetensors/sharded` */
  readonly name: string;
  /** The file or folder to inspect. */
  readonly path: string;
}

export async function allFixtures(): Promise<readonly Fixture[]> {
  const fixtures: Fixture[] = [];
  for (const format of (await readdir(FIXTURES)).sort())
    for (const name of (await readdir(join(FIXTURES, format))).sort()) {
      const folder = join(FIXTURES, format, name);
      const text = await readFile(join(folder, 'expected.json'), 'utf8');
      const expected = v.parse(expectedSchema, JSON.parse(text));
      fixtures.push({ ...expected, name: `${format}/${name}`, path: join(folder, 'model', expected.file ?? '') });
    }
  return fixtures;
}

/** The SHA-256 of a part of a fixture's file. */
export async function sha256Of(
  path: string,
  place: { readonly path: string; readonly offset: number; readonly sizeBytes: number },
): Promise<string> {
  const bytes = await withFile(await localFileSet(path), place.path, (source) =>
    source.read(place.offset, place.sizeBytes),
  );
  return createHash('sha256').update(bytes).digest('hex');
}
