import type { LogKind } from '../../catalog/read-models/log.ts';

/** A place in the log's chain. */
export interface LogHead {
  readonly seq: number;
  readonly hash: string;
}

export interface LogRequest {
  readonly model?: string;
  readonly before?: string;
  readonly limit?: number;
  /** Only entries with an event of one of these kinds. */
  readonly kinds?: readonly LogKind[];
  /** Only what somebody of this name or address asked for. */
  readonly person?: string;
}
