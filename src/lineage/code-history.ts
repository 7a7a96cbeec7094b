// What git tells of the code between two versions: plain data, which pages show, too.

export interface ChangedFile {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Where a moved file was. */
  readonly from?: string;
  /** Lines that came and went, where it is text and they were counted. */
  readonly addedLines?: number;
  readonly removedLines?: number;
  readonly isBinary?: boolean;
}

export interface CommitEntry {
  readonly commit: string;
  readonly author: string;
  readonly at: string;
  readonly subject: string;
}

export interface CommitList {
  /** Newest first; not all of them where `count` is larger. */
  readonly commits: readonly CommitEntry[];
  readonly count: number;
}

/** What became of the code from one commit to another, as far as the local repository tells. */
export interface CodeBetween {
  /** The folder of the repository that was asked. */
  readonly repository: string;
  /** Commits that the later version has and the earlier one hasn't. */
  readonly added: CommitList;
  /** Commits that the earlier version has and the later one hasn't: it was trained from another branch, or from older code. */
  readonly removed: CommitList;
  /** Files that differ, by path. */
  readonly files: readonly ChangedFile[];
  readonly fileCount: number;
  /** What can't be told, and what to do about it. */
  readonly missing: readonly string[];
}
