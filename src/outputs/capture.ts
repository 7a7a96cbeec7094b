import { relative, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
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
import { matchingFiles, placeInside, splitPattern } from './output-files.ts';

/** What is known about a run from around its outputs; handed in, because reading git and environments is lineage's. */
export interface CaptureProviders {
  readonly code: () => Promise<CodeLineage | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
  readonly metrics: (file: string) => Promise<Metrics>;
  readonly params: (file: string) => Promise<Params>;
}

export interface CaptureOptions {
  /** The folder of the project file. */
  readonly root: string;
  readonly name: string;
  readonly model: ProjectModel;
  readonly providers: CaptureProviders;
}

export interface Capture {
  readonly request: RegisterRequest;
  /** Why params, data, code or environment are missing in the request. */
  readonly problems: readonly unknown[];
}

/**
 * Puts together what is registered for a model of the project file, with the metrics from `metricsFiles`. Throws where those can't be
 * read: what a version is worth can't be left out in silence, as what else is missing can be.
 */
export async function captureOutputs(
  files: readonly string[],
  metricsFiles: readonly string[],
  options: CaptureOptions,
): Promise<Capture> {
  const { root, name, model, providers } = options;
  const problems: unknown[] = [];
  const orElse = async <T>(value: Promise<T>, fallback: T): Promise<T> => {
    try {
      return await value;
    } catch (error) {
      problems.push(error);
      return fallback;
    }
  };
  const [metrics, params, dataPaths, code, environment] = await Promise.all([
    readAll(metricsFiles, providers.metrics),
    orElse(
      matchingFiles(root, model.params).then((found) => readAll(found, providers.params)),
      {},
    ),
    orElse(dataPathsOf(root, model.data), []),
    orElse(providers.code(), undefined),
    orElse(providers.environment(), undefined),
  ]);
  return {
    problems,
    request: {
      model: name,
      paths: files,
      metrics,
      params,
      tags: model.tags,
      dataPaths,
      ...(model.description === undefined ? {} : { modelDescription: model.description }),
      ...(code ? { code } : {}),
      ...(environment ? { environment } : {}),
    },
  };
}

/** Registers what a model's outputs hold now, with the metrics that lie there. Throws `OUTPUTS_MISSING` where nothing matches. */
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
  const { request, problems } = await captureOutputs(files, await matchingFiles(root, model.metrics), options);
  if (problems.length > 0) throw problems[0];
  return registry.register(request, operation);
}

/** A declared file or folder is one entry, a glob one for each file that matches. What isn't there is left out. */
async function dataPathsOf(
  root: string,
  patterns: readonly string[],
): Promise<NonNullable<RegisterRequest['dataPaths']>> {
  const realRoot = (await placeInside(root, '.')) ?? root;
  const entries = await Promise.all(
    patterns.map(async (pattern) => {
      const { base, rest } = splitPattern(pattern);
      if (rest === '') {
        const source = await placeInside(root, base);
        return source === undefined ? [] : [{ path: base, source }];
      }
      const files = await matchingFiles(root, [pattern]);
      return files.map((file) => ({ path: relative(realRoot, file).split(sep).join('/'), source: file }));
    }),
  );
  return [...new Map(entries.flat().map((entry) => [entry.path, entry])).values()];
}

/** The values of all files by name; where files share a name, that of the last one. */
export async function readAll<T>(
  files: readonly string[],
  read: (file: string) => Promise<Readonly<Record<string, T>>>,
): Promise<Readonly<Record<string, T>>> {
  const records = await Promise.all(files.map(read));
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}
