import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { ProjectModel } from '../project/project-schema.ts';
import type {
  CodeLineage,
  Metrics,
  Params,
  PythonEnvironment,
  RegisterRequest,
  RegisterResult,
  Registry,
} from '../registry/api.ts';
import { matchingFiles } from './output-files.ts';

/** What is known about a run from around its outputs; handed in, because reading git and environments is lineage's. */
export interface CaptureProviders {
  readonly code: () => Promise<CodeLineage | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
  readonly metrics: (file: string) => Promise<Metrics>;
  readonly params: (file: string) => Promise<Params>;
}

export interface CaptureOptions {
  readonly root: string;
  readonly name: string;
  readonly model: ProjectModel;
  readonly providers: CaptureProviders;
  /** Metrics files older than this belong to an earlier run and are left out; milliseconds since the epoch. */
  readonly metricsSinceMs?: number;
}

export interface Capture {
  readonly request: RegisterRequest;
  /** Metrics files that aren't there yet, or are from an earlier run. */
  readonly missingMetrics: readonly string[];
}

/** Puts together what is registered for a model of the project file. */
export async function captureOutputs(files: readonly string[], options: CaptureOptions): Promise<Capture> {
  const { root, name, model, providers, metricsSinceMs = 0 } = options;
  const [metricsFiles, paramsFiles, dataFiles, code, environment] = await Promise.all([
    filesFor(root, model.metrics),
    filesFor(root, model.params),
    matchingFiles(root, model.data),
    providers.code(),
    providers.environment(),
  ]);
  const fresh: string[] = [];
  const missing: string[] = [];
  for (const file of metricsFiles) ((await changedAtMs(file)) > metricsSinceMs ? fresh : missing).push(file);
  const presentParams: string[] = [];
  for (const file of paramsFiles) if ((await changedAtMs(file)) > 0) presentParams.push(file);
  const metrics = merged(await Promise.all(fresh.map(providers.metrics)));
  const params = merged(await Promise.all(presentParams.map(providers.params)));
  return {
    missingMetrics: missing,
    request: {
      model: name,
      paths: files,
      metrics,
      params,
      tags: model.tags,
      dataPaths: dataFiles.map((file) => ({ path: relative(root, file).split(sep).join('/'), source: file })),
      ...(model.description === undefined ? {} : { modelDescription: model.description }),
      ...(code ? { code } : {}),
      ...(environment ? { environment } : {}),
    },
  };
}

/** Registers what a model's outputs hold now. Throws `OUTPUTS_MISSING` where nothing matches. */
export async function registerDeclared(
  options: CaptureOptions & { readonly registry: Registry; readonly operation?: OperationOptions },
): Promise<RegisterResult> {
  const { root, name, model, registry, operation } = options;
  const files = await matchingFiles(root, model.outputs);
  if (files.length === 0) {
    throw new RegistryError(
      'OUTPUTS_MISSING',
      `No file matches the outputs of ${name} (${model.outputs.join(', ')}). Train first, or correct model-registry.yaml. Nothing was changed.`,
    );
  }
  const { request } = await captureOutputs(files, options);
  return registry.register(request, operation);
}

/** Declared files as they are, globs by what they match. */
async function filesFor(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const isGlob = (pattern: string) => /[*?[\]{}()!]/.test(pattern);
  const plain = patterns.filter((pattern) => !isGlob(pattern)).map((pattern) => join(root, pattern));
  return [...new Set([...plain, ...(await matchingFiles(root, patterns.filter(isGlob)))])];
}

/** All values by name; where files share a name, that of the last one. */
function merged<T>(records: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}

/** When the file was last written; 0 where there is none. */
async function changedAtMs(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return 0;
    throw error;
  }
}
