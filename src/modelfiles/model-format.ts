import type { ModelFacts } from './facts.ts';
import type { FileSet } from './file-set.ts';

/** How surely a model's files are all there: by their own account, only because nothing contradicts it, or not. */
export type Completeness =
  | { readonly kind: 'complete' }
  | { readonly kind: 'plausible' }
  | { readonly kind: 'incomplete'; readonly path: string; readonly why: string };

/**
 * One format of model files. Nothing of a file is executed or unpickled, and a file that lies is a `problem`, never a crash. Whatever
 * the bytes, a call ends within a second and has less than 256 MB in memory.
 */
export interface ModelFormat {
  /** Stable, for programs. */
  readonly id: string;
  /** For a person. */
  readonly label: string;
  /**
   * The files of the set that are of this format, by name and first bytes; for a format of folders, all that belong to it. `undefined`
   * where there are none. Reads a few kilobytes of a file at most. A name that no other kind of file has (`.safetensors`, `.gguf`) is
   * enough, so that an unfinished file is recognised; one that others have too (`.bin`, `.json`) isn't.
   */
  recognise(set: FileSet): Promise<readonly string[] | undefined>;
  /** Whether these files, as recognised, are whole. Reads headers and ends only. May throw `MODEL_FILE_INVALID`, which counts as incomplete. */
  completeness(set: FileSet, paths: readonly string[]): Promise<Completeness>;
  /** Reads headers, never all bytes. Throws `MODEL_FILE_INVALID` where the files aren't what they seem. */
  facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts>;
}
