import type { VersionDetails } from '../../catalog/read-models/versions.ts';

/** A model card among the files of a version; `problem` where it can't be read. */
export type CardFile =
  | { readonly path: string; readonly text: string; readonly isCut: boolean }
  | { readonly path: string; readonly problem: string };

export interface CardAnswer {
  readonly version: VersionDetails;
  /** What is recorded, as a card in Markdown with places for what only a person can say. */
  readonly draft: string;
  /** The card as a file of its own, and where it is from: the description, a file of the version, or the draft where there is neither. */
  readonly document: string;
  readonly source: 'description' | 'file' | 'draft';
  readonly file?: CardFile;
}
