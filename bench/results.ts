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
