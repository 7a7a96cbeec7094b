import * as vscode from 'vscode';
import type { RemoteStatus } from '../../registry/api.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

/** How each registry of the window stands with its shared storage, as its thread tells. */
export class SharedStates implements vscode.Disposable {
  readonly #states = new Map<string, RemoteStatus>();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(registries: Pick<Registries, 'onThreadEvent'>) {
    this.#subscription = registries.onThreadEvent(({ registry, event }) => {
      if (event.kind !== 'sharing') return;
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

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
