import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { declaredIn } from '../../src/gates/declared.ts';
import { type ImportReport, importModels } from '../../src/importing/import-models.ts';
import { inlineImportReader } from '../../src/importing/inline-reader.ts';
import { type ImportPlan, planImport } from '../../src/importing/plan.ts';
import { importPlace, surveyFolder } from '../../src/importing/survey.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { temporaryFolder } from '../lineage/folder.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** A copy of what a framework left, in a folder that goes when the test ends. */
export async function project(...names: readonly string[]): Promise<string> {
  const root = join(await temporaryFolder(), 'project');
  await mkdir(root);
  for (const name of names) await cp(join(FIXTURES, name), root, { recursive: true });
  return root;
}

/** MLflow's registry in a database, with its write-ahead log. */
export async function databaseProject(): Promise<string> {
  const root = await project('mlflow-database');
  for (const [kept, name] of [
    ['kept.db', 'mlflow.db'],
    ['kept.db-wal', 'mlflow.db-wal'],
  ] as const)
    await writeFile(join(root, name), gunzipSync(await readFile(join(FIXTURES, 'mlflow-database', `${kept}.gz`))));
  return root;
}

const versionSchema = v.object({
  number: v.number(),
  created: v.number(),
  stage: v.string(),
  description: v.string(),
  aliases: v.array(v.string()),
  tags: v.record(v.string(), v.string()),
  source: v.string(),
  run: v.string(),
  metrics: v.record(v.string(), v.number()),
  params: v.record(v.string(), v.string()),
  user: v.string(),
  commit: v.string(),
  loss: v.array(v.number()),
});
const expectedSchema = v.object({ description: v.string(), versions: v.array(versionSchema) });

/** What MLflow's own client says of a fixture, in the order of the versions. */
export async function toldByMlflow(name: string): Promise<v.InferOutput<typeof expectedSchema>> {
  const told = v.parse(expectedSchema, JSON.parse(await readFile(join(FIXTURES, name, 'expected.json'), 'utf8')));
  return { ...told, versions: told.versions.toSorted((a, b) => a.number - b.number) };
}

export interface Asked {
  readonly names?: readonly string[];
  readonly withStages?: boolean;
  readonly signal?: AbortSignal;
}

/** As the command line does it, on this thread. */
export async function importFrom(
  root: string,
  registry: Registry,
  { names, withStages = false, signal }: Asked = {},
): Promise<{ readonly plan: ImportPlan; readonly report: ImportReport }> {
  const survey = await surveyFolder(await importPlace(root));
  const plan = await planImport(survey, { registry, ...(names ? { names } : {}) });
  const report = await importModels(plan, {
    root,
    registry,
    reader: inlineImportReader(),
    withStages,
    declaredOf: (model) => declaredIn(undefined, model),
    operation: { signal },
  });
  return { plan, report };
}
