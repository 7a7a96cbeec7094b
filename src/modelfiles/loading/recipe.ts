import type { LoadedFiles } from './loaded-files.ts';

/** What is known of a model when somebody wants to load it. */
export interface Loadable {
  readonly files: LoadedFiles;
  readonly format: string | undefined;
  readonly framework: string | undefined;
  readonly architecture: string | undefined;
  readonly isTorchScript: boolean;
  /** Whether the packages that it was made with have this one; undefined where they aren't known. */
  readonly hasPackage: (name: string) => boolean | undefined;
  /** Reference of the version that it was made from, where that is in the registry. */
  readonly base: string | undefined;
}

/** How a program loads it. `files` is the path that the registry gives. */
export interface Recipe {
  /** What loads it, for a person. */
  readonly loader: string;
  readonly imports: readonly string[];
  readonly lines: readonly string[];
  /** Names on PyPI. */
  readonly packages: readonly string[];
  readonly notes?: readonly string[];
  /** What the command line does with the file of this path, or with the folder where it is empty, once it is there. */
  readonly command?: { readonly path: string; readonly text: (place: string) => string };
}

export const PICKLE_NOTE =
  'Loading files like these can run code that they bring along. “What loading runs” says what was found; load only what you trust.';
