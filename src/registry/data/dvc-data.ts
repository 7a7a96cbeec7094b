import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { pathInside } from '../../base/inside.ts';
import type { DataLineage } from '../../catalog/read-models/lineage.ts';
import { parseYaml } from '../../runs/parse-yaml.ts';
import { RunFileInvalid } from '../../runs/run-files.ts';
import { isReachable } from '../../storage/is-there.ts';
import { smallText } from './small-file.ts';

const MAX_DVC_BYTES = 256 * 1024;
const MAX_LOCK_BYTES = 4 * 1024 * 1024;
/** So many folders above the data are looked into for a pipeline. */
const MAX_LEVELS = 12;

const count = v.fallback(v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), undefined);
const entrySchema = v.object({
  path: v.string(),
  md5: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}(?:\.dir)?$/))), undefined),
  size: count,
  nfiles: count,
});
type Entry = v.InferOutput<typeof entrySchema>;

const entries = v.fallback(v.array(entrySchema), []);
const dvcSchema = v.object({ outs: entries });
const lockSchema = v.object({ stages: v.record(v.string(), v.object({ deps: entries, outs: entries })) });
const pipelineSchema = v.object({
  stages: v.record(v.string(), v.fallback(v.object({ wdir: v.optional(v.string(), '.') }), { wdir: '.' })),
});

export interface DvcData {
  readonly facts: Omit<DataLineage, 'path'>;
  /** Where the data itself belongs, absolute. */
  readonly place: string;
  /** The file that is there has another size than DVC recorded. */
  readonly isOutdated: boolean;
}

/**
 * What DVC recorded of a file or folder: in the `.dvc` file beside it, or which `source` is, else in a `dvc.lock` in its folder or above, up
 * to the root of the repository. The data isn't read. Undefined where DVC doesn't track it.
 */
export async function readDvcData(source: string): Promise<DvcData | undefined> {
  const isPointer = source.endsWith('.dvc');
  const file = isPointer ? source : `${source}.dvc`;
  const parsed = v.safeParse(dvcSchema, await yamlIn(file, MAX_DVC_BYTES));
  const wanted = basename(file).slice(0, -'.dvc'.length);
  const outs = parsed.success ? parsed.output.outs : [];
  // What DVC adds lies beside its file. Any other path could make this name, and hash, a file that isn't the project's.
  const entry = outs.find(({ path }) => path === wanted) ?? outs.find(({ path }) => isPointer && isPlainName(path));
  if (entry) return dataOf(entry, join(dirname(file), entry.path));
  return isPointer ? undefined : inPipeline(source);
}

function isPlainName(path: string): boolean {
  return /^[^/\\\0]+$/.test(path) && path !== '.' && path !== '..';
}

async function inPipeline(source: string): Promise<DvcData | undefined> {
  let folder = dirname(source);
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const found = await inLock(folder, source);
    if (found) return found;
    const isRoot = (await isReachable(join(folder, '.git'))) || (await isReachable(join(folder, '.dvc')));
    if (isRoot || dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
}

/** Paths in a `dvc.lock` are relative to the folder in which the stage runs. What a stage wrote counts before what another one read. */
async function inLock(folder: string, source: string): Promise<DvcData | undefined> {
  const lock = v.safeParse(lockSchema, await yamlIn(join(folder, 'dvc.lock'), MAX_LOCK_BYTES));
  if (!lock.success) return undefined;
  const pipeline = v.safeParse(pipelineSchema, await yamlIn(join(folder, 'dvc.yaml'), MAX_LOCK_BYTES));
  const stages = Object.entries(lock.output.stages);
  const places = new Map(
    stages.map(([name]) => {
      const declared = pipeline.success ? pipeline.output.stages : {};
      const known = Object.hasOwn(declared, name) ? declared[name] : declared[name.replace(/@.*$/, '')];
      return [name, join(folder, known?.wdir ?? '.')];
    }),
  );
  for (const kind of ['outs', 'deps'] as const) {
    for (const [name, stage] of stages) {
      const entry = stage[kind].find(({ path }) => join(places.get(name) ?? folder, path) === source);
      if (entry?.md5 !== undefined) return dataOf(entry, source);
    }
  }
  return undefined;
}

async function dataOf({ md5, size, nfiles }: Entry, place: string): Promise<DvcData | undefined> {
  if (md5 === undefined) return undefined;
  const found = await stat(place).catch(() => undefined);
  return {
    place,
    isOutdated: found?.isFile() === true && size !== undefined && found.size !== size,
    facts: {
      kind: 'dvc',
      hash: `md5:${md5}`,
      ...(size === undefined ? {} : { sizeBytes: size }),
      ...(nfiles === undefined ? {} : { fileCount: nfiles }),
    },
  };
}

/** Undefined for what isn't there, and for what no YAML can be made of. */
async function yamlIn(file: string, maxBytes: number): Promise<unknown> {
  const text = await smallText(file, maxBytes);
  if (text === undefined) return undefined;
  try {
    return parseYaml(text, file);
  } catch (error) {
    if (error instanceof RunFileInvalid) return undefined;
    throw error;
  }
}

/** How data beside `from` is called that is really at `place`: `data/x.csv` for `data/x.csv.dvc`. */
export function renamed(path: string, from: string, place: string): string {
  const inside = pathInside(dirname(from), place);
  if (!inside) return path;
  const folder = path.split('/').slice(0, -1).join('/');
  return folder === '' ? inside : `${folder}/${inside}`;
}
