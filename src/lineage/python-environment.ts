import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import type { PackageVersion, PythonEnvironment } from '../registry/api.ts';

const HEAD_BYTES = 16 * 1024;
const MAX_PACKAGES = 3000;
const FILES_AT_ONCE = 16;

/**
 * The Python packages of a workspace, read from their metadata without starting Python: of `prefix`, else of the active environment where
 * `env` names one (`VIRTUAL_ENV`, `CONDA_PREFIX`), else of `.venv`, `venv` or `env` in the folder. Undefined where there is none.
 */
export async function readPythonEnvironment(options: {
  readonly root: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The environment that is meant, where it is known. */
  readonly prefix?: string;
}): Promise<PythonEnvironment | undefined> {
  const { root, env = {}, prefix: known } = options;
  const places = [
    known,
    env.VIRTUAL_ENV,
    env.CONDA_PREFIX,
    ...['.venv', 'venv', 'env'].map((name) => join(root, name)),
  ];
  for (const prefix of places) {
    if (!prefix) continue;
    const folders = await sitePackages(prefix);
    if (folders.length === 0) continue;
    const found = (await Promise.all(folders.map(packagesIn))).flat();
    const packages = [...new Map(found.map((entry) => [`${entry.name}==${entry.version}`, entry])).values()].sort(
      byName,
    );
    const python = await pythonVersion(prefix, folders[0] ?? '');
    return { packages, ...(python === undefined ? {} : { python }) };
  }
  return undefined;
}

async function sitePackages(prefix: string): Promise<readonly string[]> {
  const lib = join(prefix, 'lib');
  const pythons = (await namesIn(lib)).filter((name) => /^python3\.\d+t?$/.test(name));
  const candidates = [...pythons.map((name) => join(lib, name, 'site-packages')), join(prefix, 'Lib', 'site-packages')];
  const present = await Promise.all(candidates.map(async (folder) => ((await isFolder(folder)) ? [folder] : [])));
  return present.flat();
}

async function packagesIn(folder: string): Promise<readonly PackageVersion[]> {
  const infos = (await namesIn(folder)).filter((name) => name.endsWith('.dist-info')).slice(0, MAX_PACKAGES);
  const found: PackageVersion[] = [];
  for (let start = 0; start < infos.length; start += FILES_AT_ONCE) {
    const batch = infos.slice(start, start + FILES_AT_ONCE);
    found.push(...(await Promise.all(batch.map((name) => packageOf(join(folder, name, 'METADATA'))))).flat());
  }
  return found;
}

/** Name and version from the header of a METADATA file (PyPA core metadata). */
async function packageOf(file: string): Promise<readonly PackageVersion[]> {
  const [header = ''] = (await headOf(file)).split(/\r?\n\r?\n/, 1);
  const name = /^Name:\s*([\w.-]+)\s*$/im.exec(header)?.[1];
  const version = /^Version:\s*([\w.+!-]+)\s*$/im.exec(header)?.[1];
  if (name === undefined || version === undefined || name.length > 256 || version.length > 256) return [];
  return [{ name, version }];
}

async function pythonVersion(prefix: string, sitePackagesFolder: string): Promise<string | undefined> {
  const config = await headOf(join(prefix, 'pyvenv.cfg'));
  const exact = /^version(?:_info)?\s*=\s*(\d+(?:\.\d+)+)/m.exec(config)?.[1];
  return exact ?? /python(3\.\d+)t?[\\/]site-packages$/.exec(sitePackagesFolder)?.[1];
}

/** By normalised name (PEP 503), then by version. */
function byName(a: PackageVersion, b: PackageVersion): number {
  const left = `${a.name.toLowerCase().replace(/[-_.]+/g, '-')} ${a.version}`;
  const right = `${b.name.toLowerCase().replace(/[-_.]+/g, '-')} ${b.version}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

async function headOf(file: string): Promise<string> {
  try {
    // Opening a pipe would wait for ever.
    if (!(await stat(file)).isFile()) return '';
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    // A package without readable metadata can't be named, an environment without its configuration is as good.
    return '';
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return [];
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
