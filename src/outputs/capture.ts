import { lstat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import type {
  CodeLineage,
  Metrics,
  MissingFact,
  Params,
  PythonEnvironment,
  RegisterRequest,
  RegisterResult,
  Registry,
  RunLineage,
  UncommittedChanges,
} from '../registry/api.ts';
import { isAddress } from '../registry/data/address.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import { outputsByRun, wantedCheckpoints } from './checkpoints.ts';
import { latestVersion } from './latest-version.ts';
import { isOlderThan, type JudgedOutputs } from './metrics-files.ts';
import { runsOfModel } from './model-claims.ts';
import {
  matcherOf,
  matchingFiles,
  type OutputStamp,
  placeInside,
  sampleOutput,
  splitPattern,
  stampsOf,
} from './output-files.ts';
import { declaredIn, linkRuns, type RunLink } from './run-link.ts';
import type { RunsGoingOn } from './running.ts';
import { notEndedBefore, recordedBeginning, withRun, withWriter } from './started-runs.ts';

/** What is known about a run from around its outputs; handed in, because reading git and environments is lineage's. */
export interface CaptureProviders {
  readonly code: () => Promise<CodeLineage | undefined>;
  /** What the working tree has that the commit hasn't. */
  readonly uncommitted?: () => Promise<UncommittedChanges | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
  /** Lock files, the machine, and what isn't known of code and packages, and why. */
  readonly circumstances?: (known: {
    readonly code?: CodeLineage | undefined;
    readonly environment?: PythonEnvironment | undefined;
  }) => Promise<Circumstances>;
  readonly metrics: (file: string) => Promise<Metrics>;
  readonly params: (file: string) => Promise<Params>;
  /** The runs that can have written the files; those that ended before `sinceMs` can't. */
  readonly runs?: (files: readonly string[], sinceMs: number) => Promise<readonly FoundRun[]>;
}

export type Circumstances = Pick<RegisterRequest, 'locks' | 'machine' | 'missing'>;

export interface CaptureOptions {
  /** The folder of the project file. */
  readonly root: string;
  readonly name: string;
  readonly model: ProjectModel;
  readonly providers: CaptureProviders;
  /** What trackers know of the run. */
  readonly link: RunLink;
}

export interface Capture {
  readonly request: RegisterRequest;
  /** Why params, data, code or environment are missing in the request. */
  readonly problems: readonly unknown[];
}

/**
 * Puts together what is registered for a model of the project file, with the metrics from `metricsFiles`. Throws where those can't be
 * read: what a version is worth can't be left out in silence, as what else is missing can be.
 */
export async function captureOutputs(
  files: readonly string[],
  metricsFiles: readonly string[],
  options: CaptureOptions,
): Promise<Capture> {
  const { root, name, model, providers, link } = options;
  const problems: unknown[] = [];
  const unread: MissingFact[] = [];
  const orElse = async <T>(what: string, value: Promise<T>, fallback: T): Promise<T> => {
    try {
      return await value;
    } catch (error) {
      problems.push(error);
      // The message may name places on this machine.
      unread.push({ what, why: `it could not be read (${RegistryError.is(error) ? error.code : 'unexpected'})` });
      return fallback;
    }
  };
  const [metrics, params, dataPaths, code, uncommitted, environment] = await Promise.all([
    readAll(metricsFiles, providers.metrics),
    orElse(
      'params',
      matchingFiles(root, model.params).then((found) => readAll(found, providers.params)),
      {},
    ),
    orElse('data', dataPathsOf(root, model.data), []),
    orElse('code', providers.code(), undefined),
    orElse('code.changes', providers.uncommitted?.() ?? Promise.resolve(undefined), undefined),
    orElse('dependencies', providers.environment(), undefined),
  ]);
  const reading = providers.circumstances?.({ code, environment }) ?? Promise.resolve({});
  const circumstances = await orElse<Circumstances>('machine', reading, {});
  const { missing = [], ...around } = circumstances;
  return {
    problems,
    request: {
      model: name,
      paths: files,
      folder: root,
      // What a person declared says more than what a tracker happened to record.
      metrics: { ...link.metrics, ...metrics },
      params: { ...link.params, ...params },
      tags: model.tags,
      ...(link.run ? { run: link.run } : {}),
      ...(Object.keys(link.history).length > 0 ? { history: link.history } : {}),
      dataPaths,
      ...(model.description === undefined ? {} : { modelDescription: model.description }),
      ...(code ? { code } : {}),
      ...(code && uncommitted ? { uncommitted } : {}),
      ...(environment ? { environment } : {}),
      ...around,
      missing: [...(link.run ? [] : [NO_RUN_SEEN]), ...unread, ...missing, ...undeclaredData(link, model)],
    },
  };
}

/** What tables, arrays and archives are called; a pipeline's dependencies are code, too. */
const DATA_NAME =
  /\.(?:csv|tsv|jsonl?|ndjson|parquet|arrow|feather|orc|avro|npy|npz|h5|hdf5|tfrecords?|lmdb|zip|tar|gz|zst|txt)$/i;

/** Data that the run read by its tracker's account, and that nobody declared. */
function undeclaredData({ datasets }: RunLink, model: ProjectModel): readonly MissingFact[] {
  const isKnown = matcherOf([...model.data, ...model.outputs, ...model.metrics, ...model.params]);
  const sources = datasets.flatMap(({ source, digest }) => {
    if (source === undefined || isKnown(source) || isKnown(`${source}.dvc`)) return [];
    return DATA_NAME.test(source) || digest?.endsWith('.dir') ? [source] : [];
  });
  return [...new Set(sources)].map((source) => ({
    what: `data[${source}]`,
    why: 'the run read it, by what its tracker recorded, and model-registry.yaml does not declare it under data',
  }));
}

const NO_RUN_SEEN = {
  what: 'run',
  why: 'no command was seen that wrote the outputs, and no tracker recorded a run: code and packages are as when they were found',
};

/** A run that was recorded from its start to its end. */
export interface RecordedOutputs {
  readonly lineage: RunLineage;
  /** The state of each declared metrics file when it began. */
  readonly oldMetrics: ReadonlySet<string>;
  /** The models whose outputs it wrote. */
  readonly models: readonly string[];
}

export interface RegisterDeclaredOptions extends Omit<CaptureOptions, 'link'> {
  /** The whole project: what belongs to its other models isn't this one's. */
  readonly project: Project;
  readonly registry: Registry;
  readonly operation?: OperationOptions;
  /** The run that wrote them, where it was recorded; a tracker may know its identity. */
  readonly run?: RecordedOutputs;
  /** Who runs in the workspace, where that is watched: whoever wrote the outputs is their run. */
  readonly goingOn?: RunsGoingOn;
  /** Told why something is missing in the version; unless it is given, that is thrown. */
  readonly onProblem?: (problem: unknown) => void;
  /** Told of metrics that are left out: declared ones that are older than the outputs, and found ones that may be another model's. */
  readonly onLeftOut: (problem: RegistryError) => void;
}

/** Registers what a model's outputs hold now, with the metrics of the run that wrote them. Throws `OUTPUTS_MISSING` where nothing matches. */
export async function registerDeclared(options: RegisterDeclaredOptions): Promise<RegisterResult> {
  const { root, name, model, registry, operation, onProblem } = options;
  const stamps = (await sampleOutput(root, model.outputs)) ?? [];
  const newest = outputsByRun(stamps).toSorted((a, b) => newestOf(stamps, b.paths) - newestOf(stamps, a.paths))[0];
  if (!newest) {
    throw new RegistryError(
      'OUTPUTS_MISSING',
      `No file matches the outputs of ${name} (${model.outputs.join(', ')}). Train first, or correct model-registry.yaml. Nothing was changed.`,
    );
  }
  const own = stamps.filter(({ path }) => newest.paths.includes(path));
  const filesOf = (paths: readonly string[]) => own.filter(({ path }) => paths.includes(path)).map(({ file }) => file);
  const outputs = await judgedOutputs(options, own);
  const writer = options.run ? undefined : options.goingOn?.writerOf(outputs.changedAtMs);
  const link = withWriter(await linkOf(options, own, outputs), writer);
  const which = model.checkpoints === 'last' ? 'last' : 'best';
  const [chosen] = wantedCheckpoints(newest.checkpoints, link.checkpoints, which);
  const files = filesOf(chosen ? [...chosen.paths, ...newest.companions] : newest.paths);
  const metricsFiles = await freshMetrics(options, outputs);
  const providers = { ...options.providers, ...(await writer?.command.start?.surroundings()) };
  const { request, problems } = await captureOutputs(files, metricsFiles, { ...options, providers, link });
  if (problems.length > 0 && !onProblem) throw problems[0];
  for (const problem of problems) onProblem?.(problem);
  const tags = chosen && chosen.name !== '' ? { ...request.tags, checkpoint: chosen.name } : request.tags;
  return registry.register({ ...request, ...(tags ? { tags } : {}) }, operation);
}

async function judgedOutputs(
  { registry, name }: RegisterDeclaredOptions,
  stamps: readonly OutputStamp[],
): Promise<JudgedOutputs> {
  const latest = await latestVersion(registry, name);
  return {
    changedAtMs: Math.max(...stamps.map(({ changedAtMs }) => changedAtMs)),
    firstWrittenAtMs: Math.min(...stamps.map(({ mtimeMs }) => mtimeMs)),
    previousUntilMs: latest?.completedAtMs ?? 0,
  };
}

/** What is known of the run beside its outputs. What had ended before a recorded run began isn't of it. */
async function linkOf(
  { name, model, project, providers, run, onLeftOut }: RegisterDeclaredOptions,
  stamps: readonly OutputStamp[],
  { changedAtMs, previousUntilMs }: JudgedOutputs,
): Promise<RunLink> {
  const beganAtMs = run ? recordedBeginning(run.lineage, stamps) : 0;
  const sinceMs = run ? beganAtMs : previousUntilMs < changedAtMs ? previousUntilMs : 0;
  const found =
    (await providers.runs?.(
      stamps.map(({ file }) => file),
      sinceMs,
    )) ?? [];
  const rivals = run?.models.filter((other) => other !== name);
  const declares = declaredIn(model);
  const onUnclear = (file: string) => {
    if (!declares.metrics) onLeftOut(unclear(name, file));
  };
  const own = runsOfModel(notEndedBefore(found, beganAtMs), {
    project,
    name,
    beganAtMs,
    onUnclear,
    ...(rivals ? { rivals } : {}),
  });
  const known = linkRuns(own, { sinceMs, declares });
  return run ? withRun(known, run.lineage) : known;
}

/** The declared metrics that the run wrote which wrote the outputs; the others are told of. */
async function freshMetrics(
  { root, name, model, run, onLeftOut }: RegisterDeclaredOptions,
  outputs: JudgedOutputs,
): Promise<readonly string[]> {
  const fresh: string[] = [];
  for (const stamp of await stampsOf(root, model.metrics)) {
    if (run ? !run.oldMetrics.has(stamp.key) : !isOlderThan(outputs, stamp)) fresh.push(stamp.file);
    else onLeftOut(stale(name, relative(root, stamp.file), run !== undefined));
  }
  return fresh;
}

function stale(name: string, file: string, isRecorded: boolean): RegistryError {
  const before = isRecorded ? 'before this run began' : 'before this version was trained';
  return new RegistryError(
    'METRICS_STALE',
    `${file} was last written ${before}, so its metrics aren't in the version of ${name}. Where they are of this training all the same, write the file anew (or touch it) and add them: model-registry register ${name}`,
  );
}

function unclear(name: string, file: string): RegistryError {
  return new RegistryError(
    'METRICS_UNCLEAR',
    `${file} lies as near to the outputs of other models, so its metrics aren't in the version of ${name}. Declare it in model-registry.yaml under the model whose they are: metrics: [${file}]`,
  );
}

function newestOf(stamps: readonly OutputStamp[], paths: readonly string[]): number {
  return Math.max(...stamps.filter(({ path }) => paths.includes(path)).map(({ changedAtMs }) => changedAtMs));
}

/**
 * A declared file, folder or address is one entry, a glob one for each file that matches. What isn't there is noted; of what leads out of
 * the workspace nothing is told.
 */
async function dataPathsOf(
  root: string,
  patterns: readonly string[],
): Promise<NonNullable<RegisterRequest['dataPaths']>> {
  const realRoot = (await placeInside(root, '.')) ?? root;
  const entries = await Promise.all(
    patterns.map(async (pattern) => {
      if (isAddress(pattern)) return [{ path: pattern }];
      const { base, rest } = splitPattern(pattern);
      if (rest === '') {
        // DVC may know what isn't here.
        const source =
          (await besidePointer(root, base)) ?? (await placeInside(root, base)) ?? (await absentInside(root, base));
        return source === undefined ? [] : [{ path: base, source, mayBeAbsent: true }];
      }
      const files = await matchingFiles(root, [pattern]);
      return files.map((file) => ({ path: relative(realRoot, file).split(sep).join('/'), source: file }));
    }),
  );
  return [...new Map(entries.flat().map((entry) => [entry.path, entry])).values()];
}

/** The place of data that has a `.dvc` file beside it: what is there may be a link to where DVC keeps it. */
async function besidePointer(root: string, path: string): Promise<string | undefined> {
  const pointer = path.endsWith('.dvc') ? undefined : await placeInside(root, `${path}.dvc`);
  return pointer?.slice(0, -'.dvc'.length);
}

/** The place of what isn't there, if its folder lies in the workspace. */
async function absentInside(root: string, path: string): Promise<string | undefined> {
  if (await lstat(join(root, path)).catch(() => undefined)) return undefined;
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const place = await placeInside(root, folder);
    if (place !== undefined) return join(place, posix.relative(folder, path));
    if (folder === '.') return undefined;
  }
}

/** The values of all files by name; where files share a name, that of the last one. */
export async function readAll<T>(
  files: readonly string[],
  read: (file: string) => Promise<Readonly<Record<string, T>>>,
): Promise<Readonly<Record<string, T>>> {
  const records = await Promise.all(files.map(read));
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}
