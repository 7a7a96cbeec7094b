export interface VerifyReport {
  readonly commits: number;
  readonly manifests: number;
  readonly objects: number;
  readonly bytes: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** Where artifacts were checked: of how many versions all files are whole, and how many should have theirs. */
  readonly restorable?: { readonly whole: number; readonly total: number };
  /** Empty for a sound registry. */
  readonly problems: readonly VerifyProblem[];
  /** Intents in the log that changed nothing, and why: history, not damage. */
  readonly voids: readonly { readonly seq: number; readonly id?: string; readonly reason: string }[];
}

export interface VerifyProblem {
  readonly code:
    | 'COMMIT_DAMAGED'
    | 'COMMIT_REWRITTEN'
    | 'COMMIT_MISSING'
    | 'COMMIT_UNREADABLE'
    | 'LOG_STRAY'
    | 'MANIFEST_MISSING'
    | 'MANIFEST_DAMAGED'
    | 'OBJECT_MISSING'
    | 'OBJECT_DAMAGED'
    | 'FORMAT_DAMAGED'
    | 'HEAD_NOT_PINNED'
    | 'REMOTE_REWRITTEN';
  /** Key of the thing that is wrong, relative to the registry's folder. */
  readonly key: string;
  readonly message: string;
  /** `model@number` of the versions that need it, or were registered there. */
  readonly versions: readonly string[];
}
