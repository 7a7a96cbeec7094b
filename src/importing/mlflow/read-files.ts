import * as v from 'valibot';
import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { readYaml } from '../../runs/parse-yaml.ts';
import { parentOf, pathBelow } from '../../runs/paths.ts';
import { RunFileInvalid, type RunFiles } from '../../runs/run-files.ts';
import { isUsableName } from '../../runs/values.ts';
import { loggedBefore } from './logged-before.ts';
import {
  LOG_MODEL_HISTORY,
  type LoggedModel,
  loggedModel,
  MAX_LOGGED,
  MAX_MODELS,
  MAX_VERSIONS,
  type MlflowStore,
  READY,
  type RegisteredModel,
  type RegisteredVersion,
  registeredVersion,
} from './store.ts';

const META = 'meta.yaml';
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_EXPERIMENTS = 1000;
const PLAIN = /^[0-9A-Za-z_-]{1,64}$/;

const text = v.fallback(v.nullish(v.string()), undefined);
const number = v.fallback(v.nullish(v.number()), undefined);
const modelSchema = v.object({ name: text, description: text });
const versionSchema = v.object({
  version: v.union([v.number(), v.string()]),
  creation_timestamp: number,
  current_stage: text,
  description: text,
  model_id: text,
  run_id: text,
  source: text,
  status: text,
  storage_location: text,
  user_id: text,
});
const loggedSchema = v.object({
  model_id: v.string(),
  name: text,
  artifact_location: text,
  creation_timestamp: number,
  source_run_id: text,
  status: number,
  lifecycle_stage: text,
});
const experimentSchema = v.object({ name: text });
const runSchema = v.object({ lifecycle_stage: text, artifact_uri: text });

/** A store in files: `mlruns/models/<model>/version-N/meta.yaml`, and the experiments beside it. */
export async function readMlflowFiles(place: string, files: RunFiles, signal?: AbortSignal): Promise<MlflowStore> {
  const problems: string[] = [];
  const read = new StoreFiles(files, problems);
  const registered = await registeredIn(pathBelow(place, 'models'), read, signal);
  const logged: LoggedModel[] = [];
  const runs = new Map<string, string>();
  const experiments = (await files.list(place)).filter(
    ({ name, isFolder }) => isFolder && name !== 'models' && !name.startsWith('.'),
  );
  for (const { name } of experiments.slice(0, MAX_EXPERIMENTS)) {
    throwIfCancelled(signal);
    const folder = pathBelow(place, name);
    const meta = v.safeParse(experimentSchema, await read.yaml(pathBelow(folder, META)));
    if (!meta.success) continue;
    const experiment = meta.output.name ?? undefined;
    for (const entry of await files.list(folder)) {
      if (!entry.isFolder || !PLAIN.test(entry.name)) continue;
      if (entry.name === 'models') logged.push(...(await loggedIn(pathBelow(folder, 'models'), experiment, read)));
      else if (/^[0-9a-f]{32}$/.test(entry.name)) {
        runs.set(entry.name, pathBelow(folder, entry.name));
        const history = await read.value(pathBelow(folder, `${entry.name}/tags/${LOG_MODEL_HISTORY}`));
        if (history === undefined) continue;
        const run = v.safeParse(runSchema, await read.yaml(pathBelow(folder, `${entry.name}/${META}`)));
        if (!run.success || run.output.lifecycle_stage === 'deleted') continue;
        logged.push(...loggedBefore(history, { id: entry.name, ...(experiment === undefined ? {} : { experiment }) }));
      }
    }
    if (logged.length >= MAX_LOGGED) {
      problems.push(`${place} has more than ${MAX_LOGGED} logged models: the rest was left out`);
      break;
    }
  }
  return {
    registered,
    logged: logged.slice(0, MAX_LOGGED),
    problems,
    artifactsOf: async (runId) => {
      const folder = runs.get(runId);
      if (folder === undefined) return undefined;
      const own = pathBelow(folder, 'artifacts');
      if (await files.stat(own)) return relativeTo(parentOf(place), own);
      const run = v.safeParse(runSchema, await read.yaml(pathBelow(folder, META)));
      return run.success ? (run.output.artifact_uri ?? undefined) : undefined;
    },
  };
}

/** As places are told of in the store: relative to the folder that it is in. */
function relativeTo(folder: string, path: string): string {
  return folder === '' ? path : path.slice(folder.length + 1);
}

/** Small files of a store; what can't be read is a problem. */
class StoreFiles {
  readonly files: RunFiles;
  readonly #problems: string[];

  constructor(files: RunFiles, problems: string[]) {
    this.files = files;
    this.#problems = problems;
  }

  problem(message: string): void {
    if (this.#problems.length < 20) this.#problems.push(message);
  }

  async yaml(path: string): Promise<unknown> {
    return this.#orSay(() => readYaml(path, this.files));
  }

  async value(path: string): Promise<string | undefined> {
    return this.#orSay(() => this.files.readText(path, MAX_VALUE_BYTES));
  }

  /** One file for each tag, named like it. */
  async tags(folder: string): Promise<Readonly<Record<string, string>>> {
    const tags = new Map<string, string>();
    for (const { name, isFolder } of (await this.files.list(folder)).slice(0, 200)) {
      const value = isFolder || !isUsableName(name) ? undefined : await this.value(pathBelow(folder, name));
      if (value !== undefined) tags.set(name, value);
    }
    return Object.fromEntries(tags);
  }

  async #orSay<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RunFileInvalid)) throw error;
      this.problem(error.message);
      return undefined;
    }
  }
}

async function registeredIn(
  folder: string,
  read: StoreFiles,
  signal: AbortSignal | undefined,
): Promise<readonly RegisteredModel[]> {
  const models: RegisteredModel[] = [];
  let left = MAX_VERSIONS;
  for (const { name, isFolder } of (await read.files.list(folder)).slice(0, MAX_MODELS)) {
    throwIfCancelled(signal);
    if (!isFolder || name.startsWith('.')) continue;
    const place = pathBelow(folder, name);
    const meta = v.safeParse(modelSchema, await read.yaml(pathBelow(place, META)));
    if (!meta.success) continue;
    const aliases = await aliasesIn(pathBelow(place, 'aliases'), read);
    const versions: RegisteredVersion[] = [];
    for (const entry of await read.files.list(place)) {
      if (left <= 0 || !entry.isFolder || !/^version-\d{1,9}$/.test(entry.name)) continue;
      const version = await versionIn(pathBelow(place, entry.name), aliases, read);
      if (!version) continue;
      versions.push(version);
      left -= 1;
      if (left === 0) read.problem(`${folder} has more than ${MAX_VERSIONS} versions: the rest was left out`);
    }
    const { description } = meta.output;
    models.push({
      name: meta.output.name ?? name,
      ...(description ? { description } : {}),
      tags: await read.tags(pathBelow(place, 'tags')),
      versions,
    });
  }
  return models;
}

/** A file for each, with the number of its version. */
async function aliasesIn(folder: string, read: StoreFiles): Promise<ReadonlyMap<string, string>> {
  const aliases = new Map<string, string>();
  for (const { name, isFolder } of (await read.files.list(folder)).slice(0, 200)) {
    const version = isFolder ? undefined : await read.value(pathBelow(folder, name));
    if (version !== undefined) aliases.set(name, version.trim());
  }
  return aliases;
}

async function versionIn(
  folder: string,
  aliases: ReadonlyMap<string, string>,
  read: StoreFiles,
): Promise<RegisteredVersion | undefined> {
  const parsed = v.safeParse(versionSchema, await read.yaml(pathBelow(folder, META)));
  if (!parsed.success) return undefined;
  const { version, description, current_stage: stage, status, source, storage_location } = parsed.output;
  const { user_id: user, run_id: runId, model_id: modelId, creation_timestamp: createdMs } = parsed.output;
  return registeredVersion(
    Number(version),
    { createdMs, description, user, stage, status, runId, modelId },
    {
      locations: [storage_location, source].filter((uri) => typeof uri === 'string'),
      tags: await read.tags(pathBelow(folder, 'tags')),
      aliases: [...aliases].filter(([, of]) => of === String(Number(version))).map(([alias]) => alias),
    },
  );
}

async function loggedIn(
  folder: string,
  experiment: string | undefined,
  read: StoreFiles,
): Promise<readonly LoggedModel[]> {
  const models: LoggedModel[] = [];
  for (const { name, isFolder } of (await read.files.list(folder)).slice(0, MAX_LOGGED)) {
    if (!isFolder || !PLAIN.test(name)) continue;
    const parsed = v.safeParse(loggedSchema, await read.yaml(pathBelow(folder, `${name}/${META}`)));
    if (!parsed.success || parsed.output.lifecycle_stage === 'deleted') continue;
    const {
      model_id: id,
      artifact_location: location,
      creation_timestamp: createdMs,
      source_run_id: runId,
    } = parsed.output;
    if (typeof parsed.output.status === 'number' && parsed.output.status !== READY) continue;
    const own = pathBelow(folder, `${name}/artifacts`);
    const locations = [...((await read.files.stat(own)) ? [`here:${own}`] : []), ...(location ? [location] : [])];
    models.push(loggedModel(id, { name: parsed.output.name, experiment, createdMs, runId }, locations));
  }
  return models;
}
