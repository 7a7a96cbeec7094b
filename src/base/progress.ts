/** How far a long operation is. `totalBytes` is absent while it isn't known. */
export interface Progress {
  readonly step: string;
  readonly doneBytes: number;
  readonly totalBytes?: number;
}

/** What every long operation takes: a listener for its progress and a signal to cancel it. */
export interface OperationOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
