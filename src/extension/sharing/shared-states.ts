import * as vscode from 'vscode';
import type { Progress } from '../../base/progress.ts';
import type { RemoteStatus } from '../../registry/api/sharing.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

/** How each registry of the window stands with its shared storage, as its thread tells. */
export class SharedStates implements vscode.Disposable {
  readonly #states = new Map<string, RemoteStatus>();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #transfers = new Map<string, Progress>();
  readonly #paused = new Set<string>();
  readonly #registries: Pick<Registries, 'all'>;
  readonly #subscription: vscode.Disposable;
  readonly #relocated: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(registries: Pick<Registries, 'onThreadEvent' | 'onDidChange' | 'all'>) {
    this.#registries = registries;
    this.#relocated = registries.onDidChange((dir) => {
      if (dir === undefined) void this.#forgetClosed();
    });
    this.#subscription = registries.onThreadEvent(({ registry, event }) => {
      if (event.kind === 'transfer') {
        if (!event.progress && !this.#transfers.has(registry.dir)) return;
        if (event.progress) this.#transfers.set(registry.dir, event.progress);
        else this.#transfers.delete(registry.dir);
        this.#changed.fire(undefined);
      }
      if (event.kind !== 'sharing') return;
      if (event.isPaused) this.#paused.add(registry.dir);
      else this.#paused.delete(registry.dir);
      if (event.status) this.#states.set(registry.dir, event.status);
      else this.#states.delete(registry.dir);
      void setContext('modelRegistry.isShared', this.#states.size > 0);
      this.#changed.fire(undefined);
    });
  }

  /** The shared ones, by their folders. */
  all(): ReadonlyMap<string, RemoteStatus> {
    return this.#states;
  }

  /** Whether the person stopped the files of a registry from going up; of any, where none is given. */
  isPaused(dir?: string): boolean {
    return dir === undefined ? this.#paused.size > 0 : this.#paused.has(dir);
  }

  /** Bytes on their way, where there are any. */
  transfer(dir?: string): Progress | undefined {
    return dir === undefined ? [...this.#transfers.values()][0] : this.#transfers.get(dir);
  }

  /** A registry whose folder left the window isn't shown any more. */
  async #forgetClosed(): Promise<void> {
    const dirs = new Set((await this.#registries.all()).map(({ dir }) => dir));
    const gone = [...this.#states.keys()].filter((dir) => !dirs.has(dir));
    for (const dir of gone) this.#states.delete(dir);
    if (gone.length === 0) return;
    void setContext('modelRegistry.isShared', this.#states.size > 0);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#relocated.dispose();
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
