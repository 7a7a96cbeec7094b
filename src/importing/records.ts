import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { MissingFact, RunLineage } from '../catalog/read-models/lineage.ts';
import type { Metrics, Params } from '../catalog/read-models/values.ts';
import { lineageOf, linkRuns } from '../outputs/run-link.ts';
import type { RegisterRequest } from '../registry/api/registering.ts';
import { dvcReader } from '../runs/dvc/dvc.ts';
import { findRuns } from '../runs/find-runs.ts';
import { huggingFaceReader } from '../runs/huggingface.ts';
import { mlflowRunsInDatabase } from '../runs/mlflow/database.ts';
import { mlflowRunsInFiles } from '../runs/mlflow/file-store.ts';
import { RunFileInvalid, RunFiles } from '../runs/run-files.ts';
import type { RunReader } from '../runs/run-reader.ts';
import type { MetricHistory, RunDataset, RunRecord } from '../runs/run-record.ts';
import { RunValues } from '../runs/values.ts';
import { wandbReader } from '../runs/wandb/wandb.ts';
import { type FoundRunPlace, type FoundVersion, SOURCE_NAMES, type SourceKind } from './found.ts';
import { packagesOrProblem, type RecordedPackages } from './recorded-packages.ts';

/** What a source recorded of a version beside its files, as it is registered. */
export interface VersionRecord {
  readonly request: Pick<
    RegisterRequest,
    'metrics' | 'params' | 'run' | 'history' | 'code' | 'environment' | 'missing'
  >;
  readonly user?: string;
  /** What couldn't be read, for a person. */
  readonly problems: readonly string[];
}

const READERS: Readonly<Record<'wandb' | 'dvc' | 'huggingface', RunReader>> = {
  wandb: wandbReader,
  dvc: dvcReader,
  huggingface: huggingFaceReader,
};

/** What the runs of some versions recorded, in the order of the versions. Histories are long: ask for few at a time. */
export async function recordsOf(
  root: string,
  source: SourceKind,
  versions: readonly FoundVersion[],
): Promise<readonly VersionRecord[]> {
  const files = await RunFiles.of(root);
  const unread: string[] = [];
  const runs = await runsOf(versions, files, unread);
  const records: VersionRecord[] = [];
  for (const [index, version] of versions.entries()) {
    const run = version.run && runs.get(keyOf(version.run));
    const isFound = version.run === undefined && version.staged === undefined;
    const told = run ? toldByRun(run) : isFound ? await toldAround(root, version) : undefined;
    const problems = [...(index === 0 ? unread : []), ...(run?.problems ?? [])];
    const packages = await packagesOrProblem(source, version, files, problems);
    const request = requestOf(source, version, { told, packages }, problems);
    records.push({ request, ...(run?.user === undefined ? {} : { user: run.user }), problems });
  }
  return records;
}

/** A run is known by its id in a store, and by its name in a place that has no ids. */
function keyOf({ tracker, place, id, name }: FoundRunPlace): string {
  return JSON.stringify(tracker.startsWith('mlflow') ? [tracker, place, id] : [tracker, place, name]);
}

async function runsOf(
  versions: readonly FoundVersion[],
  files: RunFiles,
  problems: string[],
): Promise<ReadonlyMap<string, RunRecord>> {
  const byPlace = new Map<string, FoundRunPlace[]>();
  for (const { run } of versions) {
    if (!run) continue;
    const key = JSON.stringify([run.tracker, run.place]);
    byPlace.set(key, [...(byPlace.get(key) ?? []), run]);
  }
  const found = new Map<string, RunRecord>();
  for (const wanted of byPlace.values()) {
    const [first] = wanted;
    if (!first) continue;
    const { tracker, place } = first;
    try {
      const ids = [...new Set(wanted.flatMap(({ id }) => (id === undefined ? [] : [id])))];
      const records =
        tracker === 'mlflow-files'
          ? await mlflowRunsInFiles(place, ids, files)
          : tracker === 'mlflow-database'
            ? await mlflowRunsInDatabase(place, ids, files)
            : await READERS[tracker].read(place, { files, sinceMs: 0, outputs: NOT_ASKED });
      for (const run of wanted) {
        const record = records.find(({ id, name }) =>
          tracker.startsWith('mlflow') ? id === run.id : run.name === undefined || name === run.name,
        );
        if (record) found.set(keyOf(run), record);
      }
    } catch (error) {
      if (!(error instanceof RunFileInvalid)) throw error;
      problems.push(`The runs in ${place} can't be read: ${messageOf(error)}`);
    }
  }
  return found;
}

const NOT_ASKED = { paths: [], changedAtMs: 0, runIds: new Set<string>() };

interface Told {
  readonly metrics: Metrics;
  readonly params: Params;
  readonly history: Readonly<Record<string, MetricHistory>>;
  readonly run?: RunLineage;
  readonly commit?: string;
  readonly datasets: readonly RunDataset[];
}

function toldByRun(record: RunRecord): Told {
  const { metrics, params, history = {}, gitCommit, datasets = [] } = record;
  const run = lineageOf(record);
  return { metrics, params, history, datasets, run, ...(gitCommit === undefined ? {} : { commit: gitCommit }) };
}

/** What trackers, trainers and plain files around the files tell of the run that wrote them. */
async function toldAround(root: string, { paths }: FoundVersion): Promise<Told> {
  const { runs } = await findRuns(root, { near: paths.map((path) => join(root, path)) });
  const commit = runs.find(({ certainty }) => certainty === 'certain')?.run.gitCommit;
  const { metrics, params, history, datasets, run } = linkRuns(runs, NOTHING_DECLARED);
  return { metrics, params, history, datasets, ...(run ? { run } : {}), ...(commit === undefined ? {} : { commit }) };
}

const NOTHING_DECLARED = { sinceMs: 0, declares: { metrics: false, params: false } };

function requestOf(
  source: SourceKind,
  version: FoundVersion,
  { told, packages }: { readonly told: Told | undefined; readonly packages: RecordedPackages | undefined },
  problems: string[],
): VersionRecord['request'] {
  const values = new RunValues();
  for (const [name, value] of Object.entries({ ...told?.metrics, ...version.metrics })) values.metric(name, value);
  for (const [name, value] of Object.entries({ ...told?.params, ...version.params })) values.param(name, value);
  problems.push(...(values.problems.problems ?? []));
  const { history = {} } = told ?? {};
  const commit = told?.commit ?? version.commit;
  // A run that its tracker has lost is known by its id still.
  const run = told?.run ?? lostRun(version.run);
  return {
    metrics: values.metrics,
    params: values.params,
    ...(Object.keys(history).length > 0 ? { history } : {}),
    ...(run ? { run } : {}),
    // Trackers record the commit, and not whether it was all: what isn't known to be clean counts as dirty.
    ...(commit === undefined ? {} : { code: { commit, isDirty: version.commit === undefined, capturedAt: 'start' } }),
    ...(packages ? { environment: packages.environment } : {}),
    missing: missingOf(source, { told, packages, commit }),
  };
}

function lostRun(place: FoundRunPlace | undefined): RunLineage | undefined {
  if (place?.id === undefined) return undefined;
  return { id: place.id, tracker: place.tracker === 'wandb' ? 'wandb' : 'mlflow' };
}

function missingOf(
  source: SourceKind,
  {
    told,
    packages,
    commit,
  }: {
    readonly told: Told | undefined;
    readonly packages: RecordedPackages | undefined;
    readonly commit: string | undefined;
  },
): readonly MissingFact[] {
  const name = SOURCE_NAMES[source];
  const of =
    source === 'files' ? 'it was registered from files that were there already' : `it was imported from ${name}`;
  const data = (told?.datasets ?? []).slice(0, 50).map(({ name: dataset, digest, source: place }) => ({
    what: `data[${place ?? dataset}]`,
    why: `${of}, which recorded no more of it than ${digest === undefined ? 'its name' : `the digest ${digest}`}`,
  }));
  return [
    ...(commit === undefined ? [{ what: 'code', why: `${of}, and no commit was recorded` }] : []),
    ...(data.length > 0 ? data : [{ what: 'data', why: `${of}, and no data was recorded` }]),
    ...(packages === undefined
      ? [{ what: 'dependencies', why: `${of}, and the packages of its run weren't recorded` }]
      : packages.why === undefined
        ? []
        : [{ what: 'dependencies', why: packages.why }]),
    { what: 'machine', why: `${of}, and it wasn't recorded` },
  ];
}
