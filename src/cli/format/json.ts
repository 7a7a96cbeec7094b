import type { FileEntry, LogEntry, ServingMachine, VersionDetails, VersionSummary } from '../../registry/api.ts';

/** A version as `--json` prints it (docs/cli.md, "JSON"). */
export function versionJson(version: VersionSummary) {
  const { model, number, id, stage, stageSince, stageBy, createdAt, createdBy, via } = version;
  const { description, tags, aliases, metrics, params, artifact, pending, stagePending } = version;
  return {
    model,
    number: pending ? null : number,
    id,
    stage,
    stageSince,
    stageBy,
    createdAt,
    createdBy,
    via,
    description,
    tags,
    aliases,
    metrics,
    params,
    artifact: {
      digest: artifact.digest,
      size: artifact.sizeBytes,
      ...(artifact.withdrawnAt === undefined ? {} : { withdrawnAt: artifact.withdrawnAt }),
    },
    pending,
    ...(stagePending ? { stagePending } : {}),
  };
}

export function versionDetailsJson(version: VersionDetails, machines: readonly ServingMachine[] = []) {
  const { lineage, transitions, notes, comments, sameArtifact } = version;
  const summary = versionJson(version);
  return {
    ...summary,
    artifact: { ...summary.artifact, files: (version.files ?? []).map(fileJson) },
    lineage: {
      code: lineage.code ?? null,
      data: lineage.data,
      run: lineage.run ?? null,
      evaluations: lineage.evaluations,
      dependencies: lineage.dependencies,
      environment: lineage.environment ?? null,
      baseModel: lineage.baseModel ?? null,
    },
    transitions,
    notes,
    comments,
    sameArtifact,
    serving: machines.filter((machine) => machine.version?.id === version.id),
  };
}

function fileJson({ path, sizeBytes, sha256 }: FileEntry) {
  return { path, size: sizeBytes, sha256 };
}

export function logEntryJson(entry: LogEntry) {
  const { seq, id, at, askedAt, by, via, events } = entry;
  return { seq, id, at, askedAt, by, via, events, ...(entry.void === undefined ? {} : { void: entry.void }) };
}
