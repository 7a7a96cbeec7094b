import { pythonText } from './words.ts';

export interface LoadedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** The files of a version, as a program sees them: `path` is that of the file where there is only one, and of their folder otherwise. */
export class LoadedFiles {
  readonly #files: readonly LoadedFile[];

  constructor(files: readonly LoadedFile[]) {
    this.#files = files;
  }

  /** Of the files that match, the one nearest to the root, then the largest. */
  main(matches: RegExp): string | undefined {
    return this.#files
      .filter(({ path }) => matches.test(path) && !isOfTraining(path))
      .toSorted((a, b) => depthOf(a.path) - depthOf(b.path) || b.sizeBytes - a.sizeBytes)[0]?.path;
  }

  all(matches: RegExp): readonly string[] {
    return this.#files.filter(({ path }) => matches.test(path) && !isOfTraining(path)).map(({ path }) => path);
  }

  /** The folder of the file with this name that is nearest to the root; empty for the root. */
  folderWith(name: string): string | undefined {
    const found = this.#files
      .map(({ path }) => path)
      .filter((path) => path === name || path.endsWith(`/${name}`))
      .toSorted((a, b) => depthOf(a) - depthOf(b))[0];
    return found?.slice(0, -name.length).replace(/\/$/, '');
  }

  has(matches: RegExp): boolean {
    return this.#files.some(({ path }) => matches.test(path));
  }

  get largest(): string | undefined {
    return this.main(/./);
  }

  /** An expression of Python for a file, where `files` is what `model-registry path` prints. */
  file(path: string): string {
    return this.#files.length === 1 ? 'files' : `files / ${pythonText(path)}`;
  }

  folder(path: string): string {
    if (this.#files.length === 1) return 'files.parent';
    return path === '' ? 'files' : `files / ${pythonText(path)}`;
  }
}

function depthOf(path: string): number {
  return path.split('/').length;
}

/** What trainers keep beside the weights, to go on. */
function isOfTraining(path: string): boolean {
  return /(^|\/)(optimizer|scheduler|scaler|training_args|rng_state(_\d+)?)\.(bin|pt|pth)$/.test(path);
}
