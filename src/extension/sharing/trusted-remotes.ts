import type * as vscode from 'vscode';

const KEY = 'modelRegistry.trustedRemotes';

/**
 * Remotes that a project file may only propose: a person confirms each for a workspace folder, once. Kept outside the workspace, so that no
 * repository can bring its own confirmation.
 */
export class TrustedRemotes {
  readonly #state: Pick<vscode.Memento, 'get' | 'update'>;

  constructor(state: Pick<vscode.Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  /** What the person said about it for this folder; undefined where nobody was asked. */
  answerFor(root: Pick<vscode.Uri, 'toString'>, url: string): 'yes' | 'no' | undefined {
    return this.#answers()[keyOf(root, url)];
  }

  async remember(root: Pick<vscode.Uri, 'toString'>, url: string, answer: 'yes' | 'no'): Promise<void> {
    await this.#state.update(KEY, { ...this.#answers(), [keyOf(root, url)]: answer });
  }

  #answers(): Readonly<Record<string, 'yes' | 'no'>> {
    return this.#state.get<Record<string, 'yes' | 'no'>>(KEY) ?? {};
  }
}

function keyOf(root: Pick<vscode.Uri, 'toString'>, url: string): string {
  return `${root.toString()} ${url}`;
}
