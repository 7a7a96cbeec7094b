import { readCode } from '../lineage/git.ts';
import { readPythonEnvironment } from '../lineage/python-environment.ts';
import { readUncommitted } from '../lineage/uncommitted.ts';
import type { CaptureProviders } from '../outputs/capture.ts';
import { findRuns } from '../runs/find-runs.ts';
import { readMetricsFile, readParamsFile } from '../runs/values-file.ts';

/** What the command line records about the code and environment of a folder. */
export function providersFor(root: string): CaptureProviders {
  return {
    code: () => readCode(root, 'detection'),
    uncommitted: () => readUncommitted(root),
    environment: () => readPythonEnvironment({ root, env: process.env }),
    metrics: readMetricsFile,
    params: readParamsFile,
    runs: async (files, sinceMs) => (await findRuns(root, { near: files, sinceMs })).runs,
  };
}
