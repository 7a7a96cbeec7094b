/** What a store of MLflow, in files or in a database, has about models. Times are milliseconds since the epoch. */
export interface MlflowStore {
  readonly registered: readonly RegisteredModel[];
  readonly logged: readonly LoggedModel[];
  /** Where the artifacts of a run are, as the store has it; undefined for a run that it doesn't know. */
  readonly artifactsOf: (runId: string) => Promise<string | undefined>;
  readonly problems: readonly string[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: readonly RegisteredVersion[];
}

export interface RegisteredVersion {
  readonly number: number;
  readonly createdMs?: number;
  readonly description?: string;
  readonly user?: string;
  readonly stage?: string;
  readonly status?: string;
  readonly runId?: string;
  /** Of MLflow 3: the logged model that it is. */
  readonly modelId?: string;
  /** URIs, the more certain first. */
  readonly locations: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

/** A model that a run logged, whether somebody registered it or not. */
export interface LoggedModel {
  /** `m-…` of MLflow 3; before, the run and the path in its artifacts. */
  readonly id: string;
  readonly name: string;
  readonly experiment?: string;
  readonly createdMs?: number;
  readonly runId?: string;
  readonly locations: readonly string[];
}

/** Of one store, so many are read. */
export const MAX_MODELS = 1000;
export const MAX_VERSIONS = 10_000;
export const MAX_LOGGED = 2000;

/** How MLflow before 3 tells, as a tag of the run, which models it logged. */
export const LOG_MODEL_HISTORY = 'mlflow.log-model.history';

/** Status of a logged model that is whole (LoggedModelStatus). */
export const READY = 2;

/** What a store says of a version or model; null and nothing are the same. */
type Said<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Undefined where the store has none of it: the number is wrong, or the version was deleted. */
export function registeredVersion(
  number: number,
  said: Said<Pick<RegisteredVersion, 'createdMs' | 'description' | 'user' | 'stage' | 'status' | 'runId' | 'modelId'>>,
  known: Pick<RegisteredVersion, 'locations' | 'tags' | 'aliases'>,
): RegisteredVersion | undefined {
  if (!Number.isSafeInteger(number) || number < 1 || said.stage === 'Deleted_Internal') return undefined;
  const { createdMs, description, user, stage, status, runId, modelId } = said;
  return {
    number,
    ...(createdMs && createdMs > 0 ? { createdMs } : {}),
    ...(description ? { description } : {}),
    ...(user ? { user } : {}),
    ...(stage ? { stage } : {}),
    ...(status ? { status } : {}),
    ...(runId ? { runId } : {}),
    ...(modelId ? { modelId } : {}),
    ...known,
  };
}

export function loggedModel(
  id: string,
  said: Said<Pick<LoggedModel, 'name' | 'experiment' | 'createdMs' | 'runId'>>,
  locations: readonly string[],
): LoggedModel {
  const { name, experiment, createdMs, runId } = said;
  return {
    id,
    name: name ?? 'model',
    ...(experiment === undefined || experiment === null ? {} : { experiment }),
    ...(createdMs && createdMs > 0 ? { createdMs } : {}),
    ...(runId ? { runId } : {}),
    locations,
  };
}
