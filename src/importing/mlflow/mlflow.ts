import { basename } from 'node:path';
import { throwIfCancelled } from '../../artifacts/cancel.ts';
import { artifactPlace } from '../../runs/mlflow/artifact-path.ts';
import { MLFLOW_DATABASE } from '../../runs/mlflow/database.ts';
import { parentOf, pathBelow } from '../../runs/paths.ts';
import type { RunFiles } from '../../runs/run-files.ts';
import type { FoundModel, FoundVersion } from '../found.ts';
import { description, isAlias, modelNameOf, tags, timeOf, withDistinctNames } from '../names.ts';
import { extentOf } from '../sizes.ts';
import type { WalkedFolder } from '../walk.ts';
import { readMlflowDatabase } from './read-database.ts';
import { readMlflowFiles } from './read-files.ts';
import type { LoggedModel, MlflowStore, RegisteredModel, RegisteredVersion } from './store.ts';

/** MLflow's stages, as they are called here. */
const STAGES: ReadonlyMap<string, string> = new Map([
  ['Staging', 'staging'],
  ['Production', 'production'],
  ['Archived', 'archived'],
]);

/** The stores that a folder holds: relative to the root, those in folders and those in databases. */
export function mlflowPlaces({ folder, entries }: WalkedFolder): readonly string[] {
  const has = (name: string, isFolder: boolean) =>
    entries.some((entry) => entry.name === name && entry.isFolder === isFolder);
  const places = entries
    .filter(({ name, isFolder }) => (isFolder ? name === 'mlruns' : MLFLOW_DATABASE.test(name)))
    .map(({ name }) => pathBelow(folder, name));
  // A store of another name: it begins with the experiment that is always there.
  if (folder !== '' && has('0', true) && has('.trash', true)) places.push(folder);
  return places;
}

/** The models of a store: those that were registered, and those that runs only logged. */
export async function mlflowModels(
  place: string,
  files: RunFiles,
  signal: AbortSignal | undefined,
): Promise<{ readonly models: readonly FoundModel[]; readonly problems: readonly string[] }> {
  const isDatabase = (await files.stat(place))?.isFolder === false;
  const store = isDatabase ? await readMlflowDatabase(place, files) : await readMlflowFiles(place, files, signal);
  const reader = new StoreModels(store, { place, isDatabase, files, signal });
  const registered: FoundModel[] = [];
  for (const model of store.registered) registered.push(await reader.registered(model));
  const logged = await reader.logged(store.logged);
  return { models: withDistinctNames([...registered, ...logged]), problems: store.problems };
}

interface StorePlace {
  readonly place: string;
  readonly isDatabase: boolean;
  readonly files: RunFiles;
  readonly signal: AbortSignal | undefined;
}

class StoreModels {
  readonly #store: MlflowStore;
  readonly #at: StorePlace;
  readonly #loggedById: ReadonlyMap<string, LoggedModel>;
  /** Places and ids of what is registered: they are no logged models besides. */
  readonly #claimed = new Set<string>();

  constructor(store: MlflowStore, at: StorePlace) {
    this.#store = store;
    this.#at = at;
    this.#loggedById = new Map(store.logged.map((model) => [model.id, model]));
  }

  async registered(model: RegisteredModel): Promise<FoundModel> {
    const versions: FoundVersion[] = [];
    for (const version of model.versions.toSorted((a, b) => a.number - b.number)) {
      throwIfCancelled(this.#at.signal);
      versions.push(await this.#version(model.name, version));
    }
    return {
      source: 'mlflow',
      place: this.#at.place,
      name: modelNameOf(model.name),
      isRegistered: true,
      ...description(model.description),
      ...tags(model.tags, isMlflowOwn),
      versions,
    };
  }

  async #version(model: string, version: RegisteredVersion): Promise<FoundVersion> {
    const logged = version.modelId === undefined ? undefined : this.#loggedById.get(version.modelId);
    if (logged) this.#claimed.add(logged.id);
    const runId = version.runId ?? logged?.runId;
    const stage = STAGES.get(version.stage ?? '');
    const isWhole = version.status === undefined || version.status === 'READY' || version.status === '1';
    const place = isWhole
      ? await this.#placeOf([...(logged?.locations ?? []), ...version.locations])
      : nowhere(`MLflow has it as ${String(version.status).slice(0, 40)}: its files aren't complete`);
    for (const path of place.paths) this.#claimed.add(path);
    // An alias can't be called like a stage: whoever has it means the stage.
    const named = version.aliases.find((alias) => [...STAGES.values()].includes(alias.toLowerCase()));
    const wanted = stage ?? named?.toLowerCase();
    return {
      label: String(version.number),
      origin: `mlflow:${model.slice(0, 1000)}/${version.number}`,
      ...place,
      ...timeOf(version.createdMs),
      ...(version.user === undefined ? {} : { by: version.user }),
      ...description(version.description),
      ...tags(version.tags, isMlflowOwn),
      ...(wanted === undefined ? {} : { stage: wanted }),
      aliases: version.aliases.filter((alias) => alias !== named && isAlias(alias)).slice(0, 50),
      ...this.#runOf(runId),
    };
  }

  /** Of each experiment and name, the models that nobody registered. */
  async logged(models: readonly LoggedModel[]): Promise<readonly FoundModel[]> {
    const groups = new Map<string, LoggedModel[]>();
    for (const model of models) {
      if (this.#claimed.has(model.id)) continue;
      const key = JSON.stringify([model.experiment, model.name]);
      const group = groups.get(key);
      if (group) group.push(model);
      else groups.set(key, [model]);
    }
    const found: FoundModel[] = [];
    for (const group of groups.values()) {
      const versions: FoundVersion[] = [];
      for (const model of group.toSorted((a, b) => (a.createdMs ?? 0) - (b.createdMs ?? 0))) {
        throwIfCancelled(this.#at.signal);
        const place = await this.#placeOf(model.locations);
        if (place.paths.some((path) => this.#claimed.has(path))) continue;
        versions.push({
          label: model.id.split('/')[0]?.slice(0, 10) ?? model.id,
          origin: `mlflow:${model.id}`,
          ...place,
          ...timeOf(model.createdMs),
          ...this.#runOf(model.runId),
        });
      }
      const [first] = group;
      if (first && versions.length > 0)
        found.push({
          source: 'mlflow',
          place: this.#at.place,
          name: this.#nameOf(first),
          isRegistered: false,
          versions,
        });
    }
    return found;
  }

  #nameOf({ name, experiment }: LoggedModel): string {
    const workspace = basename(this.#at.files.root);
    const of =
      experiment === undefined || /^default$/i.test(experiment) ? workspace : (experiment.split('/').at(-1) ?? '');
    return /^models?$/i.test(name) || name === of ? modelNameOf(of, workspace) : modelNameOf(`${of}-${name}`);
  }

  #runOf(runId: string | undefined): Pick<FoundVersion, 'run'> {
    const { place, isDatabase } = this.#at;
    if (runId === undefined) return {};
    return { run: { id: runId, tracker: isDatabase ? 'mlflow-database' : 'mlflow-files', place } };
  }

  /** The files on this machine, or why there are none. */
  async #placeOf(locations: readonly string[]): Promise<Pick<FoundVersion, 'paths' | 'sizeBytes' | 'problem'>> {
    const { files } = this.#at;
    for (const location of locations) {
      const path = await this.#pathOf(location);
      const extent = path === undefined ? undefined : await extentOf(path, files);
      if (path === undefined || !extent || !mayBeModel(path)) continue;
      return { paths: [path], sizeBytes: extent.sizeBytes };
    }
    return nowhere(problemOf(locations));
  }

  async #pathOf(location: string): Promise<string | undefined> {
    const { place, files } = this.#at;
    if (location.startsWith('here:')) return location.slice('here:'.length);
    const around = parentOf(place);
    const ofRun = /^runs:\/+([0-9a-f]{32})\/(.+)$/.exec(location);
    if (ofRun) {
      const root = await this.#store.artifactsOf(ofRun[1] ?? '');
      if (root === undefined) return undefined;
      return this.#pathOf(`${root.replace(/\/$/, '')}/${ofRun[2]}`);
    }
    const found = await artifactPlace(location, around, files);
    if (found !== undefined) return found;
    // A store that was moved or renamed is known by its own folders.
    const own = /(?:^|[\\/])([\w-]+[\\/](?:models[\\/]m-[0-9a-f]{32}|[0-9a-f]{32})[\\/]artifacts(?:[\\/].*)?)$/.exec(
      location,
    )?.[1];
    if (own === undefined || own.split(/[\\/]/).includes('..')) return undefined;
    const moved = pathBelow(place, own.replaceAll('\\', '/'));
    return (await files.stat(moved)) ? moved : undefined;
  }
}

function nowhere(problem: string): Required<Pick<FoundVersion, 'paths' | 'sizeBytes' | 'problem'>> {
  return { paths: [], sizeBytes: 0, problem };
}

/** A store can name any folder: the workspace as a whole, or what is hidden in it, is no model. */
function mayBeModel(path: string): boolean {
  return path !== '' && !path.split('/').some((name) => name.startsWith('.'));
}

function isMlflowOwn(name: string): boolean {
  return name.startsWith('mlflow.');
}

/** Why the files can't be had, and what to do. */
function problemOf(locations: readonly string[]): string {
  const location =
    locations.find((uri) => /^[a-z][a-z0-9+.-]*:\/\//i.test(uri) && !uri.startsWith('file:')) ?? locations.at(-1);
  if (location === undefined) return 'MLflow says nowhere where its files are';
  const shown = withoutSecrets(location);
  if (/^(?:file:|here:|models:|runs:)/.test(location) || !/^[a-z][a-z0-9+.-]+:/i.test(location))
    return `its files aren't in this folder any more, or lie outside of it: MLflow has them at ${shown}. Put them back there, or import from a folder that holds both`;
  return `its files are at ${shown}, and a version needs them: fetch them with \`mlflow artifacts download\`, and register them`;
}

/** An address without what signs in. */
function withoutSecrets(uri: string): string {
  return uri
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/[?#].*$/, '')
    .slice(0, 300);
}
