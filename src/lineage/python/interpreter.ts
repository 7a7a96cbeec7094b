import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { isReachable } from '../../storage/is-there.ts';
import { environmentOfTool } from './project-environments.ts';
import { pyenvPrefix } from './pyenv.ts';
import { headOf } from './small-file.ts';

const PYTHON = /^(?:python|pypy)[\d.]*(?:\.exe)?$/i;
/** Starts a program of the project's own environment, which lies in the folder. */
const OF_PROJECT = /^(?:uv|poetry|pipenv|pdm|hatch|pixi|rye|conda|mamba|micromamba)(?:\.exe|\.bat|\.cmd)?$/i;
/** Programs that start the one named behind them. */
const IN_FRONT = /^(?:env|nohup|time|nice|caffeinate|stdbuf)$/;

/**
 * The folder of the Python installation or environment that a command will run in: that of the interpreter it names, or of a script
 * that is installed beside one (`accelerate`, `torchrun`). Undefined where the command doesn't tell.
 */
export async function interpreterPrefix(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const start = command.findIndex((word) => !/^\w+=/.test(word) && !IN_FRONT.test(nameOf(word)));
  const words = start === -1 ? [] : command.slice(start);
  const [program] = words;
  if (program === undefined) return undefined;
  if (OF_PROJECT.test(nameOf(program))) return environmentOfTool(words, cwd, env);
  const file = await executable(program, cwd, env);
  if (file === undefined) return undefined;
  const byPyenv = pyenvPrefix(file, cwd, env);
  if (byPyenv !== undefined) return byPyenv;
  if (PYTHON.test(nameOf(file))) return prefixOf(file);
  // Nearly everything lies beside a system's Python: only in an environment that tells of what a script runs in.
  const around = folderAround(file);
  if (await isEnvironment(around)) return around;
  const interpreter = /^#!\s*(\/\S*\/(?:python|pypy)[\d.]*)\s*$/m.exec(
    (headOf(file, 256) ?? '').split('\n', 1)[0] ?? '',
  )?.[1];
  return interpreter === undefined ? undefined : prefixOf(interpreter);
}

async function prefixOf(interpreter: string): Promise<string> {
  const around = folderAround(interpreter);
  // In an environment the interpreter is a link out of it: only without a pyvenv.cfg does the link lead to the installation.
  if (await isEnvironment(around)) return around;
  return folderAround(await realpath(interpreter).catch(() => interpreter));
}

function folderAround(file: string): string {
  const folder = dirname(file);
  return /^(?:bin|scripts)$/i.test(nameOf(folder)) ? dirname(folder) : folder;
}

async function isEnvironment(prefix: string): Promise<boolean> {
  return (await isReachable(join(prefix, 'pyvenv.cfg'))) || (await isReachable(join(prefix, 'conda-meta')));
}

/** The folder of the installation or environment that a path means: an interpreter, or the folder itself. */
export async function environmentAt(path: string): Promise<string | undefined> {
  if (!isAbsolute(path)) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : interpreterPrefix([path], dirname(path), {});
}

async function executable(program: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  if (program.includes('/') || program.includes(sep)) {
    for (const suffix of suffixes) {
      const file = resolve(cwd, program + suffix);
      if (await isReachable(file)) return file;
    }
    return undefined;
  }
  for (const folder of pathOf(env).split(delimiter)) {
    for (const suffix of suffixes) {
      const file = join(folder, program + suffix);
      if (folder !== '' && (await isProgram(file))) return file;
    }
  }
  return undefined;
}

/** Windows spells it `Path`, and doesn't mind; a copy of the environment does. */
function pathOf(env: NodeJS.ProcessEnv): string {
  return env.PATH ?? Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
