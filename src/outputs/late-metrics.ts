import type { Metrics } from '../catalog/read-models/values.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { OnLeftOut } from '../runs/values-file.ts';
import { readEach } from './left-out.ts';
import type { FileStamp } from './output-files.ts';

export interface LateMetrics {
  readonly registry: Registry;
  readonly version: string;
  readonly files: readonly FileStamp[];
  readonly read: (file: string, onLeftOut: OnLeftOut) => Promise<Metrics>;
  /** What of a file isn't recorded. */
  readonly onProblem: (problem: unknown) => void;
}

/**
 * Adds the metrics of files that the run wrote after its outputs were registered. Returns the files that have nothing more to give:
 * values that contradict the version's are not of its run, and are left for the outputs that follow.
 */
export async function addLateMetrics(late: LateMetrics): Promise<readonly FileStamp[]> {
  const { registry, version, files, read, onProblem } = late;
  const settled: FileStamp[] = [];
  for (const stamp of files) {
    const { values, leftOut } = await readEach('metrics', [{ file: stamp.file, path: stamp.file }], read);
    for (const { problem } of leftOut) onProblem(problem);
    if (await addMissing(registry, version, values)) settled.push(stamp);
  }
  return settled;
}

/**
 * Adds those metrics that the version doesn't have. Unless they are known to be of its run, none, and false is returned, where one
 * contradicts the version's.
 */
export async function addMissing(
  registry: Registry,
  version: string,
  metrics: Metrics,
  isSameRun = false,
): Promise<boolean> {
  const { metrics: own } = await registry.show({ ref: version });
  const contradicts = Object.keys(metrics).some((name) => own[name] !== undefined && own[name] !== metrics[name]);
  if (contradicts && !isSameRun) return false;
  const missing = Object.entries(metrics).filter(([name]) => own[name] === undefined);
  if (missing.length > 0) await registry.completeMetrics({ ref: version, metrics: Object.fromEntries(missing) });
  return true;
}
