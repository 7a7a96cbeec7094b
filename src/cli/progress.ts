import type { SingleBar } from 'cli-progress';
import { RegistryError } from '../base/errors.ts';
import { type OperationOptions, type Progress, withSpeed } from '../base/progress.ts';
import { sizeText } from '../base/size.ts';

const SHOWN_AFTER_MS = 500;
const WIDTH = 24;

/**
 * Runs a long operation that `signal` cancels, with a line on standard error that tells how far it is: where that is a terminal,
 * once it has taken half a second. Throws `OPERATION_CANCELLED`.
 */
export async function withProgress<T>(
  isQuiet: boolean,
  signal: AbortSignal,
  use: (options: OperationOptions) => Promise<T>,
): Promise<T> {
  if (signal.aborted)
    throw new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.');
  if (isQuiet || !process.stderr.isTTY) return use({ signal });
  const { SingleBar } = await import('cli-progress');
  const startedAt = performance.now();
  let bar: SingleBar | undefined;
  try {
    return await use({
      signal,
      onProgress: withSpeed((progress) => {
        if (performance.now() - startedAt < SHOWN_AFTER_MS) return;
        if (!bar) {
          bar = new SingleBar({
            format: (_options, _params, payload: Progress) => progressText(payload),
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
          });
          bar.start(1, 0, progress);
        }
        bar.update(0, progress);
      }),
    });
  } finally {
    bar?.stop();
  }
}

/** `Restoring ████████░░░░ 1.2 GB of 3.6 GB, 80 MB/s`, without the bar where the total isn't known. */
export function progressText({ step, doneBytes, totalBytes, bytesPerSecond }: Progress): string {
  if (totalBytes === undefined) return doneBytes === 0 ? step : `${step} ${sizeText(doneBytes)}`;
  const part = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const full = Math.floor(part * WIDTH);
  const speed = bytesPerSecond === undefined ? '' : `, ${sizeText(bytesPerSecond)}/s`;
  return `${step} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${sizeText(doneBytes)} of ${sizeText(totalBytes)}${speed}`;
}
