import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import { locateRegistry } from '../../registry/location.ts';
import type { RegistryThreadEvent } from '../../workers/registry-messages.ts';
import { connectRegistry, type RegistryConnection } from './registry-connection.ts';

/** A registry and the workspace folders that use it. */
export interface WorkspaceRegistry {
  readonly dir: string;
  readonly exists: boolean;
  readonly roots: readonly vscode.WorkspaceFolder[];
  readonly connection: RegistryConnection;
}

export interface ThreadEventOf {
  readonly registry: WorkspaceRegistry;
  readonly event: RegistryThreadEvent;
}

/** The registries of the window: one for each place that its workspace folders lead to. */
export class Registries implements vscode.Disposable {
  readonly #workerFile: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #connections = new Map<string, RegistryConnection>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #threadEvents = new vscode.EventEmitter<ThreadEventOf>();
  #all: readonly WorkspaceRegistry[] = [];
  /** Folders whose registry can't be used, and why. */
  #problems: readonly { readonly root: vscode.WorkspaceFolder; readonly message: string }[] = [];
  #located: Promise<void> | undefined;

  /** The set of registries, or what one of them holds, changed. */
  readonly onDidChange = this.#changed.event;
  readonly onThreadEvent = this.#threadEvents.event;

  constructor(options: { readonly workerFile: string; readonly log: vscode.LogOutputChannel }) {
    this.#workerFile = options.workerFile;
    this.#log = options.log;
  }

  /** Every registry of the window, existing or where one would be made. */
  async all(): Promise<readonly WorkspaceRegistry[]> {
    this.#located ??= this.#locate();
    await this.#located;
    return this.#all;
  }

  async existing(): Promise<readonly WorkspaceRegistry[]> {
    return (await this.all()).filter((registry) => registry.exists);
  }

  async problems() {
    await this.all();
    return this.#problems;
  }

  async byDir(dir: string): Promise<WorkspaceRegistry | undefined> {
    return (await this.all()).find((registry) => registry.dir === dir);
  }

  /** The calls of a registry by its folder, of one that no workspace folder leads to any more too. */
  async callsFor(dir: string): Promise<RegistryCalls> {
    const known = await this.byDir(dir);
    return (known?.connection ?? this.#connectionTo(dir, dir)).registry;
  }

  /** Looks again where the registries are. */
  async relocate(): Promise<void> {
    this.#located = this.#locate();
    await this.#located;
    this.#changed.fire();
  }

  /** Tells everyone to read again. */
  announce(): void {
    this.#changed.fire();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }

  dispose(): void {
    void this.close();
    this.#changed.dispose();
    this.#threadEvents.dispose();
  }

  async #locate(): Promise<void> {
    const places = new Map<string, { exists: boolean; roots: vscode.WorkspaceFolder[] }>();
    const problems: { root: vscode.WorkspaceFolder; message: string }[] = [];
    for (const root of vscode.workspace.workspaceFolders ?? []) {
      if (root.uri.scheme !== 'file') continue;
      try {
        const configured = vscode.workspace.getConfiguration('modelRegistry', root).get<string>('registryPath', '').trim();
        const located = await locateRegistry({ cwd: root.uri.fsPath, ...(configured === '' ? {} : { explicit: configured }) });
        const place = places.get(located.dir) ?? { exists: located.exists, roots: [] };
        place.roots.push(root);
        places.set(located.dir, place);
      } catch (error) {
        this.#log.warn(`No registry for ${root.name}: ${messageOf(error)}`);
        problems.push({ root, message: messageOf(error) });
      }
    }
    this.#problems = problems;
    this.#all = [...places].map(([dir, { exists, roots }]) => ({
      dir,
      exists,
      roots,
      connection: this.#connectionTo(dir, roots[0]?.uri.fsPath ?? dir),
    }));
    const hasRegistry = this.#all.some((registry) => registry.exists);
    await vscode.commands.executeCommand('setContext', 'modelRegistry.hasRegistry', hasRegistry);
  }

  #connectionTo(dir: string, root: string): RegistryConnection {
    const known = this.#connections.get(dir);
    if (known) return known;
    const connection = connectRegistry({
      dir,
      root,
      workerFile: this.#workerFile,
      onEvent: (event) => void this.#received(dir, event),
      onStopped: (cause) => this.#log.error(`The thread of ${dir} stopped: ${messageOf(cause)}`),
    });
    this.#connections.set(dir, connection);
    return connection;
  }

  async #received(dir: string, event: RegistryThreadEvent): Promise<void> {
    const registry = await this.byDir(dir);
    if (registry && !registry.exists) await this.relocate();
    const current = await this.byDir(dir);
    if (current) this.#threadEvents.fire({ registry: current, event });
    if (event.kind === 'changed') this.#changed.fire();
  }
}
