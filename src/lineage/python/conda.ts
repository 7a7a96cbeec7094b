import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { headOf, isFolder, namesIn } from './small-file.ts';

const MAX_PACKAGES = 3000;
const MAX_LIST_BYTES = 256 * 1024;

/** Packages of a conda environment by the names of their records, `NAME-VERSION-BUILD.json`: neither version nor build has a hyphen. */
export function condaPackages(prefix: string): readonly { readonly name: string; readonly version: string }[] {
  return namesIn(join(prefix, 'conda-meta'))
    .slice(0, MAX_PACKAGES)
    .flatMap((file) => {
      const [, name, version] = /^([\w.-]{1,256})-([\w.!+]{1,128})-[\w.]+\.json$/.exec(file) ?? [];
      return name === undefined || version === undefined ? [] : [{ name, version }];
    });
}

/** The environment that `conda run -n NAME` means: beside the active one, in the home folder, or in conda's own list. */
export function condaEnvironment(name: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) return undefined;
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const root = rootOf(env);
  const listed = (headOf(join(home, '.conda', 'environments.txt'), MAX_LIST_BYTES) ?? '').split(/\r?\n/);
  const installations = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'].map((folder) =>
    join(home, folder),
  );
  const roots = [...(root === undefined ? [] : [root]), ...installations];
  const places =
    name === 'base'
      ? roots
      : [
          ...roots.map((folder) => join(folder, 'envs', name)),
          join(home, '.conda', 'envs', name),
          ...listed.filter((place) => place !== '' && basename(place) === name),
        ];
  return places.find((place) => isFolder(join(place, 'conda-meta')));
}

/** Where conda itself lies, as its shell integration says. */
function rootOf({ MAMBA_ROOT_PREFIX, CONDA_EXE }: NodeJS.ProcessEnv): string | undefined {
  return MAMBA_ROOT_PREFIX ?? CONDA_EXE?.replace(/[\\/](?:bin|Scripts|condabin)[\\/][^\\/]+$/i, '');
}
