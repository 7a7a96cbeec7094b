import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { condaEnvironment } from './conda.ts';
import { foldersAbove } from './folders-above.ts';
import { headOf, isFile, isFolder, namesIn } from './small-file.ts';

const MAX_LINE_BYTES = 4096;
const MAX_PROJECT_BYTES = 256 * 1024;

/**
 * Environments that belong to a folder, in the order in which they are taken: those in it, then those that Poetry and Pipenv keep
 * elsewhere for it; then those of the folders above, up to the root of the repository.
 */
export function projectEnvironments(root: string, env: NodeJS.ProcessEnv): readonly string[] {
  return foldersAbove(root).flatMap((folder) => [
    ...ofUv(folder, env),
    ...['.venv', 'venv', 'env'].map((name) => join(folder, name)).filter(isEnvironment),
    ...pixi(folder, 'default'),
    ...ofPdm(folder),
    ...ofPoetry(folder, env),
    ...ofPipenv(folder, env),
  ]);
}

/** The environment in which a tool runs a command, where it leaves the active one aside: uv, pixi and conda. */
export function environmentOfTool(words: readonly string[], root: string, env: NodeJS.ProcessEnv): string | undefined {
  const [program = '', ...args] = words;
  const tool = (program.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|bat|cmd)$/i, '').toLowerCase();
  if (args[0] !== 'run') return undefined;
  const folders = foldersAbove(root);
  if (tool === 'uv' && !args.includes('--active'))
    return folders.flatMap((folder) => [...ofUv(folder, env), ...[join(folder, '.venv')].filter(isEnvironment)])[0];
  if (tool === 'pixi') {
    const name = optionIn(args, ['-e', '--environment']) ?? 'default';
    return folders.flatMap((folder) => pixi(folder, name))[0];
  }
  if (/^(?:conda|mamba|micromamba)$/.test(tool)) {
    const prefix = optionIn(args, ['-p', '--prefix']);
    if (prefix !== undefined) return isAbsolute(prefix) ? prefix : join(root, prefix);
    const name = optionIn(args, ['-n', '--name']);
    return name === undefined ? undefined : condaEnvironment(name, env);
  }
  return undefined;
}

function optionIn(args: readonly string[], names: readonly string[]): string | undefined {
  for (const [place, arg] of args.entries()) {
    if (names.includes(arg)) return args[place + 1];
    const joined = names.find((name) => name.startsWith('--') && arg.startsWith(`${name}=`));
    if (joined !== undefined) return arg.slice(joined.length + 1);
  }
  return undefined;
}

function ofUv(folder: string, env: NodeJS.ProcessEnv): readonly string[] {
  const { UV_PROJECT_ENVIRONMENT: place } = env;
  if (!place || !isFile(join(folder, 'pyproject.toml'))) return [];
  return [isAbsolute(place) ? place : join(folder, place)].filter(isEnvironment);
}

function pixi(folder: string, name: string): readonly string[] {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) return [];
  const place = join(folder, '.pixi', 'envs', name);
  return isFolder(join(place, 'conda-meta')) ? [place] : [];
}

/** PDM notes the interpreter that it uses. */
function ofPdm(folder: string): readonly string[] {
  const interpreter = headOf(join(folder, '.pdm-python'), MAX_LINE_BYTES)?.trim();
  if (!interpreter || !isAbsolute(interpreter)) return [];
  return [dirname(dirname(interpreter))].filter(isEnvironment);
}

/** Poetry names an environment by its project's name, a hash of its place, and the Python; where there are several, the newest counts. */
function ofPoetry(folder: string, env: NodeJS.ProcessEnv): readonly string[] {
  const project = headOf(join(folder, 'pyproject.toml'), MAX_PROJECT_BYTES) ?? '';
  if (!isFile(join(folder, 'poetry.lock')) && !/^\[tool\.poetry[.\]]/m.test(project)) return [];
  const hash = hashOf(realOf(folder));
  const place = env.POETRY_VIRTUALENVS_PATH ?? join(env.POETRY_CACHE_DIR ?? cacheOf('pypoetry', env), 'virtualenvs');
  return namesIn(place)
    .filter((name) => name.includes(`-${hash}-py`))
    .map((name) => join(place, name))
    .filter(isEnvironment)
    .sort((a, b) => changedAt(b) - changedAt(a));
}

/** Pipenv writes the place of the project into each environment that it makes. */
function ofPipenv(folder: string, env: NodeJS.ProcessEnv): readonly string[] {
  if (!isFile(join(folder, 'Pipfile'))) return [];
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const data = env.XDG_DATA_HOME ?? join(home, '.local', 'share');
  const place =
    env.WORKON_HOME ??
    join(process.platform === 'win32' ? home : data, process.platform === 'win32' ? '.virtualenvs' : 'virtualenvs');
  return namesIn(place)
    .map((name) => join(place, name))
    .filter((found) => {
      const project = headOf(join(found, '.project'), MAX_LINE_BYTES)?.trim();
      return project !== undefined && project !== '' && realOf(project) === realOf(folder);
    })
    .filter(isEnvironment);
}

function isEnvironment(place: string): boolean {
  return (
    isFile(join(place, 'pyvenv.cfg')) ||
    isFolder(join(place, 'conda-meta')) ||
    isFolder(join(place, 'Lib', 'site-packages'))
  );
}

function hashOf(place: string): string {
  const normal = process.platform === 'win32' ? place.toLowerCase() : place;
  return createHash('sha256').update(normal).digest('base64url').slice(0, 8);
}

function cacheOf(name: string, env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), name, 'Cache');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', name);
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), name);
}

function realOf(place: string): string {
  try {
    return realpathSync.native(place);
  } catch {
    return place;
  }
}

function changedAt(place: string): number {
  return statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
