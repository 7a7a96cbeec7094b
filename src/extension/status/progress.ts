import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { type OperationOptions, type Progress, withSpeed } from '../../base/progress.ts';
import { told } from '../../base/retold.ts';
import { sizeText } from '../../base/size.ts';
import type { Activity } from './activity.ts';

/** What is over sooner gets no notification: it would only flash. */
const SLOW_MS = 500;

export interface WorkOptions {
  /** `Restoring fraud-detector@2` */
  readonly title: string;
  readonly isCancellable?: boolean;
  /** What is over sooner gets no notification; half a second unless given. */
  readonly slowMs?: number;
}

/** Runs something that may take long; shows its progress in a notification if it does. */
export async function withProgress<T>(
  activity: Activity,
  { title, isCancellable = false, slowMs = SLOW_MS }: WorkOptions,
  use: (operation: OperationOptions) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const end = activity.begin(title);
  let show: (progress: Progress) => void = () => undefined;
  let latest: Progress | undefined;
  const onProgress = withSpeed((progress) => {
    latest = progress;
    show(progress);
  });
  const task = use({ signal: controller.signal, onProgress }).finally(end);
  if (await isOverWithin(task, slowMs)) return task;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: isCancellable };
  await vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => controller.abort());
    let shownPercent = 0;
    show = (now) => {
      const percent = percentOf(now);
      progress.report({ message: progressText(now), increment: Math.max(0, percent - shownPercent) });
      shownPercent = Math.max(shownPercent, percent);
    };
    if (latest) show(latest);
    await Promise.allSettled([task]);
  });
  return task;
}

async function isOverWithin(task: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), timeoutMs);
  });
  const over = task.then(
    () => true,
    () => true,
  );
  const isOver = await Promise.race([over, timeout]);
  clearTimeout(timer);
  return isOver;
}

function percentOf({ doneBytes, totalBytes }: Progress): number {
  return totalBytes === undefined || totalBytes === 0 ? 0 : Math.min(100, (doneBytes / totalBytes) * 100);
}

/** `Uploading, 1.2 GB of 3.4 GB, 80 MB/s`; without bytes where there are none. */
export function progressText({ step, doneBytes, totalBytes, bytesPerSecond }: Progress): string {
  if (totalBytes === undefined && doneBytes === 0) return told(step);
  const bytes =
    totalBytes === undefined
      ? sizeText(doneBytes)
      : t('{done} of {total}', { done: sizeText(doneBytes), total: sizeText(totalBytes) });
  const speed = bytesPerSecond === undefined ? '' : `, ${sizeText(Math.round(bytesPerSecond))}/s`;
  return `${told(step)}, ${bytes}${speed}`;
}
