import { join } from 'node:path';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { lineSplitter } from '../../gates/activity.ts';
import { withGuard } from '../../gates/command-guard.ts';
import { runCommand } from '../../gates/run-command.ts';
import type { AfterCommand, TransitionKind } from '../../project/after-schema.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from '../../project/gates-schema.ts';
import { splitCommand } from '../../project/split-command.ts';
import type { RegistryCalls } from '../../registry/methods.ts';

/** A change of stage, with the version as it is now. */
export interface Transition {
  readonly version: VersionSummary;
  readonly from: string;
  readonly to: string;
  readonly kind: TransitionKind;
  readonly displaced: readonly VersionSummary[];
}

export interface CommandSetting {
  readonly registry: Pick<RegistryCalls, 'pull'>;
  /** The folder of the project file. */
  readonly root: string;
  readonly transition: Transition;
  /** Where the files of the version are already. */
  readonly deployedTo?: string | undefined;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

export interface RanCommand {
  /** As it is shown. */
  readonly label: string;
  readonly exitCode: number | null;
  /** Why it failed; absent where it ended with 0. */
  readonly problem?: string;
}

const DEFAULT_KINDS: readonly TransitionKind[] = ['promote', 'rollback'];

/** Whether a command is to run after a transition. */
export function isAfter({ on, stage = 'production' }: AfterCommand, { kind, from, to }: Transition): boolean {
  const kinds: readonly TransitionKind[] = on ?? DEFAULT_KINDS;
  const isLeaving = kind === 'demote' || kind === 'archive';
  return kinds.includes(kind) && stage === (isLeaving ? from : to);
}

/** A command in short. */
export function labelOfCommand({ command }: AfterCommand): string {
  const text = typeof command === 'string' ? command : command.join(' ');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/**
 * Runs a command in the folder of the project file, without a shell and for no longer than it may. What happened is told by environment
 * variables only, those of gates among them. Never throws because of the command.
 */
export async function runAfter(command: AfterCommand, setting: CommandSetting): Promise<RanCommand> {
  const { registry, root, transition, deployedTo, signal, onLine } = setting;
  const { version, from, to, kind, displaced } = transition;
  const seconds = command['time-limit'] ?? DEFAULT_TIME_LIMIT_SECONDS;
  const label = labelOfCommand(command);
  const words = typeof command.command === 'string' ? splitCommand(command.command) : command.command;
  return withGuard(deployedTo === undefined ? 'after' : undefined, async (guard, folder) => {
    const files = deployedTo ?? join(folder, 'files');
    if (deployedTo === undefined) await registry.pull({ ref: version.id, to: files }, { signal });
    const lines = lineSplitter(onLine);
    const { exitCode, problem } = await runCommand({
      words,
      cwd: root,
      env: {
        MODEL_REGISTRY_MODEL: version.model,
        MODEL_REGISTRY_VERSION: String(version.number),
        MODEL_REGISTRY_DIGEST: version.artifact.digest,
        MODEL_REGISTRY_STAGE: to,
        MODEL_REGISTRY_FROM: from,
        MODEL_REGISTRY_KIND: kind,
        MODEL_REGISTRY_PREVIOUS: displaced.map(({ number }) => String(number)).join(','),
        MODEL_REGISTRY_PATH: files,
      },
      timeLimitMs: seconds * 1000,
      signal,
      guard,
      onOutput: lines.add,
    });
    lines.end();
    return { label, exitCode, ...(problem === undefined ? {} : { problem }) };
  });
}
