import type { NamedFor } from '../../catalog/space-queries.ts';
import type { KeepReason } from '../space/keep-rule.ts';

/** Which bytes a registry on this machine keeps. */
export interface Retention {
  /** How many bytes old candidates may take; undefined keeps them all. */
  readonly candidateBudgetBytes?: number;
  /** For how long what was in production, or another stage that serves, stays restorable. */
  readonly rollbackWindowDays: number;
  /**
   * How many bytes the files of a shared registry may take on this disk; undefined for no limit. What wasn't used for longest goes first, and
   * is fetched again when it is needed. What the shared storage doesn't have stays in any case.
   */
  readonly cacheLimitBytes?: number;
  /** Whether somebody decided, or these are the values that hold without a decision. */
  readonly isChosen: boolean;
}

/** What of a retention rule is to be another. A budget or limit of `null` is none. */
export interface RetentionChange {
  readonly candidateBudgetBytes?: number | null;
  readonly rollbackWindowDays?: number;
  readonly cacheLimitBytes?: number | null;
}

export interface GcReport {
  readonly isDryRun: boolean;
  /** Of a shared registry: what was freed besides, because of the limit of its files on this disk. */
  readonly cacheFreedBytes?: number;
  /** Of a dry run: who stores files now, so that nothing could be freed until that is done. */
  readonly storing?: { readonly pid: number; readonly host: string };
  readonly retention: Retention;
  /** Artifacts whose bytes are there, those of the newest versions first. */
  readonly artifacts: readonly GcArtifact[];
  /** Every object in the registry's folder. */
  readonly objects: readonly GcObject[];
  readonly freed: { readonly objects: number; readonly bytes: number };
  readonly kept: { readonly objects: number; readonly bytes: number };
  /**
   * Files that processes began to write and didn't finish, and catalogs of older versions of the program: `freed` of which nobody goes on with, `kept` where
   * somebody may, for a day or, of catalogs, a week.
   */
  readonly leftovers: { readonly freed: LeftoverFiles; readonly kept: LeftoverFiles };
}

export interface LeftoverFiles {
  readonly files: number;
  readonly bytes: number;
}

export interface GcArtifact {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly isKept: boolean;
  /** The versions with this artifact that aren't deleted, and why each needs its bytes. */
  readonly versions: readonly { readonly version: string; readonly reasons: readonly KeepReason[] }[];
}

export interface GcObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Digests of the artifacts that keep it, up to ten. */
  readonly keptBy: readonly string[];
  /**
   * Why it stays, empty for what goes: why the versions of these artifacts need it; `evidence`, `facts` or `history` where the log names it
   * by itself; `pending` where a registration under way may have stored it.
   */
  readonly reasons: readonly (KeepReason | NamedFor | 'pending')[];
}

export interface DiskUse {
  /** Folder or file of the registry by what it holds. */
  readonly parts: readonly { readonly name: string; readonly files: number; readonly bytes: number }[];
  readonly totalBytes: number;
}
