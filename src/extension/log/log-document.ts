import * as v from 'valibot';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { ModelSummary } from '../../catalog/read-models/models.ts';
import type { Registries } from '../registries/registries.ts';
import { logText } from './log-text.ts';

const SCHEME = 'model-registry-log';
const SHOWN = 500;

const querySchema = v.object({ dir: v.string(), model: v.optional(v.string()) });

/** The address of a read-only document that shows the log of a registry, or of one model in it. */
export function logDocumentUri(dir: string, model?: Pick<ModelSummary, 'id' | 'name'>): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    path: model ? `/${t('Log of {model}', { model: model.name })}` : `/${t('Model Registry log')}`,
    query: JSON.stringify({ dir, ...(model ? { model: model.id } : {}) }),
  });
}

/** Shows logs as documents that follow what happens. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registries: Registries;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: readonly vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(registries: Registries) {
    this.#registries = registries;
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      registries.onDidChange(() => {
        for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) this.#changed.fire(uri);
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { dir, model } = v.parse(querySchema, JSON.parse(uri.query));
    const registry = await this.#registries.callsFor(dir);
    const { items, next } = await registry.log({ limit: SHOWN, ...(model === undefined ? {} : { model }) });
    return logText(`${uri.path.slice(1)} (${dir})`, items, next !== undefined);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
