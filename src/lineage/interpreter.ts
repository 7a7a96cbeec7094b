import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';

const PYTHON = /^(?:python|pypy)[\d.]*(?:\.exe)?$/i;
/** Starts a program of the project's own environment, which lies in the folder. */
const OF_PROJECT = /^(?:uv|poetry|pipenv|pdm|hatch|pixi|rye)(?:\.exe)?$/i;

/**
 * The folder of the Python installation or environment that a command will run in: that of the interpreter it names, or of a script
 * that is installed beside one (`accelerate`, `torchrun`). Undefined where the command doesn't tell.
 */
export async function interpreterPrefix(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const words = command.filter((word) => !/^\w+=/.test(word));
  const program = words[0] === 'env' ? words[1] : words[0];
  if (program === undefined || OF_PROJECT.test(nameOf(program))) return undefined;
  const file = await executable(program, cwd, env);
  if (file === undefined) return undefined;
  const folder = dirname(file);
  const isPython =
    PYTHON.test(nameOf(file)) || (await isThere(join(folder, process.platform === 'win32' ? 'python.exe' : 'python')));
  if (!isPython) return undefined;
  // In an environment the interpreter is a link out of it: only without a pyvenv.cfg does the link lead to the installation.
  const prefix = /^(?:bin|scripts)$/i.test(nameOf(folder)) ? dirname(folder) : folder;
  if (await isThere(join(prefix, 'pyvenv.cfg'))) return prefix;
  if (await isThere(join(prefix, 'conda-meta'))) return prefix;
  const real = await realpath(file).catch(() => file);
  return dirname(dirname(real));
}

/** The folder of the installation or environment that a path means: an interpreter, or the folder itself. */
export async function environmentAt(path: string): Promise<string | undefined> {
  if (!isAbsolute(path)) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : interpreterPrefix([path], dirname(path), {});
}

async function executable(program: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (program.includes('/') || program.includes(sep)) {
    const file = isAbsolute(program) ? program : resolve(cwd, program);
    return (await isThere(file)) ? file : undefined;
  }
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const suffix of suffixes) {
      const file = join(folder, program + suffix);
      if (folder !== '' && (await isProgram(file))) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
