import type { RegistryCommands } from './commands.ts';
import type { RegistryQueries } from './queries.ts';

/**
 * The registry's public interface: what the command line, the extension and programs call. Every argument and result is plain
 * data (it crosses thread boundaries), apart from the `OperationOptions` of long operations.
 *
 * A `ref` names a version: `model`, `model@7`, `model@production`, `model@champion`, `model@draft-<6>`, `model@<7+ hex digits
 * of the artifact digest>`. A bare `model` means its version in production, else its newest. Ids (ULIDs) are accepted wherever
 * a model or version is named: `<version ulid>` alone, or `<model>`.
 *
 * Every method throws `RegistryError`; a throw means that nothing changed. What a name leads to may not be there, or be more than one: `MODEL_NOT_FOUND`,
 * `VERSION_NOT_FOUND`, `REFERENCE_INVALID`, `REFERENCE_AMBIGUOUS`. `CONFLICT`: somebody changed meanwhile what a command would replace.
 */
export interface Registry extends RegistryQueries, RegistryCommands {
  readonly location: RegistryLocation;
  /** Reads what other processes appended. True if anything was new. */
  refresh(): Promise<boolean>;
  /** Calls `listener` when queries have other answers: after commits were applied, this process's and others' alike, and when what waits to be shared changed. Returns the way to stop it. */
  onDidChange(listener: (change: RegistryChange) => void): () => void;
  /** Calls `listener` after something was recorded that this process asked for. Returns the way to stop it. */
  onDidRecord(listener: (recording: Recording) => void): () => void;
  /** What became of something recorded, by its id: `gone` where the log didn't take it, or somebody took it back. */
  outcomeOf(id: string): Promise<'applied' | 'pending' | 'gone'>;
  close(): Promise<void>;
}

export interface RegistryLocation {
  /** The folder that holds `format.json`. */
  readonly dir: string;
  readonly registryId: string;
  /** The folder of the log: another one where the registry is shared. */
  readonly logDir: string;
  /** Where it is shared. */
  readonly remoteUrl?: string;
}

/** What was asked for here and is recorded: durable, but others may not see it yet. */
export interface Recording {
  /** Of the intent. */
  readonly id: string;
  readonly at: string;
  /** For `recordedEvents` to read. */
  readonly events: readonly unknown[];
  /** Not shared yet: it may still be refused. */
  readonly pending: boolean;
}

export interface RegistryChange {
  /** Number of the newest commit applied. */
  readonly head: number;
}
