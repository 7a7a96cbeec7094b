import type { EventOf } from '../../log/events.ts';
import type { Policy } from '../../log/policy-schema.ts';
import type { FactSource, ModelRecord, VersionRecord } from '../../rules/state.ts';
import type { SqlValue } from '../sqlite.ts';

export interface BulkModel {
  readonly event: EventOf<'model.created'>;
  readonly source: FactSource;
  name: string;
  description: string;
  lastNumber: number;
  versionCount: number;
  policy: Policy | undefined;
  deletedSeq: number | undefined;
  readonly versions: BulkVersion[];
  readonly aliases: Map<string, string>;
}

export interface BulkVersion {
  /** Of its event, what is needed until the end: there can be very many. */
  readonly event: {
    readonly version: string;
    readonly artifact: EventOf<'version.registered'>['artifact'];
    readonly params: Readonly<Record<string, string>>;
    readonly runId: string | undefined;
    readonly commit: string | undefined;
    readonly environment: string | undefined;
    readonly base: string | undefined;
  };
  /** What it was made from, each as JSON: the same texts for many versions. */
  readonly inputs: readonly string[];
  /** What the catalog has of its facts. */
  readonly facts: readonly SqlValue[];
  readonly source: FactSource;
  readonly model: string;
  readonly number: number;
  readonly fingerprint: string;
  stage: string;
  stageSince: string;
  stageBy: FactSource['by'];
  description: string;
  metrics: Readonly<Record<string, number | string>>;
  changedSeq: number;
  deletedSeq: number | undefined;
  readonly held: Set<string>;
  readonly aliases: Set<string>;
  /** What searching finds it by, beside what it was registered with. */
  readonly remarks: string[];
}

export interface BulkTenure {
  readonly row: readonly SqlValue[];
  toSeq: number | null;
}

/** As the rules see it. */
export function modelRecord({ event, name, description, lastNumber, deletedSeq }: BulkModel): ModelRecord {
  return { id: event.model, name, description, lastNumber, isDeleted: deletedSeq !== undefined };
}

/** As the rules see it. */
export function versionRecord(version: BulkVersion): VersionRecord {
  const { event, model, number, stage, description, deletedSeq, fingerprint } = version;
  const isDeleted = deletedSeq !== undefined;
  return {
    id: event.version,
    model,
    number,
    stage,
    artifact: event.artifact.digest,
    description,
    isDeleted,
    fingerprint,
  };
}
