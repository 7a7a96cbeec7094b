import type { Author, Via } from '../../catalog/read-models/author.ts';

/** A registry's shared storage, and how it stands with it. */
export interface RemoteStatus {
  readonly url: string;
  readonly registryId: string;
  readonly upload: 'on-register' | 'on-promote';
  /** Intents that wait to be shared. */
  readonly pending: number;
  /** Of these, changes of stage that are so old that their author is asked again. */
  readonly stale: number;
  /** Intents that the shared log didn't take, about which a person has to decide. */
  readonly refused: number;
  readonly isSyncing: boolean;
  /** When this process was in agreement with the remote last. */
  readonly syncedAt?: string;
  /** Why the remote can't be reached, and since when. */
  readonly failure?: { readonly code: string; readonly message: string; readonly since: string };
  /** Why the files of a version can't be shared although the remote answers. */
  readonly problem?: { readonly code: string; readonly message: string };
  /** What this process asked of it, where the remote counts that. */
  readonly cost?: { readonly requests: number; readonly sentBytes: number; readonly receivedBytes: number };
}

export interface SyncReport {
  /** Commits taken over. */
  readonly received: number;
  /** Intents shared. */
  readonly sent: number;
  readonly refused: number;
  /** Artifacts whose bytes were brought into the remote. */
  readonly published: number;
  /**
   * What still waits. `bytes`: of its artifact, or of one before it; `stale`: until its author says again that it is wanted; `unsettled`: it
   * was sent, and whether it got there isn't known.
   */
  readonly waiting: readonly { readonly id: string; readonly why: 'bytes' | 'stale' | 'unsettled' }[];
  /** Where the remote counts them. */
  readonly cost?: { readonly requests: number; readonly sentBytes: number; readonly receivedBytes: number };
}

/** What attaching shared storage did, or would do. */
export interface AttachReport {
  readonly url: string;
  readonly registryId: string;
  /** The shared registry was made by this. */
  readonly isNew: boolean;
  readonly isPreview: boolean;
  readonly upload: 'on-register' | 'on-promote';
  /**
   * What is taken over of the registry on this machine. Where the shared one has a model of the same name (`isThere`), its versions join
   * that one as candidates.
   */
  readonly models: readonly {
    readonly name: string;
    readonly versions: number;
    readonly isThere: boolean;
    readonly withStages: boolean;
  }[];
  /** How many intents wait to be shared by that. */
  readonly intents: number;
}

/** What a person asked for and the shared log doesn't have yet. */
export interface PendingEntry {
  readonly id: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly via: Via;
  readonly summary: string;
  readonly reason?: string;
  readonly events: readonly unknown[];
  /** It is a change of stage that is so old that its author is asked again. */
  readonly isStale: boolean;
}

/** What a person asked for and the shared log didn't take. */
export interface RefusedEntry {
  readonly id: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly summary: string;
  readonly events: readonly unknown[];
  /** Why it was refused: a stable name, and words. */
  readonly code: string;
  readonly reason: string;
  /** What stands there instead, where that can be told. */
  readonly theirs?: { readonly summary: string; readonly by: Author; readonly at: string; readonly reason?: string };
  /** What applying it again would come to now. */
  readonly wouldApply: boolean;
  readonly wouldDo: string;
}
