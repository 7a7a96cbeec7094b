import { resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { declaredIn } from '../gates/declared.ts';
import { SOURCE_NAMES, type SourceKind } from '../importing/found.ts';
import { type ImportReport, importModels } from '../importing/import-models.ts';
import { type ImportReader, threadImportReader } from '../importing/import-reader.ts';
import { inlineImportReader } from '../importing/inline-reader.ts';
import { type ImportPlan, planImport } from '../importing/plan.ts';
import { importPlace } from '../importing/survey.ts';
import type { Registry } from '../registry/api/registry.ts';
import { initRegistry } from '../registry/open.ts';
import { type CommandContext, workerOption } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { importedText, importJson, planText } from './format/importing.ts';
import { print, printJson } from './terminal.ts';

export interface ImportCommandOptions {
  readonly dryRun?: boolean;
  readonly model?: readonly string[];
  readonly from?: readonly SourceKind[];
  readonly stages?: boolean;
}

/** `import`: shows what a folder has, and registers it unless only that was asked for. Makes the registry where there is none. */
export async function importHere(context: CommandContext, options: ImportCommandOptions, path = '.'): Promise<void> {
  const place = await importPlace(resolve(context.cwd, path));
  const { workerFile } = workerOption();
  const reader = workerFile === undefined ? inlineImportReader() : threadImportReader({ workerFile });
  try {
    const located = await context.locate();
    const kinds = options.from;
    const survey = await context.withProgress((operation) => {
      operation.onProgress?.({ step: `Looking through ${place.root}`, doneBytes: 0 });
      return reader.survey({ ...place, ...(kinds ? { kinds } : {}) }, operation);
    });
    if (survey.models.length === 0) throw nothingFound(place.root, survey.problems, kinds);
    const names = options.model;
    const plan = (registry?: Registry) =>
      planImport(survey, { ...(names ? { names } : {}), ...(registry ? { registry } : {}) });
    if (options.dryRun) {
      const planned = await (located.exists ? context.withQueries(plan) : plan());
      const told = { plan: planned, isDryRun: true, withStages: options.stages === true };
      if (context.isJson) return printJson(importJson(told));
      return print(planText(told));
    }
    // Before anything is made: a name that isn't here is a mistake.
    if (!located.exists) await plan();
    const made = await initRegistry({ dir: located.dir });
    if (made.isNew && !context.isJson) print(`Made a registry in ${made.dir}`);
    const report = await context.withRegistry(async (registry) =>
      importInto(registry, await plan(registry), { context, options, root: place.root, reader }),
    );
    if (report.isCancelled) process.exitCode = EXIT.interrupted;
    else if (isPartial(report)) process.exitCode = EXIT.refused;
  } finally {
    await reader.close();
  }
}

interface Importing {
  readonly context: CommandContext;
  readonly options: ImportCommandOptions;
  readonly root: string;
  readonly reader: ImportReader;
}

async function importInto(
  registry: Registry,
  plan: ImportPlan,
  { context, options, root, reader }: Importing,
): Promise<ImportReport> {
  const told = { plan, isDryRun: false, withStages: options.stages === true };
  if (!context.isJson) print(planText(told));
  const project = await context.project();
  const report = await context.withProgress((operation) =>
    importModels(plan, {
      ...{ root, registry, reader, operation, withStages: told.withStages },
      declaredOf: (model) => declaredIn(project, model),
    }),
  );
  if (context.isJson) printJson(importJson({ ...told, report }));
  else print(importedText(plan, report));
  return report;
}

function isPartial({ versions, stages }: ImportReport): boolean {
  return versions.some(({ outcome }) => outcome === 'failed') || stages.some(({ outcome }) => outcome === 'refused');
}

function nothingFound(
  root: string,
  problems: readonly string[],
  kinds: readonly SourceKind[] | undefined,
): RegistryError {
  const looked = (kinds ?? (['mlflow', 'dvc', 'wandb', 'huggingface'] as const)).map((kind) => SOURCE_NAMES[kind]);
  const why = problems.length === 0 ? '' : ` ${problems.slice(0, 3).join('; ')}.`;
  return new RegistryError(
    'IMPORT_NOTHING',
    `${root} has no models of ${looked.join(', ')}${kinds ? '' : ', and no model files'}.${why} Name the folder of the project, or register files with \`model-registry register MODEL PATH\`. Nothing was changed.`,
    { details: { problems: [...problems] } },
  );
}
