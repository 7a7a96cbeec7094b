import { surroundingsOf } from '../lineage/surroundings.ts';
import type { CaptureProviders } from '../outputs/capture.ts';
import { findRuns } from '../runs/find-runs.ts';
import { readMetricsFile, readParamsFile } from '../runs/values-file.ts';

/** What the command line records about a folder, of which code and packages may be known from before. */
export function providersFor(root: string, surroundings = surroundingsOf(root, process.env)): CaptureProviders {
  return {
    ...surroundings,
    metrics: readMetricsFile,
    params: readParamsFile,
    runs: async (files, sinceMs) => (await findRuns(root, { near: files, sinceMs })).runs,
  };
}
