import { Presets, SingleBar } from 'cli-progress';
import type { OperationOptions } from '../base/progress.ts';
import { bytesText } from './format/values.ts';

const SHOWN_AFTER_MS = 500;

/** A bar on standard error where that is a terminal, once the operation has taken half a second. */
export async function progressBar<T>(
  isQuiet: boolean,
  signal: AbortSignal,
  use: (options: OperationOptions) => Promise<T>,
): Promise<T> {
  if (isQuiet || !process.stderr.isTTY) return use({ signal });
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  try {
    return await use({
      signal,
      onProgress({ step, doneBytes, totalBytes }) {
        if (performance.now() - startedAt < SHOWN_AFTER_MS) return;
        const payload = { step, done: bytesText(doneBytes), total: totalBytes === undefined ? '' : ` of ${bytesText(totalBytes)}` };
        if (!bar) {
          const format = totalBytes === undefined ? '{step} {done}' : '{step} {bar} {done}{total}';
          bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
          bar.start(totalBytes ?? 1, 0, payload);
        }
        bar.update(totalBytes === undefined ? 0 : doneBytes, payload);
      },
    });
  } finally {
    bar?.stop();
  }
}
