/** A table as it is printed and written. */
export interface Table {
  readonly title: string;
  readonly note?: string;
  /** The first column names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Measured values by name, for the table of targets. */
export type Facts = Readonly<Record<string, number>>;

/** What one group of benchmarks found out. */
export interface Results {
  readonly tables: readonly Table[];
  readonly facts: Facts;
}

export interface GroupOptions {
  /** Numbers of versions. */
  readonly sizes: readonly number[];
  /** How often each thing is done. */
  readonly runs: number;
  readonly onProgress: (text: string) => void;
}

/** Benchmarks that belong together. */
export interface Group {
  readonly name: string;
  /** What is measured where the command line doesn't say. */
  readonly sizes: readonly number[];
  readonly run: (options: GroupOptions) => Promise<Results>;
}
