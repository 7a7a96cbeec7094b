import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { CodeLineage, MissingFact, RunLineage } from '../catalog/read-models/lineage.ts';
import type { Metrics, Params } from '../catalog/read-models/values.ts';
import { matcherOf } from '../project/declared-paths.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import type {
  PythonEnvironment,
  RegisterRequest,
  RegisterResult,
  UncommittedChanges,
} from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { FoundRun } from '../runs/find-runs.ts';
import { RunValues } from '../runs/values.ts';
import type { OnLeftOut } from '../runs/values-file.ts';
import { outputsByRun, wantedCheckpoints } from './checkpoints.ts';
import { dataPlacesOf } from './data-places.ts';
import { latestVersion } from './latest-version.ts';
import { type LeftOut, readEach, toldOf, unread } from './left-out.ts';
import { linksLeftOut } from './links-left-out.ts';
import { isOlderThan, type JudgedOutputs } from './metrics-files.ts';
import { runsOfModel } from './model-claims.ts';
import { noOutputs } from './no-outputs.ts';
import { matchingFiles, type OutputStamp, sampleOutput, stampOf, stampsOf } from './output-files.ts';
import { declaredIn, linkRuns, type RunLink } from './run-link.ts';
import type { RunsGoingOn } from './running.ts';
import { providersAt } from './several-writers.ts';
import { notEndedBefore, recordedBeginning, withRun, withWriter } from './started-runs.ts';

/** What is known about a run from around its outputs; handed in, because reading git and environments is lineage's. */
export interface CaptureProviders {
  /** As a version of the model has it. */
  readonly code: (model?: string) => Promise<CodeLineage | undefined>;
  /** What the working tree has that the commit hasn't. */
  readonly uncommitted?: () => Promise<UncommittedChanges | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
  /** Lock files, the machine, and what isn't known of code and packages, and why. */
  readonly circumstances?: (known: {
    readonly code?: CodeLineage | undefined;
    readonly environment?: PythonEnvironment | undefined;
  }) => Promise<Circumstances>;
  /** What isn't known because it isn't known which command wrote the outputs. */
  readonly notKnown?: readonly MissingFact[];
  /** Parts that can't be recorded are left out where somebody is told; else, and where nothing can be read, it throws. */
  readonly metrics: (file: string, onLeftOut?: OnLeftOut) => Promise<Metrics>;
  /** The same for params. */
  readonly params: (file: string, onLeftOut?: OnLeftOut) => Promise<Params>;
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
  /** What of the run's own records is missing: nothing that a person could mend. */
  readonly unrecorded: readonly RegistryError[];
}

/**
 * Puts together what is registered for a model of the project file, with the metrics from `metricsFiles`. What can't be read or recorded is
 * left out, noted in the request, and a problem: a run that has ended isn't lost over a file beside its outputs.
 */
export async function captureOutputs(
  files: readonly string[],
  metricsFiles: readonly string[],
  options: CaptureOptions,
): Promise<Capture> {
  const { root, name, model, providers, link } = options;
  const leftOut: LeftOut[] = [];
  const orElse = async <T>(what: string, value: Promise<T>, fallback: T): Promise<T> => {
    try {
      return await value;
    } catch (error) {
      leftOut.push(unread(what, error));
      return fallback;
    }
  };
  const paramsFiles = await orElse('params', matchingFiles(root, model.params), []);
  const realRoot = await realpath(root).catch(() => root);
  const named = (found: readonly string[]) =>
    found.map((file) => ({ file, path: relative(realRoot, file).split(sep).join('/') }));
  const [links, metrics, params, data, code, uncommitted, environment] = await Promise.all([
    linksLeftOut(root, model.outputs),
    readEach('metrics', named(metricsFiles), providers.metrics),
    readEach('params', named(paramsFiles), providers.params),
    dataPlacesOf(root, model.data),
    orElse('code', providers.code(name), undefined),
    orElse('code.changes', providers.uncommitted?.() ?? Promise.resolve(undefined), undefined),
    orElse('dependencies', providers.environment(), undefined),
  ]);
  leftOut.push(...links, ...metrics.leftOut, ...params.leftOut, ...data.leftOut);
  const reading = providers.circumstances?.({ code, environment }) ?? Promise.resolve({});
  const circumstances = await orElse<Circumstances>('machine', reading, {});
  const { missing = [], ...around } = circumstances;
  // What a person declared says more than what a tracker happened to record.
  const values = withinLimits({ ...link.metrics, ...metrics.values }, { ...link.params, ...params.values });
  leftOut.push(...values.leftOut);
  return {
    problems: leftOut.map(({ problem }) => problem),
    unrecorded: link.leftOut.map(({ why }) => new RegistryError('VALUES_FILE_INVALID', `${why}.`)),
    request: {
      model: name,
      paths: files,
      folder: root,
      metrics: values.metrics,
      params: values.params,
      tags: model.tags,
      ...(link.run ? { run: link.run } : {}),
      ...(Object.keys(link.history).length > 0 ? { history: link.history } : {}),
      dataPaths: data.places,
      ...(model.description === undefined ? {} : { modelDescription: model.description }),
      ...(code ? { code } : {}),
      ...(code && uncommitted ? { uncommitted } : {}),
      ...(environment ? { environment } : {}),
      ...around,
      missing: [
        ...(link.run ? [] : [NO_RUN_SEEN]),
        ...(providers.notKnown ?? []),
        ...leftOut.map(({ fact }) => fact),
        ...link.leftOut,
        ...missing,
        ...undeclaredData(link, model),
      ],
    },
  };
}

/** As much as the log can have of one version. */
function withinLimits(metrics: Metrics, params: Params) {
  const [ofMetrics, ofParams] = [new RunValues(), new RunValues()];
  for (const [name, value] of Object.entries(metrics)) ofMetrics.metric(name, value);
  for (const [name, value] of Object.entries(params)) ofParams.param(name, value);
  const leftOut = [...beyondLimits('metrics', ofMetrics), ...beyondLimits('params', ofParams)];
  return { metrics: ofMetrics.metrics, params: ofParams.params, leftOut };
}

function beyondLimits(what: string, { problems: { problems = [] } }: RunValues): readonly LeftOut[] {
  return problems.map((why) => ({ problem: new RegistryError('VALUES_FILE_INVALID', `${why}.`), fact: { what, why } }));
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

/** Registers what a model's outputs hold now, with the metrics of the run that wrote them. Throws `OUTPUTS_MISSING` where nothing matches, or nothing is declared. */
export async function registerDeclared(options: RegisterDeclaredOptions): Promise<RegisterResult> {
  const { root, name, model, registry, operation, onProblem } = options;
  if (model.outputs.length === 0) throw noOutputs(name);
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
  const ownFiles = own.map(({ file }) => file);
  const writer = options.run
    ? undefined
    : options.goingOn?.writerOf(outputs.changedAtMs, { files: ownFiles, declared: model.outputs });
  const link = withWriter(await linkOf(options, own, outputs), writer);
  const which = model.checkpoints === 'last' ? 'last' : 'best';
  const [chosen] = wantedCheckpoints(newest.checkpoints, link.checkpoints, which);
  const files = filesOf(chosen ? [...chosen.paths, ...newest.companions] : newest.paths);
  const metricsFiles = await freshMetrics(options, outputs);
  const providers = await providersAt(options.providers, writer);
  const captured = await captureOutputs(files, metricsFiles, { ...options, providers, link });
  const { request, problems, unrecorded } = captured;
  if (problems.length > 0 && !onProblem) throw problems[0];
  for (const problem of unrecorded) (onProblem ?? options.onLeftOut)(toldOf(problem, name));
  for (const problem of problems) onProblem?.(toldOf(problem, name));
  const tags = chosen && chosen.name !== '' ? { ...request.tags, checkpoint: chosen.name } : request.tags;
  const wanted = { ...request, ...(tags ? { tags } : {}) };
  return onProblem ? registerLeft(wanted, { ...options, onProblem }) : registry.register(wanted, operation);
}

/** The files that are still there: a script that cleans up behind itself doesn't take the rest of its run along. */
async function registerLeft(
  request: RegisterRequest,
  options: RegisterDeclaredOptions & Required<Pick<RegisterDeclaredOptions, 'onProblem'>>,
): Promise<RegisterResult> {
  const { root, name, registry, operation, onProblem } = options;
  try {
    return await registry.register(request, operation);
  } catch (error) {
    if (!RegistryError.is(error, 'PATH_NOT_FOUND')) throw error;
    const stamps = await Promise.all(request.paths.map(stampOf));
    const paths = request.paths.filter((_, place) => stamps[place] !== undefined);
    if (paths.length === 0 || paths.length === request.paths.length) throw error;
    const gone = request.paths.filter((path) => !paths.includes(path));
    for (const path of gone) onProblem(toldOf(vanished(relative(root, path)), name));
    const facts = gone.map((path) => ({
      what: `outputs[${relative(root, path).split(sep).join('/')}]`,
      why: 'it vanished while the version was registered',
    }));
    return registerLeft({ ...request, paths, missing: [...facts, ...(request.missing ?? [])] }, options);
  }
}

function vanished(path: string): RegistryError {
  return new RegistryError('PATH_NOT_FOUND', `${path} vanished while it was registered.`);
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
