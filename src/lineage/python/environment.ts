import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { comparedPackageName } from '../../base/package-name.ts';
import type { FoundBy } from '../../catalog/read-models/lineage.ts';
import type { PythonEnvironment } from '../../registry/api/registering.ts';
import { condaPackages } from './conda.ts';
import { type InstalledPackage, installedIn, type Origin } from './installed.ts';
import { projectEnvironments } from './project-environments.ts';
import { packageFolders, pythonNameOf } from './search-path.ts';
import { headOf, isFolder } from './small-file.ts';

const MAX_CONFIG_BYTES = 16 * 1024;

export interface EnvironmentRequest {
  /** The folder that is worked in. */
  readonly root: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The environment that the command runs in, where that is known. */
  readonly prefix?: string | undefined;
  /** The one that was chosen in the editor. */
  readonly editorPrefix?: string | undefined;
}

/** An environment with where its packages come from, which is still to be looked into. */
export interface FoundEnvironment extends Omit<PythonEnvironment, 'sources'> {
  readonly origins: readonly { readonly name: string; readonly origin: Origin }[];
}

/**
 * The Python packages that a run uses, read from their metadata without starting Python: of the command's environment, else of the one
 * chosen in the editor, else of the active one (`VIRTUAL_ENV`, `CONDA_PREFIX`), else of the folder's own. Undefined where there is none.
 */
export function readPythonEnvironment(request: EnvironmentRequest): FoundEnvironment | undefined {
  const { env = {} } = request;
  for (const { prefix, foundBy } of places(request)) {
    const folders = packageFolders(prefix, env);
    const conda = condaPackages(prefix);
    if (folders.length === 0 && conda.length === 0) continue;
    const installed = installedIn(folders);
    const names = new Set(installed.map(({ name }) => comparedPackageName(name)));
    const others = conda.filter(({ name }) => name !== 'python' && !names.has(comparedPackageName(name)));
    const python = pythonVersion(prefix, conda, folders[0]?.folder ?? '');
    return {
      foundBy,
      packages: [...installed.map(plain), ...others].sort(byName),
      ...(python === undefined ? {} : { python }),
      ...(others.length === 0 ? {} : { conda: others.map(({ name }) => name) }),
      origins: installed.flatMap(({ name, origin }) => (origin ? [{ name, origin }] : [])),
    };
  }
  return undefined;
}

interface Place {
  readonly prefix: string;
  readonly foundBy: FoundBy;
}

function places({ root, env = {}, prefix, editorPrefix }: EnvironmentRequest): readonly Place[] {
  const found: Place[] = [];
  const add = (place: string | undefined, foundBy: FoundBy) => {
    if (place) found.push({ prefix: place, foundBy });
  };
  add(prefix, 'command');
  add(editorPrefix, 'editor');
  add(env.VIRTUAL_ENV, 'active');
  // Conda's own environment is often active without anybody having chosen it.
  const isBase = env.CONDA_DEFAULT_ENV === 'base';
  if (!isBase) add(env.CONDA_PREFIX, 'active');
  for (const place of projectEnvironments(root, env)) add(place, 'project');
  if (isBase) add(env.CONDA_PREFIX, 'active');
  return found;
}

function plain({ name, version }: InstalledPackage): { readonly name: string; readonly version: string } {
  return { name, version };
}

function pythonVersion(
  prefix: string,
  conda: readonly { readonly name: string; readonly version: string }[],
  sitePackages: string,
): string | undefined {
  const config = headOf(join(prefix, 'pyvenv.cfg'), MAX_CONFIG_BYTES) ?? '';
  const exact = /^version(?:_info)?\s*=\s*(\d+(?:\.\d+)+)/m.exec(config)?.[1];
  const name = pythonNameOf(sitePackages);
  return (
    exact ??
    conda.find((entry) => entry.name === 'python')?.version ??
    (name === undefined ? undefined : (installedVersion(prefix, name) ?? name.replace(/^python|t$/g, '')))
  );
}

/** Of an installation: by its headers, or by the folder that uv and pyenv put it in. */
function installedVersion(prefix: string, name: string): string | undefined {
  const header = headOf(join(prefix, 'include', name, 'patchlevel.h'), MAX_CONFIG_BYTES) ?? '';
  const stated = /^#define\s+PY_VERSION\s+"([\w.+]+)"/m.exec(header)?.[1];
  if (stated !== undefined) return stated;
  const place = isFolder(prefix) ? realpathSync.native(prefix) : prefix;
  const version = /[\\/](?:c?python-|pypy-)?(3\.\d+\.\d+)(?:-[\w-]+)?$/i.exec(place)?.[1];
  return version?.startsWith(name.replace(/^python|t$/g, '')) ? version : undefined;
}

/** By normalised name, then by version. */
function byName(a: InstalledPackage, b: InstalledPackage): number {
  const left = `${comparedPackageName(a.name)} ${a.version}`;
  const right = `${comparedPackageName(b.name)} ${b.version}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
