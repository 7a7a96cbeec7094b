import { join } from 'node:path';
import { throwIfCancelled } from '../artifacts/cancel.ts';
import { RegistryError } from '../base/errors.ts';
import { IMPORTED_FROM } from '../base/imported-from.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Declared } from '../gates/evaluate-gates.ts';
import type { RegisterRequest, RegisterResult } from '../registry/api/registering.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import type { ImportReader } from './import-reader.ts';
import { type ImportPlan, newVersionsOf, type PlannedModel, type PlannedVersion } from './plan.ts';
import type { VersionRecord } from './records.ts';
import { type ImportedHere, type StageOutcome, setStages } from './stages.ts';
import { withStagedFiles } from './staging.ts';

const IMPORTED_AUTHOR = 'imported-author';
/** Records are read for so many versions at once: each may have a history of 50,000 points. */
const BATCH = 10;

export interface ImportOptions {
  /** The folder that was looked through. */
  readonly root: string;
  readonly registry: RegistryCalls;
  readonly reader: ImportReader;
  /** Stages and aliases are set as the source has them, where rules and gates let them through. */
  readonly withStages: boolean;
  /** The gates that the project file declares for a model. */
  readonly declaredOf: (model: string) => Declared;
  readonly operation?: OperationOptions;
  readonly onVersion?: (version: ImportedVersion) => void;
}

/** What became of a version of the source. */
export interface ImportedVersion {
  readonly model: string;
  /** What the source calls it. */
  readonly label: string;
  readonly outcome: 'added' | 'known' | 'failed';
  readonly id?: string;
  readonly number?: number;
  /** Why it failed. */
  readonly why?: string;
  /** What it doesn't have. */
  readonly notes?: readonly string[];
}

export interface ImportReport {
  readonly versions: readonly ImportedVersion[];
  readonly stages: readonly StageOutcome[];
  /** What was imported until then stays; the same import again does the rest. */
  readonly isCancelled: boolean;
}

/**
 * Registers every version of the plan that isn't here yet, in the order of the source. What is interrupted goes on where it was; doing it
 * twice adds nothing. What fails for one version is told of it, and the others are imported all the same.
 */
export async function importModels({ models }: ImportPlan, options: ImportOptions): Promise<ImportReport> {
  const progress = new ImportProgress(models, options.operation);
  const versions: ImportedVersion[] = [];
  const stages: StageOutcome[] = [];
  try {
    for (const model of models.filter(({ isPicked }) => isPicked)) {
      const imported: ImportedHere[] = [];
      await importModel(model, options, progress, (version, result) => {
        versions.push(result);
        if (result.id !== undefined) imported.push({ version, id: result.id });
        options.onVersion?.(result);
      });
      if (options.withStages) stages.push(...(await setStages(model, imported, options)));
    }
    return { versions, stages, isCancelled: false };
  } catch (error) {
    if (!RegistryError.is(error, 'OPERATION_CANCELLED') || versions.length === 0) throw error;
    return { versions, stages, isCancelled: true };
  }
}

type OnResult = (version: PlannedVersion, result: ImportedVersion) => void;

async function importModel(
  model: PlannedModel,
  options: ImportOptions,
  progress: ImportProgress,
  onResult: OnResult,
): Promise<void> {
  const { root, reader, operation } = options;
  const { name, source } = model;
  for (const version of model.versions) {
    const { label, known, problem } = version;
    if (known) onResult(version, { model: name, label, outcome: 'known', ...known });
    else if (problem !== undefined) onResult(version, { model: name, label, outcome: 'failed', why: problem });
  }
  const wanted = newVersionsOf(model);
  let isMade = model.joins !== undefined;
  for (let start = 0; start < wanted.length; start += BATCH) {
    throwIfCancelled(operation?.signal);
    const batch = wanted.slice(start, start + BATCH);
    const records = await reader.records({ root, source, versions: batch }, operation);
    for (const [index, version] of batch.entries()) {
      throwIfCancelled(operation?.signal);
      const { label, sizeBytes } = version;
      const record = records[index];
      try {
        const { result, notes } = await registerOne(model, version, record, options, progress);
        const { id, number } = result.version;
        const outcome = result.isNew ? 'added' : 'known';
        if (!isMade) notes.push(...(await tagModel(model, options)));
        isMade = true;
        onResult(version, { model: name, label, outcome, id, number, ...(notes.length > 0 ? { notes } : {}) });
      } catch (error) {
        if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
        onResult(version, { model: name, label, outcome: 'failed', why: error.message });
      }
      progress.done(sizeBytes);
    }
  }
}

async function registerOne(
  model: PlannedModel,
  version: PlannedVersion,
  record: VersionRecord | undefined,
  options: ImportOptions,
  progress: ImportProgress,
): Promise<{ readonly result: RegisterResult; readonly notes: string[] }> {
  const { root, operation } = options;
  const notes = [...(record?.problems ?? [])];
  const request = requestFor(model, version, record, root);
  const register = (paths: readonly string[]) =>
    registerWithoutSecrets({ ...request, paths }, notes, options, progress.of(model.name, version, operation));
  const { staged } = version;
  const result = staged
    ? await withStagedFiles(root, staged, operation?.signal, (folder) => register([folder]))
    : await register(request.paths);
  return { result, notes };
}

async function registerWithoutSecrets(
  request: RegisterRequest,
  notes: string[],
  { registry }: ImportOptions,
  operation: OperationOptions,
): Promise<RegisterResult> {
  try {
    return await registry.register(request, operation);
  } catch (error) {
    if (!RegistryError.is(error, 'SECRET_FOUND')) throw error;
    // The log can't forget: a description with a password in it stays where it is.
    const { description, ...others } = request;
    notes.push('its description was left out, because it holds what looks like a secret');
    return registry.register(others, operation);
  }
}

function requestFor(
  model: PlannedModel,
  version: PlannedVersion,
  record: VersionRecord | undefined,
  root: string,
): RegisterRequest {
  const { paths, origin, at, by = record?.user, description, tags = {} } = version;
  const from = origin ?? `${model.source}:${paths[0] ?? ''}`;
  return {
    ...record?.request,
    model: model.name,
    paths: paths.map((path) => join(root, path)),
    folder: root,
    via: 'import',
    tags: { ...tags, [IMPORTED_FROM]: from, ...(by === undefined ? {} : { [IMPORTED_AUTHOR]: by.slice(0, 256) }) },
    ...(at === undefined ? {} : { claimedAt: at }),
    ...(description === undefined ? {} : { description }),
    ...(model.description === undefined ? {} : { modelDescription: model.description }),
    // Without a run, bytes are all that a version can be known by.
    ...(record?.request.run?.id === undefined ? { onlyNewBytes: 'any' as const } : {}),
  };
}

/** What the source says of a model as a whole, where the import made it. Tells what couldn't be taken over. */
async function tagModel({ name, tags }: PlannedModel, { registry }: ImportOptions): Promise<readonly string[]> {
  if (!tags) return [];
  try {
    await registry.tag({ ref: name, onModel: true, set: tags });
    return [];
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return [`the tags of the model were left out: ${error.message}`];
  }
}

/** How far an import is, in bytes of all versions. */
class ImportProgress {
  readonly #totalBytes: number;
  readonly #count: number;
  readonly #operation: OperationOptions | undefined;
  #doneBytes = 0;
  #done = 0;

  constructor(models: readonly PlannedModel[], operation: OperationOptions | undefined) {
    const versions = models.flatMap(newVersionsOf);
    this.#totalBytes = versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#count = versions.length;
    this.#operation = operation;
  }

  /** For registering one version: its bytes are some of all. */
  of(model: string, { label, sizeBytes }: PlannedVersion, operation: OperationOptions | undefined): OperationOptions {
    const step = `${model} ${label} (${this.#done + 1} of ${this.#count})`;
    const show = (doneBytes: number) =>
      this.#operation?.onProgress?.({ step, doneBytes: this.#doneBytes + doneBytes, totalBytes: this.#totalBytes });
    show(0);
    return { signal: operation?.signal, onProgress: ({ doneBytes }) => show(Math.min(doneBytes, sizeBytes)) };
  }

  done(sizeBytes: number): void {
    this.#done += 1;
    this.#doneBytes += sizeBytes;
  }
}
