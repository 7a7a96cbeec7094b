import type { VersionSummary } from './versions.ts';

export interface Comparison {
  readonly versions: readonly VersionSummary[];
  readonly facts: readonly ComparisonRow[];
  /** What wasn't measured of a version differs from nothing. */
  readonly metrics: readonly ComparisonRow[];
  readonly params: readonly ComparisonRow[];
  readonly tags: readonly ComparisonRow[];
  readonly evaluations: readonly ComparedDataset[];
  /** Code, run, base model and artifact. */
  readonly lineage: readonly ComparisonRow[];
  /** By place; values are digest and rows. */
  readonly data: readonly ComparisonRow[];
  /** Which of the versions have data recorded. */
  readonly hasData: readonly boolean[];
  /** Python, machine, and the files that packages were chosen by. */
  readonly environment: readonly ComparisonRow[];
  readonly dependencies: readonly ComparisonRow[];
  /** Which of the versions have their packages recorded; of the others nothing is known, so that they differ from none. */
  readonly hasDependencies: readonly boolean[];
  /** Values are `size · first digits of the digest`. */
  readonly files: readonly ComparisonRow[];
  /** Of which versions the courses of metrics were recorded. */
  readonly hasHistory: readonly boolean[];
}

/** What versions measured on one dataset. */
export interface ComparedDataset {
  /** Empty where it had no name. */
  readonly dataset: string;
  /** Of its content, where that is known: results on other content are another dataset's, whatever it is called. */
  readonly sha256?: string;
  /** Which of the versions were evaluated on it; the others differ from none. */
  readonly isMeasured: readonly boolean[];
  /** Over the whole of it. */
  readonly metrics: readonly ComparisonRow[];
  /** Over parts of it, `country=DE`. */
  readonly slices: readonly { readonly slice: string; readonly metrics: readonly ComparisonRow[] }[];
}

export interface ComparisonRow {
  readonly name: string;
  /** One for each version, in the order asked for; undefined where it has none. */
  readonly values: readonly (string | number | undefined)[];
  readonly isDifferent: boolean;
  /** Of which versions it was recorded, unless of all: of the others nobody knows whether they have it, so that they differ from none. */
  readonly isKnown?: readonly boolean[];
  /**
   * What the values are told apart by where their texts don't say it: the form and the name of data, `sha256:…`. Undefined where the content has
   * no name, so that nobody knows.
   */
  readonly names?: readonly (string | undefined)[];
  /** Of packages: the places of their versions in the order of these; undefined for what has none. */
  readonly ranks?: readonly (number | undefined)[];
}
