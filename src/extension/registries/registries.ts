import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { DeclaredDirections } from '../../base/metrics.ts';
import { toldOf } from '../../base/retold.ts';
import { serialQueue } from '../../base/serial.ts';
import { isRegistry, locateRegistry } from '../../registry/location.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { RegistryThreadEvent } from '../../workers/registry-messages.ts';
import { registryPath } from '../settings.ts';
import { activeInterpreter } from '../watching/python-extension.ts';
import { directionsIn } from './directions.ts';
import { proxyEnvironment } from './proxy-environment.ts';
import { RegistryConnection } from './registry-connection.ts';

/** A registry and the workspace folders that use it. */
export interface WorkspaceRegistry {
  readonly dir: string;
  /** Also of one that is gone: whoever asks it something is told so, and nobody makes another one by the way. */
  readonly exists: boolean;
  /** It was there while the window was open, and isn't any more. */
  readonly isGone: boolean;
  readonly roots: readonly vscode.WorkspaceFolder[];
  readonly connection: RegistryConnection;
}

/** A workspace folder whose registry can't be used, and why. */
export interface LocationProblem {
  readonly root: vscode.WorkspaceFolder;
  readonly message: string;
}

export interface ThreadEventOf {
  readonly registry: WorkspaceRegistry;
  readonly event: RegistryThreadEvent;
}

interface Located {
  readonly registries: readonly WorkspaceRegistry[];
  readonly problems: readonly LocationProblem[];
}

/** Changes that come faster than this are told together. */
const ANNOUNCE_EVERY_MS = 100;

/** The editor may lose what it is told while it draws: once more is safer. */
const TOLD_BACK = 2;

/** The registries of the window: one for each place that its workspace folders lead to. */
export class Registries implements vscode.Disposable {
  readonly #workerFile: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #connections = new Map<string, RegistryConnection>();
  readonly #changed = new vscode.EventEmitter<string | undefined>();
  readonly #threadEvents = new vscode.EventEmitter<ThreadEventOf>();
  readonly #unannounced = new Set<string | undefined>();
  /** Where the registry of each workspace folder was seen last. */
  readonly #seen = new Map<string, string>();
  /** Of these somebody was told that they are gone: how often everyone is yet to be told that they are there. */
  readonly #missed = new Map<string, number>();
  #announcing: NodeJS.Timeout | undefined;
  #located: Promise<Located> | undefined;

  /** What a registry holds changed, the one in the folder given, or which registries there are. */
  readonly onDidChange = this.#changed.event;
  readonly onThreadEvent = this.#threadEvents.event;

  constructor(options: { readonly workerFile: string; readonly log: vscode.LogOutputChannel }) {
    this.#workerFile = options.workerFile;
    this.#log = options.log;
  }

  /** Every registry of the window, existing or where one would be made. */
  async all(): Promise<readonly WorkspaceRegistry[]> {
    return (await this.#location()).registries;
  }

  async existing(): Promise<readonly WorkspaceRegistry[]> {
    return (await this.all()).filter((registry) => registry.exists);
  }

  async problems(): Promise<readonly LocationProblem[]> {
    return (await this.#location()).problems;
  }

  async byDir(dir: string): Promise<WorkspaceRegistry | undefined> {
    return (await this.all()).find((registry) => registry.dir === dir);
  }

  async byRoot(root: vscode.WorkspaceFolder): Promise<WorkspaceRegistry | undefined> {
    return (await this.all()).find(({ roots }) => roots.some(({ uri }) => uri.toString() === root.uri.toString()));
  }

  /** One that exists. Throws `REGISTRY_NOT_OPEN` for one that no workspace folder leads to. */
  async existingIn(dir: string): Promise<WorkspaceRegistry> {
    const known = await this.byDir(dir);
    if (known?.exists) return known;
    throw new RegistryError(
      'REGISTRY_NOT_OPEN',
      t('The registry in {dir} belongs to no folder of this window. Open its folder, then try again.', { dir }),
    );
  }

  /** The calls of a registry by its folder. Throws `REGISTRY_NOT_OPEN`. */
  async callsFor(dir: string): Promise<RegistryCalls> {
    return (await this.existingIn(dir)).connection.registry;
  }

  /** Whom to ask about the code of a registry's versions, and in which folders. Throws `REGISTRY_NOT_OPEN`. */
  async codeOf(dir: string): Promise<{ readonly connection: RegistryConnection; readonly folders: readonly string[] }> {
    const { connection, roots } = await this.existingIn(dir);
    return { connection, folders: roots.map(({ uri }) => uri.fsPath) };
  }

  /** What the project files of a registry's workspace folders declare about a model's metrics. One that can't be read declares nothing. */
  async directionsFor(dir: string, model: string): Promise<DeclaredDirections | undefined> {
    const known = await this.byDir(dir);
    return known && directionsIn(known, model);
  }

  /** Looks again where the registries are. Tells everyone if that changed. */
  async relocate(): Promise<void> {
    const before = JSON.stringify(describe(await this.#location()));
    this.#located = this.#locate();
    const located = await this.#located;
    if (JSON.stringify(describe(located)) !== before) this.announce();
    // One that was away for a moment looks as it did, but not to whoever asked it then.
    for (const { dir, exists, isGone } of located.registries) {
      const left = this.#missed.get(dir);
      if (left === undefined || !exists || isGone) continue;
      if (left > 1) this.#missed.set(dir, left - 1);
      else this.#missed.delete(dir);
      this.announce(dir);
    }
  }

  /** Tells everyone, soon, to read again: the registry in `dir`, or all of them. */
  announce(dir?: string): void {
    this.#unannounced.add(dir);
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      const dirs = this.#unannounced.has(undefined) ? [undefined] : [...this.#unannounced];
      this.#unannounced.clear();
      for (const changed of dirs) this.#changed.fire(changed);
    }, ANNOUNCE_EVERY_MS);
  }

  async close(): Promise<void> {
    clearTimeout(this.#announcing);
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    this.#connections.clear();
  }

  dispose(): void {
    void this.close();
    this.#changed.dispose();
    this.#threadEvents.dispose();
  }

  #location(): Promise<Located> {
    this.#located ??= this.#locate();
    return this.#located;
  }

  async #locate(): Promise<Located> {
    const places = new Map<string, { exists: boolean; isGone: boolean; roots: vscode.WorkspaceFolder[] }>();
    const problems: LocationProblem[] = [];
    for (const root of vscode.workspace.workspaceFolders ?? []) {
      if (root.uri.scheme !== 'file') continue;
      try {
        const located = await this.#locateFor(root);
        const place = places.get(located.dir) ?? { exists: located.exists, isGone: located.isGone, roots: [] };
        place.roots.push(root);
        places.set(located.dir, place);
      } catch (error) {
        this.#log.warn(`No registry for ${root.name}: ${messageOf(error)}`);
        problems.push({ root, message: toldOf(error) });
      }
    }
    for (const [dir, connection] of this.#connections) {
      if (places.has(dir)) continue;
      this.#connections.delete(dir);
      void connection.close();
    }
    const registries = [...places].map(([dir, { exists, isGone, roots }]) => ({
      dir,
      exists,
      isGone,
      roots,
      connection: this.#connectionTo(dir, { root: roots[0]?.uri.fsPath ?? dir, exists }),
    }));
    return { registries, problems };
  }

  /** Where one was and none is any more, it is missed there, and no place for a new one is looked for. */
  async #locateFor(root: vscode.WorkspaceFolder): Promise<Pick<WorkspaceRegistry, 'dir' | 'exists' | 'isGone'>> {
    const { dir, exists, how } = await locateRegistry({ cwd: root.uri.fsPath, explicit: registryPath(root) });
    const key = root.uri.toString();
    const seen = this.#seen.get(key);
    // Whoever sets another place means that one.
    const isElsewhere = how === 'explicit' && dir !== seen;
    if (!exists && !isElsewhere && seen !== undefined && !(await isRegistry(seen)))
      return { dir: seen, exists: true, isGone: true };
    if (exists) this.#seen.set(key, dir);
    return { dir, exists, isGone: false };
  }

  #connectionTo(
    dir: string,
    { root, exists }: { readonly root: string; readonly exists: boolean },
  ): RegistryConnection {
    const known = this.#connections.get(dir);
    if (known) return known;
    // Where a registry is may be looked up meanwhile: what began mustn't be told after its end.
    const inOrder = serialQueue();
    const connection = new RegistryConnection({
      dir,
      root,
      exists,
      workerFile: this.#workerFile,
      environment: () => proxyEnvironment(process.env),
      chosenInterpreter: (folder) => activeInterpreter(vscode.Uri.file(folder)),
      onEvent: (event) => void inOrder(() => this.#received(dir, event)),
      onStopped: (error) => this.#log.error(`${dir}: ${error.message}`),
      onGone: () => this.#missed.set(dir, TOLD_BACK),
    });
    this.#connections.set(dir, connection);
    return connection;
  }

  async #received(dir: string, event: RegistryThreadEvent): Promise<void> {
    // A registry is made by the first registration.
    if (!(await this.byDir(dir))?.exists) await this.relocate();
    const registry = await this.byDir(dir);
    if (!registry) return;
    this.#threadEvents.fire({ registry, event });
    if (event.kind === 'changed') this.announce(dir);
  }
}

/** What tells one set of registries from another. */
function describe({ registries, problems }: Located) {
  return [
    registries.map(({ dir, exists, isGone, roots }) => [dir, exists, isGone, roots.map(({ uri }) => uri.toString())]),
    problems.map(({ root, message }) => [root.uri.toString(), message]),
  ];
}
