import type { Author } from './author.ts';

/** What an entry of the log is about, as people sort it. */
export type LogKind = 'registration' | 'stage' | 'review' | 'remark' | 'measurement' | 'change';

export interface LogEntry {
  /** Place in the log; pass it on as `before`. */
  readonly cursor: string;
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly via: string;
  /** One line for a person, in terms of names and numbers. */
  readonly summary: string;
  /** Reason given by the author, where the events carry one. */
  readonly reason?: string;
  readonly events: readonly unknown[];
  readonly kind: LogKind;
  /** The version that it is about first, else the model; absent where it is about neither, or they are gone. */
  readonly subject?: { readonly modelId: string; readonly versionId?: string };
  /** Why it changed nothing, where it didn't. */
  readonly void?: string;
  /** Set while it waits to be shared: it has no place in the log yet. */
  readonly pending?: boolean;
}
