import * as v from 'valibot';
import type { NearOutputs } from './belonging.ts';
import { readYaml } from './parse-yaml.ts';
import { nameOf, parentOf, pathBelow } from './paths.ts';
import { RunFileInvalid, type RunFiles } from './run-files.ts';

const MLMODEL = 'MLmodel';
const mlmodelSchema = v.object({ run_id: v.string() });

/** What is known of outputs before any run is looked at. Those outside of the workspace are left out. */
export async function outputsNear(files: RunFiles, near: readonly string[]): Promise<NearOutputs> {
  const paths = new Set<string>();
  const folders = new Set<string>();
  let changedAtMs = 0;
  for (const path of near) {
    const inside = await files.inside(path);
    const stat = inside === undefined ? undefined : await files.stat(inside);
    if (inside === undefined || !stat) continue;
    paths.add(inside);
    folders.add(stat.isFolder ? inside : parentOf(inside));
    // A folder's own time says when names in it changed.
    changedAtMs = Math.max(changedAtMs, stat.mtimeMs);
  }
  return { paths: [...paths], changedAtMs, runIds: await runsNamedIn([...folders].slice(0, 100), files) };
}

/** A model in MLflow's format says which run logged it. */
async function runsNamedIn(folders: readonly string[], files: RunFiles): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const place of [folder, parentOf(folder)]) {
      try {
        const parsed = v.safeParse(mlmodelSchema, await readYaml(pathBelow(place, MLMODEL), files));
        if (parsed.success) found.add(parsed.output.run_id);
      } catch (error) {
        if (!(error instanceof RunFileInvalid)) throw error;
      }
    }
    const name = nameOf(parentOf(folder));
    if (/^[0-9a-f]{32}$/.test(name)) found.add(name);
  }
  return found;
}
