import * as v from 'valibot';
import { parseYaml } from '../../runs/parse-yaml.ts';
import { nameOf, parentOf, pathBelow } from '../../runs/paths.ts';
import { RunFileInvalid, type RunFiles } from '../../runs/run-files.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_ARTIFACTS = 500;

/** The text of a small file of the workspace, or of one of its commits; undefined where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** What DVC recorded of a file or folder: `md5` ends with `.dir` for a folder. */
export interface DvcEntry {
  readonly md5: string;
  readonly sizeBytes: number;
  /** The stage that wrote it, of the pipeline in `lock`. */
  readonly stage?: { readonly name: string; readonly lock: string };
}

/** A model of the `artifacts` of a `dvc.yaml`. */
export interface DvcArtifact {
  readonly name: string;
  /** Relative to the root of the workspace. */
  readonly path: string;
  readonly description?: string;
  readonly labels: readonly string[];
}

const text = v.fallback(v.nullish(v.string()), undefined);
const md5 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}(?:\.dir)?$/));
const size = v.fallback(v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), undefined);
const outs = v.fallback(v.array(v.object({ path: v.string(), md5: v.fallback(v.optional(md5), undefined), size })), []);
const pointerSchema = v.object({ outs });
const lockSchema = v.object({ stages: v.record(v.string(), v.object({ outs })) });
const artifactSchema = v.object({
  path: v.string(),
  type: text,
  desc: text,
  labels: v.fallback(v.array(v.string()), []),
});
const pipelineSchema = v.object({
  artifacts: v.fallback(v.record(v.string(), v.fallback(v.nullable(artifactSchema), null)), {}),
  stages: v.fallback(
    v.record(v.string(), v.fallback(v.object({ wdir: v.fallback(v.string(), '.') }), { wdir: '.' })),
    {},
  ),
});

export function readerOf(files: RunFiles): ReadText {
  return (path) => files.readText(path, MAX_BYTES);
}

/** Throws `RunFileInvalid`. */
export async function artifactsIn(file: string, read: ReadText): Promise<readonly DvcArtifact[]> {
  const parsed = v.safeParse(pipelineSchema, await yamlAt(file, read));
  if (!parsed.success) return [];
  return Object.entries(parsed.output.artifacts)
    .slice(0, MAX_ARTIFACTS)
    .flatMap(([name, artifact]) => {
      const path = artifact ? normalised(pathBelow(parentOf(file), artifact.path)) : undefined;
      if (!artifact || path === undefined || (artifact.type && artifact.type !== 'model')) return [];
      return [
        { name, path, labels: artifact.labels.slice(0, 50), ...(artifact.desc ? { description: artifact.desc } : {}) },
      ];
    });
}

/** What stages of a pipeline wrote, by their paths relative to the root of the workspace. Throws `RunFileInvalid`. */
export async function outputsOfStages(lock: string, read: ReadText): Promise<ReadonlyMap<string, DvcEntry>> {
  const found = new Map<string, DvcEntry>();
  const parsed = v.safeParse(lockSchema, await yamlAt(lock, read));
  if (!parsed.success) return found;
  const pipeline = v.safeParse(pipelineSchema, await yamlAt(pathBelow(parentOf(lock), 'dvc.yaml'), read));
  for (const [name, stage] of Object.entries(parsed.output.stages).slice(0, 1000)) {
    const declared = pipeline.success ? pipeline.output.stages : {};
    const { wdir = '.' } = declared[name] ?? declared[name.replace(/@.*$/, '')] ?? {};
    for (const out of stage.outs.slice(0, 1000)) {
      const path = normalised(pathBelow(parentOf(lock), `${wdir}/${out.path}`));
      if (path !== undefined && out.md5 !== undefined)
        found.set(path, { md5: out.md5, sizeBytes: out.size ?? 0, stage: { name, lock } });
    }
  }
  return found;
}

/** What a `.dvc` file names, in its own folder: any other path could take a file that isn't the project's for a model. Throws `RunFileInvalid`. */
export async function outputOfPointer(
  file: string,
  read: ReadText,
): Promise<{ readonly path: string; readonly entry: DvcEntry } | undefined> {
  const parsed = v.safeParse(pointerSchema, await yamlAt(file, read));
  const [out] = parsed.success ? parsed.output.outs : [];
  if (out?.md5 === undefined || !/^[^/\\\0]+$/.test(out.path) || out.path === '.' || out.path === '..')
    return undefined;
  return { path: pathBelow(parentOf(file), out.path), entry: { md5: out.md5, sizeBytes: out.size ?? 0 } };
}

/** What DVC recorded of a path: in a file beside it, or in the pipeline of `folder`. Throws `RunFileInvalid`. */
export async function entryOf(path: string, folder: string, read: ReadText): Promise<DvcEntry | undefined> {
  const pointed = await outputOfPointer(`${path}.dvc`, read);
  if (pointed && nameOf(pointed.path) === nameOf(path)) return pointed.entry;
  return (await outputsOfStages(pathBelow(folder, 'dvc.lock'), read)).get(path);
}

async function yamlAt(path: string, read: ReadText): Promise<unknown> {
  const content = await read(path);
  if (content !== undefined && content.length > MAX_BYTES) throw new RunFileInvalid(`${path} is too large`);
  return content === undefined ? undefined : parseYaml(content, path);
}

/** Without `.` and `..`; undefined for a path that leaves the workspace. */
function normalised(path: string): string | undefined {
  if (/^[\\/]|^[A-Za-z]:|\0/.test(path)) return undefined;
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.length === 0 ? undefined : names.join('/');
}
