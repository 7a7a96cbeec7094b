import type { Lineage } from '../../catalog/read-models/lineage.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import type { FileEntry, VersionDetails, VersionSummary } from '../../catalog/read-models/versions.ts';
import type { FactsAnswer } from '../../registry/api/facts.ts';
import type { VersionExtras } from './version.ts';

/** A version as `--json` prints it (docs/cli.md, "JSON"). */
export function versionJson(version: VersionSummary) {
  const { model, number, id, stage, stageSince, stageBy, createdAt, createdBy, claimedAt, stageClaimedAt, via } =
    version;
  const { description, tags, aliases, metrics, params, artifact, facts, pending, stagePending } = version;
  return {
    model,
    number: pending ? null : number,
    id,
    stage,
    stageSince,
    stageBy,
    createdAt,
    createdBy,
    ...(claimedAt === undefined ? {} : { claimedAt }),
    ...(stageClaimedAt === undefined ? {} : { stageClaimedAt }),
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
    ...(facts ? { facts } : {}),
    pending,
    ...(stagePending ? { stagePending } : {}),
  };
}

export function versionDetailsJson(version: VersionDetails, { machines = [], facts, history }: VersionExtras = {}) {
  const { lineage, transitions, reviews, notes, comments, sameArtifact, sameWeights, hasHistory } = version;
  const summary = versionJson(version);
  return {
    ...summary,
    artifact: { ...summary.artifact, files: (version.files ?? []).map(fileJson) },
    lineage: lineageJson(lineage),
    transitions,
    reviews,
    notes,
    comments,
    sameArtifact,
    sameWeights,
    hasHistory,
    ...(version.deleted ? { deleted: version.deleted } : {}),
    ...(facts ? { facts: factsJson(facts) } : {}),
    ...(history ? { history } : {}),
    serving: machines.filter((machine) => machine.version?.id === version.id),
  };
}

/** Everything a version came from, and what is missing of that, and why. */
export function lineageJson(lineage: Lineage) {
  return {
    code: lineage.code ?? null,
    data: lineage.data,
    run: lineage.run ?? null,
    evaluations: lineage.evaluations,
    dependencies: lineage.dependencies,
    environment: lineage.environment ?? null,
    locks: lineage.locks,
    machine: lineage.machine ?? null,
    baseModel: lineage.baseModel ?? null,
    missing: lineage.missing,
  };
}

/** All facts; where there are none, why. */
function factsJson({ facts, tensors, readFrom, problem }: FactsAnswer) {
  if (!facts) return { problem: problem ?? null };
  return { ...facts, ...(tensors ? { tensors } : {}), readFrom, ...(problem === undefined ? {} : { problem }) };
}

function fileJson({ path, sizeBytes, sha256 }: FileEntry) {
  return { path, size: sizeBytes, sha256 };
}

export function logEntryJson(entry: LogEntry) {
  const { seq, id, at, askedAt, by, via, events } = entry;
  return { seq, id, at, askedAt, by, via, events, ...(entry.void === undefined ? {} : { void: entry.void }) };
}
