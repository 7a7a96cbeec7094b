import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { GateLink } from './gates.ts';

export interface PromoteRequest {
  readonly ref: string;
  readonly stage: string;
  readonly reason: string;
  readonly override?: boolean;
  readonly expectHolder?: string | null;
  /** The stage in which the person saw the version: when it is in another one, it is refused as a `CONFLICT`. */
  readonly expectStage?: string;
  /** Digest of the policy that the person saw, null for none: when another holds, it is refused as a `CONFLICT`. */
  readonly expectPolicy?: string | null;
  /** Results of gates that it relies on. */
  readonly gates?: readonly GateLink[];
}

export type ArchiveRequest = Pick<PromoteRequest, 'ref' | 'reason' | 'expectStage'>;

export interface RollbackRequest {
  readonly model: string;
  readonly to?: number;
  readonly stage?: string;
  readonly reason: string;
  readonly expectHolder?: string | null;
}

export interface TransitionResult {
  readonly version: VersionSummary;
  readonly from: string;
  readonly to: string;
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive';
  readonly displaced: readonly VersionSummary[];
  readonly seq: number;
  readonly at: string;
  /** Recorded on this machine, and not shared yet: others don't see it, and it may be refused. */
  readonly pending: boolean;
}
