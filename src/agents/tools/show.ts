import { changedSubmodules } from '../../base/changed-submodules.ts';
import type { Lineage } from '../../catalog/read-models/lineage.ts';
import type { TransitionEntry } from '../../catalog/read-models/stages.ts';
import type { FileEntry, VersionDetails } from '../../catalog/read-models/versions.ts';
import { REF } from '../inputs.ts';
import { personOf, summaryOf } from '../shapes.ts';
import { tool } from '../tool.ts';

export const showVersion = tool({
  name: 'show_version',
  title: 'Show a version',
  description:
    'Shows one version: metrics, params, files, what its files say, code, data, run, packages, evaluations, changes of stage, and notes.',
  entries: { ref: REF },
  async run({ registry }, { ref }) {
    const version = await registry.show({ ref });
    return { ...summaryOf(version), ...detailsOf(version) };
  },
});

function detailsOf(version: VersionDetails) {
  const { metrics, params, artifact, facts, files, lineage, transitions, notes, comments } = version;
  return {
    id: version.id,
    metrics,
    params,
    artifact: {
      digest: artifact.digest,
      sizeBytes: artifact.sizeBytes,
      fileCount: artifact.fileCount,
      ...(artifact.withdrawnAt === undefined ? {} : { filesRemovedAt: artifact.withdrawnAt }),
    },
    files: (files ?? []).slice(0, 100).map(fileShape),
    ...(facts ? { filesSay: facts } : {}),
    ...lineageShape(lineage),
    stageChanges: transitions.map(transitionShape),
    notes: [...notes, ...comments].map(({ text, by, at }) => ({ text, by: personOf(by), at })),
  };
}

function fileShape({ path, sizeBytes }: FileEntry) {
  return { path, sizeBytes };
}

function lineageShape({ code, data, run, evaluations, dependencies, environment, baseModel, missing }: Lineage) {
  return {
    ...(code
      ? {
          code: {
            commit: code.commit,
            branch: code.branch,
            hasUncommittedChanges: code.isDirty,
            submodulesWithChanges: changedSubmodules(code),
          },
        }
      : {}),
    data: data.map(({ path, sha256, hash, revision, rows }) => ({ path, digest: sha256 ?? hash ?? revision, rows })),
    ...(run
      ? {
          run: {
            name: run.name,
            tracker: run.tracker,
            command: run.command,
            startedAt: run.startedAt,
            endedAt: run.endedAt,
          },
        }
      : {}),
    ...(environment?.python === undefined ? {} : { python: environment.python }),
    packages: dependencies.map(({ name, version }) => `${name} ${version}`),
    ...(baseModel ? { baseModel: baseModel.name } : {}),
    evaluations: evaluations.map(({ at, dataset, slice, metrics }) => ({ at, dataset, slice, metrics })),
    notKnown: missing.map(({ what, why }) => `${what}: ${why}`),
  };
}

function transitionShape({ from, to, kind, by, at, reason, isOverride, pending }: TransitionEntry) {
  return {
    ...{ from, to, kind, at, reason },
    by: personOf(by),
    ...(isOverride ? { overrodeGates: true } : {}),
    ...(pending ? { notSharedYet: true } : {}),
  };
}
