import * as vscode from 'vscode';

/** What is being done right now, for the status bar: the latest of what was begun and hasn't ended. */
export class Activity implements vscode.Disposable {
  readonly #running = new Map<symbol, string>();
  readonly #changed = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changed.event;

  get current(): string | undefined {
    return [...this.#running.values()].at(-1);
  }

  /** Returns the way to end it. */
  begin(label: string): () => void {
    const key = Symbol(label);
    this.#running.set(key, label);
    this.#changed.fire();
    return () => {
      if (this.#running.delete(key)) this.#changed.fire();
    };
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
