import type { EvaluationEntry } from './evaluations.ts';

export interface Lineage {
  readonly code?: CodeLineage;
  readonly data: readonly DataLineage[];
  readonly run?: RunLineage;
  readonly evaluations: readonly EvaluationEntry[];
  readonly dependencies: readonly PackageVersion[];
  readonly environment?: { readonly digest: string; readonly python?: string; readonly foundBy?: FoundBy };
  /** What the packages were chosen by. */
  readonly locks: readonly LockFile[];
  readonly machine?: MachineLineage;
  /** Empty where everything is known. */
  readonly missing: readonly MissingFact[];
  readonly baseModel?: { readonly name: string; readonly versionId?: string; readonly number?: number };
}

export interface RunLineage {
  /** Identity of the run where a tracker gives one. */
  readonly id?: string;
  readonly name?: string;
  readonly tracker?: string;
  readonly url?: string;
  readonly command?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly exitCode?: number;
  /** Folder in which the command ran, relative to the project's, where it was another one. */
  readonly folder?: string;
  /** How it is known that this command wrote the outputs: `run` is the command line's own; the others the editor saw. */
  readonly seenAs?: 'run' | 'terminal' | 'task' | 'debug' | 'notebook';
  /** How many other commands ran then that could have written the outputs; without `seenAs` it isn't known which of them all did. */
  readonly othersCount?: number;
  /** The notebook that was executed. */
  readonly notebook?: NotebookLineage;
}

export interface NotebookLineage {
  /** Relative to the project's folder. */
  readonly path: string;
  /** Of the file, where what was executed had been saved. */
  readonly sha256?: string;
  /** Digest of the executed cells, in the order of their execution. */
  readonly cells: string;
  readonly cellCount: number;
}

export interface CodeLineage {
  readonly commit: string;
  readonly branch?: string;
  readonly isDirty: boolean;
  /** Without credentials. */
  readonly remote?: string;
  /** When it was read: `start` or `end` of the run, or at `detection` of the output. */
  readonly capturedAt: 'start' | 'end' | 'detection';
  /** Folder of the repository in which the run was, where it wasn't its root. */
  readonly folder?: string;
  readonly tags?: readonly string[];
  /** The name of the repository's folder. */
  readonly repository?: string;
  /** Those that were checked out, also without an entry in `.gitmodules`; those with changes first where there are more than 50. */
  readonly submodules?: readonly SubmoduleLineage[];
  /** Whether a branch of a remote had the commit, as far as the clone knew. */
  readonly isPushed?: boolean;
  /** What the working tree had that the commit hasn't, where it is known. */
  readonly changes?: CodeChanges;
  /** What of that is declared as outputs or metrics, by the project file as it was read with the code. */
  readonly written?: WrittenByTraining;
}

/** Files that weren't committed, and that the project file declares as outputs or metrics of the model. */
export interface WrittenByTraining {
  /** Relative to the root of the repository; the first 20. */
  readonly paths: readonly string[];
  readonly count: number;
  /** How many other files weren't committed. */
  readonly otherCount: number;
}

export interface SubmoduleLineage {
  readonly path: string;
  readonly commit: string;
  /** It had changes that its commit hasn't, of which no patch is kept. */
  readonly isDirty?: true;
}

export interface CodeChanges {
  /** Digest of the object with the patch; absent where there was nothing to keep. */
  readonly patch?: string;
  /** How many files the patch changes. */
  readonly fileCount: number;
  /** Files that the patch leaves out, the first 50: with any, commit and patch don't make the whole tree. */
  readonly leftOut: readonly { readonly path: string; readonly why: 'secret' | 'size' }[];
  readonly leftOutCount: number;
  /** Files that git neither tracks nor ignores, and that aren't in the patch. */
  readonly untrackedCount: number;
}

export interface DataLineage {
  /** Place relative to the folder of the run, or an address. */
  readonly path: string;
  /** Of a file; of a folder the digest of its manifest. */
  readonly sha256?: string;
  readonly sizeBytes?: number;
  /** Who names it, where it wasn't read: DVC, git-lfs, the Hugging Face Hub, an address. */
  readonly kind?: 'dvc' | 'lfs' | 'huggingface' | 'url';
  /** Its name there: `md5:<hex>`, with `.dir` for a folder of DVC. */
  readonly hash?: string;
  /** Of what an address names. */
  readonly revision?: string;
  /** Of tables, without the line of names. */
  readonly rows?: number;
  /** Of a folder. */
  readonly fileCount?: number;
}

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
  /** Where it isn't from an index. */
  readonly source?: PackageSource;
  /** Conda installed it, and it is no Python package. */
  readonly isConda?: true;
}

/** Where a package was installed from, where that isn't an index. */
export interface PackageSource {
  /** It is used from where its code lies. */
  readonly isEditable?: boolean;
  readonly commit?: string;
  /** Its code had changes that weren't committed. */
  readonly isDirty?: boolean;
  /** Without credentials. */
  readonly url?: string;
  /** Relative to the folder of the run, where it lies in the same repository. */
  readonly folder?: string;
  /** Of an archive. */
  readonly sha256?: string;
}

export interface LockFile {
  /** Relative to the folder of the run. */
  readonly path: string;
  readonly sha256: string;
}

/** What a Python environment was found by: the command, the editor's choice, the active one, the folder's own. */
export type FoundBy = 'command' | 'editor' | 'active' | 'project';

export interface MachineLineage {
  /** `Ubuntu 22.04.4 LTS`, `macOS 14.5`, `Windows 10.0.22631`. */
  readonly os?: string;
  readonly architecture?: string;
  readonly cpu?: string;
  /** Logical ones that the process may use. */
  readonly cpuCount?: number;
  /** What there is, or what a container may use. */
  readonly memoryBytes?: number;
  readonly gpus?: readonly string[];
  readonly gpuDriver?: string;
  readonly cuda?: string;
}

/** What a version lacks of its lineage, by its place there (`code`, `data[train.csv]`), and why. */
export interface MissingFact {
  readonly what: string;
  readonly why: string;
}
