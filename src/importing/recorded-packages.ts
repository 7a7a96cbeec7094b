import * as v from 'valibot';
import type { PythonEnvironment } from '../registry/api/registering.ts';
import { readYaml } from '../runs/parse-yaml.ts';
import { pathBelow } from '../runs/paths.ts';
import { RunFileInvalid, type RunFiles } from '../runs/run-files.ts';
import type { FoundVersion, SourceKind } from './found.ts';
import { parseRequirements } from './requirements.ts';

const MAX_BYTES = 1024 * 1024;

const pythonEnvSchema = v.object({ python: v.string() });
const condaSchema = v.object({ dependencies: v.array(v.unknown()) });
const pipSchema = v.object({ pip: v.array(v.string()) });

/** What a source recorded of the packages of a version, and what it didn't. */
export interface RecordedPackages {
  readonly environment: PythonEnvironment;
  readonly why: string | undefined;
}

/**
 * The packages that MLflow put beside a model (`requirements.txt` and `python_env.yaml`, or `conda.yaml` alone), or that W&B saw in the environment of the run.
 * Undefined where there are none. Throws `RunFileInvalid`.
 */
export async function recordedPackages(
  source: SourceKind,
  { paths, run }: FoundVersion,
  files: RunFiles,
): Promise<RecordedPackages | undefined> {
  if (source === 'mlflow' && paths.length === 1) return ofMlflow(paths[0] ?? '', files);
  if (source === 'wandb' && run) return ofWandb(pathBelow(run.place, 'files/requirements.txt'), files);
  return undefined;
}

async function ofMlflow(model: string, files: RunFiles): Promise<RecordedPackages | undefined> {
  const text = await files.readText(pathBelow(model, 'requirements.txt'), MAX_BYTES);
  const conda = v.safeParse(condaSchema, await readYaml(pathBelow(model, 'conda.yaml'), files));
  const inConda = conda.success ? conda.output.dependencies : [];
  const lines = text?.split('\n') ?? inConda.flatMap((entry) => (v.is(pipSchema, entry) ? entry.pip : []));
  const { packages, others } = parseRequirements(lines);
  if (packages.length === 0) return undefined;
  const env = v.safeParse(pythonEnvSchema, await readYaml(pathBelow(model, 'python_env.yaml'), files));
  const python = env.success ? env.output.python : pythonOf(inConda);
  const unpinned = others === 0 ? '' : `, ${others} of them without a version`;
  return {
    environment: { packages, ...(python !== undefined && isVersion(python) ? { python } : {}) },
    why: `MLflow recorded the packages that loading the model needs${unpinned}, and no others`,
  };
}

async function ofWandb(path: string, files: RunFiles): Promise<RecordedPackages | undefined> {
  const text = await files.readText(path, MAX_BYTES);
  const { packages, others } = parseRequirements(text?.split('\n') ?? []);
  if (packages.length === 0) return undefined;
  const why = others === 0 ? undefined : `W&B recorded ${others} packages without a version`;
  return { environment: { packages }, why };
}

/** `python=3.11.7` among what conda installs. */
function pythonOf(dependencies: readonly unknown[]): string | undefined {
  for (const entry of dependencies) {
    const version = typeof entry === 'string' ? /^python={1,2}([^=]+)/.exec(entry)?.[1] : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}

function isVersion(text: string): boolean {
  return /^\d+(?:\.\d+){0,3}[\w.+-]{0,32}$/.test(text);
}

/** As `recordedPackages`, where a file that isn't what it should be is told of and left out. */
export async function packagesOrProblem(
  source: SourceKind,
  version: FoundVersion,
  files: RunFiles,
  problems: string[],
): Promise<RecordedPackages | undefined> {
  try {
    return await recordedPackages(source, version, files);
  } catch (error) {
    if (!(error instanceof RunFileInvalid)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
