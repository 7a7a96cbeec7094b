import type { OutputsOfRun } from './checkpoints.ts';
import type { WrittenOutputs } from './named-outputs.ts';
import type { FileStamp, OutputStamp } from './output-files.ts';

/** The outputs of one run at one moment. */
export interface RunSample {
  readonly outputs: OutputsOfRun;
  readonly stamps: ReadonlyMap<string, OutputStamp>;
  /** Newest change of any file, milliseconds since the epoch. */
  readonly changedAtMs: number;
}

/** The files of a run among those that were looked at. */
export function stampsOf({ stamps }: RunSample, paths: readonly string[]): readonly OutputStamp[] {
  return paths.flatMap((path) => stamps.get(path) ?? []);
}

/** What its writer is found by. */
export function writtenIn({ stamps }: RunSample, declared: readonly string[]): WrittenOutputs {
  return { files: [...stamps.values()].map(({ file }) => file), declared };
}

/** Equal as long as neither outputs nor metrics files change. */
export function keyOf({ stamps }: RunSample, metrics: readonly FileStamp[]): string {
  return [...stamps.values(), ...metrics].map(({ key }) => key).join('\n');
}
