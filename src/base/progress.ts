/** How far a long operation is. `totalBytes` is absent while it isn't known. */
export interface Progress {
  readonly step: string;
  readonly doneBytes: number;
  readonly totalBytes?: number;
  /** Of late, where it was measured. */
  readonly bytesPerSecond?: number;
}

/** What every long operation takes: a listener for its progress and a signal to cancel it. */
export interface OperationOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The speed is that of so many last milliseconds. */
const WINDOW_MS = 4000;
/** What is shorter says nothing. */
const SHORTEST_MS = 500;

/** A listener that adds how fast the bytes come to each progress. */
export function withSpeed(listener: (progress: Progress) => void, now = () => performance.now()) {
  let seen: { readonly at: number; readonly doneBytes: number }[] = [];
  let step = '';
  return (progress: Progress): void => {
    const last = seen.at(-1);
    if (progress.step !== step || (last && progress.doneBytes < last.doneBytes)) seen = [];
    step = progress.step;
    const at = now();
    seen.push({ at, doneBytes: progress.doneBytes });
    while ((seen[1]?.at ?? at) < at - WINDOW_MS) seen.shift();
    const first = seen[0];
    const elapsedMs = first ? at - first.at : 0;
    const bytesPerSecond =
      first && elapsedMs >= SHORTEST_MS ? ((progress.doneBytes - first.doneBytes) / elapsedMs) * 1000 : 0;
    listener(bytesPerSecond > 0 ? { ...progress, bytesPerSecond } : progress);
  };
}
