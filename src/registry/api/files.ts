import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** A file of a version, or a folder. */
export type FilesAnswer = { readonly version: VersionSummary } & (
  | { readonly kind: 'file'; readonly sizeBytes: number; readonly sha256: string }
  | { readonly kind: 'folder'; readonly entries: readonly FolderEntry[]; readonly leftOut: number }
);

export type FolderEntry =
  | { readonly name: string; readonly kind: 'folder' }
  | { readonly name: string; readonly kind: 'file'; readonly sizeBytes: number; readonly sha256: string };

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: { readonly sizeBytes: number; readonly sha256: string };
  readonly after?: { readonly sizeBytes: number; readonly sha256: string };
}

export interface PullResult {
  readonly version: VersionSummary;
  readonly to: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
}
