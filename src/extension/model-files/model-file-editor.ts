import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { type Inspector, threadInspector } from '../../modelfiles/inspector.ts';
import type { VersionRegistries } from '../file-system/version-registries.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import { copyText } from '../pages/copy-text.ts';
import { NOTHING_OF_VERSIONS } from '../pages/not-on-page.ts';
import { postTo, showPage } from '../pages/page-webview.ts';
import { ModelFileDocument } from './model-file-document.ts';

export interface ModelFileEditorOptions {
  readonly extensionUri: vscode.Uri;
  /** The built `worker.js`. */
  readonly workerFile: string;
  /** Where the files of versions are. */
  readonly versions: Pick<VersionRegistries, 'callsFor'>;
  readonly runCommand: (id: string, ...args: readonly unknown[]) => Promise<unknown>;
  readonly log: vscode.LogOutputChannel;
}

/** Shows model files of the workspace read-only. They are read in a thread that ends when nothing was asked for a while. */
export class ModelFileEditor {
  readonly #options: ModelFileEditorOptions;
  readonly #inspector: Inspector;

  constructor(options: ModelFileEditorOptions) {
    this.#options = options;
    this.#inspector = threadInspector({ workerFile: options.workerFile });
  }

  dispose(): void {
    void this.#inspector.close();
  }

  openCustomDocument(uri: vscode.Uri): ModelFileDocument {
    return new ModelFileDocument(uri, this.#inspector, this.#options.versions);
  }

  resolveCustomEditor(document: ModelFileDocument, panel: vscode.WebviewPanel): void {
    const { extensionUri, log } = this.#options;
    let isOpen = true;
    const subscriptions = [
      showPage<'modelFile'>(panel.webview, {
        extensionUri,
        kind: 'modelFile',
        title: () => panel.title,
        state: { uri: document.uri.toString() },
        handlers: this.#handlersOf(document),
        isOpen: () => isOpen,
        log,
      }),
      document.onDidChange(() => void postTo(panel.webview, { kind: 'changed' })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void postTo(panel.webview, { kind: 'changed' })),
    ];
    panel.onDidDispose(() => {
      isOpen = false;
      for (const subscription of subscriptions) subscription.dispose();
    });
  }

  #handlersOf(document: ModelFileDocument): RequestHandlers<'modelFile'> {
    const { runCommand, log } = this.#options;
    const notHere = async () => {
      throw new RegistryError('NOT_ON_PAGE', t('This page shows a file, not a version, so nothing was done.'));
    };
    return {
      ...NOTHING_OF_VERSIONS,
      load: () => document.read(),
      tensorRows: (query) => document.tensorRows(query),
      async registerFile() {
        if (!document.canRegister) {
          throw new RegistryError(
            'REGISTER_NOT_HERE',
            t('Only files of a trusted workspace can be registered. Nothing was changed.'),
          );
        }
        // Not awaited by the page: the command asks the person, who may take their time, and shows its own failures.
        void runCommand('modelRegistry.registerVersion', document.uri).catch((error: unknown) =>
          log.error(messageOf(error)),
        );
      },
      copyText,
      act: notHere,
      manageTrust: notHere,
      keep: notHere,
      openVersion: notHere,
      openComparison: notHere,
    };
  }
}
