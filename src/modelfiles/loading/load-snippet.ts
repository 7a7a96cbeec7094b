import { comparedPackageName } from '../../base/package-name.ts';
import { recipeFor } from './frameworks.ts';
import { loadedFormat } from './guess-format.ts';
import { type LoadedFile, LoadedFiles } from './loaded-files.ts';
import type { Recipe } from './recipe.ts';
import { pythonText, shellWord } from './words.ts';

/** How somebody gets a version's files and loads them. */
export interface LoadSnippet {
  /** What is loaded: `fraud-detector@7`. */
  readonly ref: string;
  /** What loads it, for a person; absent where that isn't known. */
  readonly loader?: string;
  readonly commandLine: string;
  readonly python: string;
  /** What to know before. */
  readonly notes: readonly string[];
}

export interface SnippetSubject {
  readonly ref: string;
  readonly files: readonly LoadedFile[];
  /** What its files say, as far as it is known. */
  readonly facts?: {
    readonly format: string;
    readonly framework?: { readonly name: string; readonly version?: string };
    readonly architecture?: string;
    readonly metadata?: Readonly<Record<string, string>>;
  };
  /** The packages that it was made with, as far as they are known. */
  readonly packages?: readonly { readonly name: string; readonly version: string }[];
  /** Reference of the version that it was made from. */
  readonly base?: string;
}

/** What can be pasted into a terminal and into Python to use a version. Everything in it that others wrote is quoted. */
export function loadSnippet({ ref, files: listed, facts, packages = [], base }: SnippetSubject): LoadSnippet {
  const files = new LoadedFiles(listed);
  const versions = new Map(packages.map(({ name, version }) => [comparedPackageName(name), version]));
  const recipe = recipeFor({
    files,
    format: loadedFormat(files, facts?.format),
    framework: facts?.framework?.name,
    architecture: facts?.architecture,
    isTorchScript: facts?.metadata?.archive === 'TorchScript',
    hasPackage: (name) => (packages.length === 0 ? undefined : versions.has(name)),
    base,
  });
  return {
    ref,
    ...(recipe ? { loader: recipe.loader } : {}),
    commandLine: commandLineOf(ref, recipe, versions),
    python: pythonOf(ref, recipe),
    notes: recipe ? (recipe.notes ?? []) : ['The format of these files isn’t known, so this only gets them.'],
  };
}

function commandLineOf(ref: string, recipe: Recipe | undefined, versions: ReadonlyMap<string, string>): string {
  const word = shellWord(ref, 'MODEL@VERSION');
  const folder = word === ref ? ref.replace(/[^\w.]+/g, '-') : 'FOLDER';
  const installed = (recipe?.packages ?? []).map((name) => {
    const version = versions.get(comparedPackageName(name));
    // Local builds (`2.4.1+cu124`) aren't where pip looks.
    return version !== undefined && /^[0-9][0-9A-Za-z.]*$/.test(version) ? `${name}==${version}` : name;
  });
  return [
    `model-registry pull ${word} --to ${folder}`,
    ...(installed.length === 0 ? [] : [`pip install ${installed.join(' ')}`]),
    ...(recipe?.command ? [recipe.command.text(placeBelow(folder, recipe.command.path))] : []),
  ].join('\n');
}

function placeBelow(folder: string, path: string): string {
  return path === '' ? folder : shellWord(`${folder}/${path}`, `${folder}/FILE`);
}

function pythonOf(ref: string, recipe: Recipe | undefined): string {
  return [
    'import shutil',
    'import subprocess',
    'from pathlib import Path',
    '',
    ...(recipe ? [...recipe.imports, ''] : []),
    '',
    'def from_registry(version):',
    '    """The files of a version, verified; the file itself where there is only one."""',
    '    command = shutil.which("model-registry") or "model-registry"',
    '    return Path(subprocess.check_output([command, "path", version], encoding="utf-8").strip())',
    '',
    '',
    `files = from_registry(${pythonText(ref)})`,
    ...(recipe?.lines ?? []),
  ].join('\n');
}
