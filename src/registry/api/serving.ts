/** What a machine says that it serves (docs/format.md, "What machines serve"). A claim of whoever may create blobs. */
export interface ServingReport {
  readonly machine: string;
  /** What it follows, such as `fraud-detector@production`. */
  readonly ref: string;
  readonly model: string;
  /** What is there now; absent where nothing is. */
  readonly serving?: { readonly version: string; readonly artifact: string; readonly since: string };
  /** What it was to serve and doesn't, and why. */
  readonly refused?: { readonly version: string; readonly why: string };
  /** It doesn't follow any more, in good order. */
  readonly isStopped: boolean;
  /** After so many seconds it reports again at the latest. */
  readonly againAfter: number;
}

/** What a serving machine said last (`follow --report`), beside what it should serve. A claim of that machine. */
export interface ServingMachine {
  /** Of the machine and the place that it keeps up to date there. */
  readonly id: string;
  readonly machine: string;
  /** What it follows, such as `fraud-detector@production`. */
  readonly ref: string;
  readonly model: string;
  readonly modelId: string;
  /** `silent`: it should have reported since. `stopped`: it has said that it doesn't follow any more. */
  readonly state: 'serving' | 'stopped' | 'silent';
  readonly heardAt: string;
  /** What it serves, by its number where this registry knows it; absent where it serves nothing. */
  readonly version?: { readonly id: string; readonly number?: number };
  readonly artifact?: string;
  readonly since?: string;
  /** Where the reference leads now. */
  readonly wanted?: { readonly id: string; readonly number: number; readonly artifact: string };
  /** It serves other files than those that it should. */
  readonly isDrift: boolean;
  /** What it tried to serve and went back from, and why. */
  readonly refused?: { readonly id: string; readonly number?: number; readonly why: string };
}

export interface ServingRequest {
  /** Only machines that follow this model. */
  readonly model?: string;
  /** Unless false, the storage is asked for new reports. */
  readonly isFresh?: boolean;
}
