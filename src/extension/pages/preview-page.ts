import * as vscode from 'vscode';
import { isTabOf } from './tabs.ts';

/** Two clicks within so many milliseconds are a double click, for each of which the editor runs the command of a row. */
const DOUBLE_CLICK_MS = 500;

/** A page that may be the preview. */
export interface PreviewablePage {
  readonly panel: vscode.WebviewPanel;
}

/**
 * The page that is only looked at, as the editor's own previews of files are: the next one that is opened from a row takes its place. It is kept when it is opened in another way or by a
 * double click, clicked or typed in, pinned, or left in another group of tabs. There is none where the person has switched the editor's previews off.
 */
export class PreviewPage<T extends PreviewablePage> {
  #shown: T | undefined;
  #since = 0;

  /** The page is the preview from now on; one that was it before is kept. */
  begin(shown: T): void {
    if (!isEnabled()) return;
    this.#shown = shown;
    this.#since = performance.now();
  }

  isOf(shown: T): boolean {
    return this.#shown === shown;
  }

  /** It was opened once more. */
  openAgain(shown: T, { isFromRow }: { readonly isFromRow: boolean }): void {
    if (!isFromRow || performance.now() - this.#since < DOUBLE_CLICK_MS) this.keep(shown);
    // The first click of a double one on the row of what is looked at already.
    else if (this.#shown === shown) this.#since = performance.now();
  }

  /** It stays: the person did something with it. */
  keep(shown: T): void {
    if (this.#shown === shown) this.#shown = undefined;
  }

  /** The page whose place another one takes now; none where that is to have a tab of its own. */
  take(): T | undefined {
    const shown = this.#shown;
    this.#shown = undefined;
    return shown !== undefined && isEnabled() && !isElsewhere(shown.panel) ? shown : undefined;
  }
}

/** The editor's own setting, for files. */
function isEnabled(): boolean {
  return vscode.workspace.getConfiguration('workbench.editor').get<boolean>('enablePreview') !== false;
}

function isElsewhere({ viewColumn, viewType, title }: vscode.WebviewPanel): boolean {
  const { activeTabGroup } = vscode.window.tabGroups;
  // The editor tells the column of a new panel a moment later.
  if (viewColumn !== undefined && viewColumn !== activeTabGroup.viewColumn) return true;
  return activeTabGroup.tabs.some((tab) => tab.isPinned && isTabOf(tab, viewType, title));
}
