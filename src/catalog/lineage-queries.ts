import * as v from 'valibot';
import type { EventOf } from '../log/events.ts';
import { maybeText, text } from './columns.ts';
import { evaluationsOf } from './evaluation-queries.ts';
import { missingOf } from './missing.ts';
import type { CodeChanges, CodeLineage, Lineage, PackageVersion, RunLineage } from './read-models/lineage.ts';
import { type RecordedParts, recordedParts } from './recorded-parts.ts';
import type { Sqlite } from './sqlite.ts';
import { versionById } from './version-queries.ts';

const lineageSchema = v.object({
  run: v.optional(
    v.object({
      id: v.exactOptional(v.string()),
      name: v.exactOptional(v.string()),
      tracker: v.exactOptional(v.string()),
      url: v.exactOptional(v.string()),
      command: v.exactOptional(v.string()),
      startedAt: v.exactOptional(v.string()),
      endedAt: v.exactOptional(v.string()),
      exitCode: v.exactOptional(v.number()),
      folder: v.optional(v.string()),
      seenAs: v.optional(v.picklist(['run', 'terminal', 'task', 'debug', 'notebook'])),
      othersCount: v.optional(v.number()),
      notebook: v.optional(
        v.object({
          path: v.string(),
          sha256: v.exactOptional(v.string()),
          cells: v.string(),
          cellCount: v.number(),
        }),
      ),
    }),
  ),
  code: v.optional(
    v.object({
      commit: v.string(),
      branch: v.exactOptional(v.string()),
      isDirty: v.boolean(),
      remote: v.exactOptional(v.string()),
      capturedAt: v.picklist(['start', 'end', 'detection']),
      folder: v.optional(v.string()),
      tags: v.optional(v.array(v.string())),
      repository: v.optional(v.string()),
      submodules: v.optional(
        v.array(v.object({ path: v.string(), commit: v.string(), isDirty: v.exactOptional(v.literal(true)) })),
      ),
      isPushed: v.optional(v.boolean()),
      changes: v.optional(
        v.object({
          patch: v.optional(v.string()),
          fileCount: v.number(),
          leftOut: v.array(v.object({ path: v.string(), why: v.picklist(['secret', 'size']) })),
          leftOutCount: v.number(),
          untrackedCount: v.number(),
        }),
      ),
      written: v.optional(v.object({ paths: v.array(v.string()), count: v.number(), otherCount: v.number() })),
    }),
  ),
  base: v.optional(v.object({ name: v.string(), version: v.exactOptional(v.string()) })),
});

type RecordedRun = NonNullable<v.InferOutput<typeof lineageSchema>['run']>;

type RecordedCode = NonNullable<v.InferOutput<typeof lineageSchema>['code']>;

function runOf({ folder, seenAs, othersCount, notebook, ...run }: RecordedRun): RunLineage {
  return {
    ...run,
    ...(folder === undefined ? {} : { folder }),
    ...(seenAs === undefined ? {} : { seenAs }),
    ...(othersCount === undefined ? {} : { othersCount }),
    ...(notebook === undefined ? {} : { notebook }),
  };
}

/** What wasn't well formed when it was recorded stands there as undefined. */
function codeOf({
  folder,
  tags,
  repository,
  submodules,
  isPushed,
  changes,
  written,
  ...code
}: RecordedCode): CodeLineage {
  return {
    ...code,
    ...(folder === undefined ? {} : { folder }),
    ...(tags === undefined ? {} : { tags }),
    ...(repository === undefined ? {} : { repository }),
    ...(submodules === undefined ? {} : { submodules }),
    ...(isPushed === undefined ? {} : { isPushed }),
    ...(changes ? { changes: changesOf(changes) } : {}),
    ...(written ? { written } : {}),
  };
}

function changesOf({ patch, ...counts }: NonNullable<RecordedCode['changes']>): CodeChanges {
  return patch === undefined ? counts : { patch, ...counts };
}

/** The lineage of a version, of which `registered` is the event that registered it: bodies of events stay in the log. */
export function lineageOf(db: Sqlite, version: string, registered: EventOf<'version.registered'> | undefined): Lineage {
  const { run, code, base } = v.parse(lineageSchema, registered ?? {});
  const { data, dependencies, machine, missing: noted } = recordedParts(registered);
  const row = db.get('SELECT environment FROM versions WHERE id = ?', [version]);
  const digest = row && maybeText(row, 'environment');
  const python =
    digest === undefined ? undefined : db.get('SELECT python FROM environments WHERE digest = ?', [digest]);
  const pythonVersion = python && maybeText(python, 'python');
  // As its files say, where nobody said more.
  const named = registered?.facts?.baseModels?.[0]?.name;
  const baseVersion = base?.version === undefined ? undefined : versionById(db, base.version);
  const foundBy = dependencies?.foundBy === undefined ? {} : { foundBy: dependencies.foundBy };
  const lineage = {
    data,
    evaluations: evaluationsOf(db, version),
    dependencies: digest === undefined ? [] : packagesOf(db, digest, dependencies?.sources ?? []),
    locks: dependencies?.locks ?? [],
    ...(machine ? { machine } : {}),
    ...(code ? { code: codeOf(code) } : {}),
    ...(run ? { run: runOf(run) } : {}),
    ...(digest === undefined
      ? {}
      : { environment: { digest, ...(pythonVersion === undefined ? {} : { python: pythonVersion }), ...foundBy } }),
    ...(base
      ? {
          baseModel: {
            name: baseVersion ? `${baseVersion.model}@${baseVersion.number}` : base.name,
            ...(baseVersion ? { versionId: baseVersion.id, number: baseVersion.number } : {}),
          },
        }
      : named === undefined
        ? {}
        : { baseModel: { name: named } }),
  };
  return { ...lineage, missing: missingOf(lineage, noted) };
}

function packagesOf(
  db: Sqlite,
  digest: string,
  sources: NonNullable<RecordedParts['dependencies']>['sources'] = [],
): readonly PackageVersion[] {
  const rows = db.all('SELECT name, version FROM packages WHERE environment = ? ORDER BY name, version', [digest]);
  const conda = db.all('SELECT name FROM conda_packages WHERE environment = ?', [digest]);
  const isConda = new Set(conda.map((row) => text(row, 'name')));
  const sourceOf = new Map(sources.map(({ name, ...source }) => [name, source]));
  return rows.map((row) => {
    const name = text(row, 'name');
    const source = sourceOf.get(name);
    return {
      name,
      version: text(row, 'version'),
      ...(source ? { source } : {}),
      ...(isConda.has(name) ? { isConda: true as const } : {}),
    };
  });
}
