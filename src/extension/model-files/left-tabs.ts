import * as vscode from 'vscode';
import { HANDED_OVER_MS } from '../pages/tabs.ts';
import { MODEL_FILE_EDITORS } from './model-file-editor-ids.ts';

const VIEW_TYPES: ReadonlySet<string> = new Set(MODEL_FILE_EDITORS);

interface Place {
  readonly uri: vscode.Uri;
  readonly viewType: string;
  readonly column: vscode.ViewColumn | undefined;
}

/**
 * Tabs of model files that were there before this process of the extension. After a reload of the window the editor hands them over as they are looked at. After the
 * end of the process before this one alone it never does: their tabs stay, and nobody answers them. Those are closed and opened anew once they are in front.
 */
export class LeftTabs implements vscode.Disposable {
  readonly #left = new Set(tabsOfModelFiles().map(({ place }) => keyOf(place)));
  readonly #subscriptions: readonly vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `log` is told of a tab that couldn't be opened anew. */
  constructor(log: (error: unknown) => void) {
    const look = () => {
      clearTimeout(this.#timer);
      if (this.#left.size > 0) this.#timer = setTimeout(() => this.#openAnew().catch(log), HANDED_OVER_MS);
    };
    const { tabGroups } = vscode.window;
    this.#subscriptions = [tabGroups.onDidChangeTabs(look), tabGroups.onDidChangeTabGroups(look)];
    look();
  }

  /** The editor handed the tab over. */
  settle(uri: vscode.Uri, { viewType, viewColumn }: Pick<vscode.WebviewPanel, 'viewType' | 'viewColumn'>): void {
    this.#left.delete(keyOf({ uri, viewType, column: viewColumn }));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #openAnew(): Promise<void> {
    for (const { tab, place } of tabsOfModelFiles()) {
      if (!tab.isActive || !this.#left.delete(keyOf(place))) continue;
      const { uri, viewType, column: viewColumn } = place;
      // A file has one tab of a kind in a group: the one that is left would be shown again.
      await vscode.window.tabGroups.close(tab, true);
      const options = { viewColumn, preserveFocus: true, preview: tab.isPreview };
      await vscode.commands.executeCommand('vscode.openWith', uri, viewType, options);
    }
  }
}

function tabsOfModelFiles(): readonly { readonly tab: vscode.Tab; readonly place: Place }[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn: column }) =>
    tabs.flatMap((tab) => {
      const { input } = tab;
      if (!(input instanceof vscode.TabInputCustom) || !VIEW_TYPES.has(input.viewType)) return [];
      return [{ tab, place: { uri: input.uri, viewType: input.viewType, column } }];
    }),
  );
}

function keyOf({ uri, viewType, column }: Place): string {
  return [column, viewType, uri.toString()].join('\0');
}
