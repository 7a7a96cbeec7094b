import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { OperationOptions } from '../base/progress.ts';
import { declaredIn } from '../gates/declared.ts';
import type { Survey } from '../importing/found.ts';
import { type ImportedVersion, importModels } from '../importing/import-models.ts';
import { threadImportReader } from '../importing/import-reader.ts';
import { overviewOf } from '../importing/overview.ts';
import { planImport } from '../importing/plan.ts';
import { readProject } from '../project/project-file.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { ImportSummary } from './import-messages.ts';

/** Of what wasn't imported as it is there, so much is told. */
const MAX_TOLD = 200;

const planSchema = v.object({ root: v.string() });
const importSchema = v.object({ root: v.string(), keys: v.array(v.string()), withStages: v.boolean() });

export interface TakingOverOptions {
  readonly dir: string;
  readonly workerFile: string;
  /** Opens the registry, and makes it where there is none yet. */
  readonly registry: () => Promise<Registry>;
}

/** What the registry's thread does to import models. What is in the folder is read by a thread of its own. */
export function takingOver({ dir, workerFile, registry }: TakingOverOptions) {
  const reader = threadImportReader({ workerFile });
  const known = async () => (existsSync(join(dir, 'format.json')) ? { registry: await registry() } : {});

  return {
    /** Undefined for what is none of its business. */
    async answer(
      name: string,
      args: unknown,
      operation: OperationOptions,
    ): Promise<{ readonly value: unknown } | undefined> {
      switch (name) {
        case 'planImport': {
          const survey = await reader.survey(v.parse(planSchema, args), operation);
          return { value: overviewOf(await planImport(survey, await known())) };
        }
        case 'importModels': {
          const { root, keys, withStages } = v.parse(importSchema, args);
          // What is there now counts, not what was there when the person was asked.
          const survey = await reader.survey({ root }, operation);
          return { value: await importFrom(root, survey, { keys, withStages, operation }) };
        }
        default:
          return undefined;
      }
    },
    close: () => reader.close(),
  };

  async function importFrom(
    root: string,
    survey: Survey,
    asked: { readonly keys: readonly string[]; readonly withStages: boolean; readonly operation: OperationOptions },
  ): Promise<ImportSummary> {
    const opened = await registry();
    const plan = await planImport(survey, { keys: asked.keys, registry: opened });
    const project = { root, project: await readProject(root) };
    const { versions, stages, isCancelled } = await importModels(plan, {
      ...{ root, registry: opened, reader, operation: asked.operation, withStages: asked.withStages },
      declaredOf: (model) => declaredIn(project, model),
    });
    const count = (outcome: ImportedVersion['outcome']) =>
      versions.filter((version) => version.outcome === outcome).length;
    const added = versions.filter(({ outcome }) => outcome === 'added');
    const [first] = added;
    const shown = first?.id === undefined ? undefined : await opened.show({ ref: first.id });
    return {
      added: count('added'),
      known: count('known'),
      failed: count('failed'),
      models: [...new Set(added.map(({ model }) => model))].slice(0, MAX_TOLD),
      ...(shown ? { firstModelId: shown.modelId } : {}),
      isCancelled,
      notImported: versions
        .flatMap(({ model, label, why, notes = [] }) =>
          [...(why === undefined ? [] : [why]), ...notes].map((text) => ({ model, label, why: text })),
        )
        .slice(0, MAX_TOLD),
      stages: stages.slice(0, MAX_TOLD),
    };
  }
}
