import * as vscode from 'vscode';
import type { KnownWebhook } from '../registries/thread-answers.ts';

/** What signs the messages of webhooks: in the editor's secret storage, for this person on this machine. */
export class WebhookSecrets implements vscode.Disposable {
  readonly #secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;
  readonly #changed = new vscode.EventEmitter<vscode.WorkspaceFolder>();

  readonly onDidChange = this.#changed.event;

  constructor(secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#secrets = secrets;
  }

  /** Those that there are, by the keys of the webhooks. */
  async of(root: vscode.WorkspaceFolder, webhooks: readonly KnownWebhook[]): Promise<Readonly<Record<string, string>>> {
    const found = await Promise.all(
      webhooks.map(async (webhook) => [webhook.key, await this.#secrets.get(placeOf(root, webhook))] as const),
    );
    return Object.fromEntries(found.flatMap(([key, secret]) => (secret === undefined ? [] : [[key, secret]])));
  }

  /** An empty secret is none. */
  async keep(root: vscode.WorkspaceFolder, webhook: KnownWebhook, secret: string): Promise<void> {
    if (secret === '') await this.#secrets.delete(placeOf(root, webhook));
    else await this.#secrets.store(placeOf(root, webhook), secret);
    this.#changed.fire(root);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** With its host: a project file that is changed must not have another host's messages signed. */
function placeOf(root: vscode.WorkspaceFolder, { key, origin }: KnownWebhook): string {
  return `modelRegistry.webhook:${root.uri.toString()} ${origin} ${key}`;
}
