import { isoTime } from '../base/clock.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Metrics } from '../catalog/read-models/values.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { RegisterRequest, RegisterResult } from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import { type CaptureOptions, captureOutputs } from './capture.ts';
import type { Checkpoint } from './checkpoints.ts';
import { toldOf } from './left-out.ts';
import type { RunLink } from './run-link.ts';
import { markSuperseded, supersedingTags } from './superseding.ts';

/** The files that become one version. */
export interface Part {
  /** Undefined where all files of the run are the model. */
  readonly checkpoint?: Checkpoint;
  /** Absolute. */
  readonly files: readonly string[];
}

export interface Recording {
  readonly capture: Omit<CaptureOptions, 'link'>;
  readonly registry: Registry;
  /** In the order in which they were written. */
  readonly parts: readonly Part[];
  readonly link: RunLink;
  readonly metricsFiles: readonly string[];
  /** The outputs were there before the newest version was registered, and nobody knows of their run. */
  readonly isOld: boolean;
  /** When the command that wrote the outputs began, where it is known and began after the newest version was registered. */
  readonly newSinceMs?: number | undefined;
  /** The version that was registered before this run had ended. */
  readonly earlier?: VersionSummary | undefined;
  readonly operation: OperationOptions;
  /** Why something is missing in a version. */
  readonly onProblem: (problem: unknown) => void;
}

/** Registers what a run left: a version for each part. The last part has the metrics with which the run ended. */
export async function recordRun(recording: Recording): Promise<readonly RegisterResult[]> {
  const results: RegisterResult[] = [];
  for (const part of recording.parts) {
    const result = await recordPart(recording, part, part === recording.parts.at(-1));
    results.push(result);
  }
  const last = results.at(-1);
  if (recording.earlier && last?.isNew) await markSuperseded(recording.registry, recording.earlier, last.version);
  return results;
}

async function recordPart(recording: Recording, part: Part, isLast: boolean): Promise<RegisterResult> {
  const { registry, isOld, earlier, operation } = recording;
  const judged = judgedBy(recording.link, part.checkpoint);
  // The run ended with other metrics than its best checkpoint has.
  const metrics = isLast ? { ...recording.link.metrics, ...judged } : judged;
  const link = { ...recording.link, metrics, ...(isLast ? {} : { history: {} }) };
  const capture = { ...recording.capture, link };
  const captured = await captureOutputs(part.files, isLast ? recording.metricsFiles : [], capture);
  const { request, problems, unrecorded } = captured;
  for (const problem of [...problems, ...unrecorded]) recording.onProblem(toldOf(problem, recording.capture.name));
  // The code of today says nothing about outputs from before the newest version.
  const { code, uncommitted, ...others } = request;
  const withoutCode = {
    ...others,
    missing: [
      {
        what: 'code',
        why: 'the outputs were there before the newest version, so that the code of today says nothing of them',
      },
      ...(request.missing ?? []).filter(({ what }) => !/^code(?:\.|$)/.test(what)),
    ],
  };
  const asked: RegisterRequest = {
    ...(isOld ? withoutCode : request),
    tags: {
      ...request.tags,
      ...(part.checkpoint && part.checkpoint.name !== '' ? { checkpoint: part.checkpoint.name } : {}),
      ...(earlier && isLast ? supersedingTags(earlier) : {}),
    },
    onlyNewBytes: newBytesOf(recording),
    via: 'auto',
  };
  return registry.register(asked, operation);
}

/** A run that is known is told from another one even where both yield the same bytes; what was registered since it began is of the same run. */
function newBytesOf({ newSinceMs, link }: Recording): NonNullable<RegisterRequest['onlyNewBytes']> {
  if (link.run?.id !== undefined) return false;
  return newSinceMs === undefined ? true : { since: isoTime(newSinceMs) };
}

/** What the trainer judged a checkpoint by. */
function judgedBy({ metricsOfCheckpoints }: RunLink, checkpoint: Checkpoint | undefined): Metrics {
  const paths = checkpoint?.paths ?? [];
  const isOf = (path: string) => paths.some((own) => own === path || own.startsWith(`${path}/`));
  return [...metricsOfCheckpoints].find(([path]) => isOf(path))?.[1] ?? {};
}
