import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { InputOptions } from './input.ts';

/** A button that finds a folder in the system's own dialog. `textOf` writes it as the field has it. */
export function browseFolder(
  options: Pick<vscode.OpenDialogOptions, 'openLabel' | 'title' | 'defaultUri'>,
  textOf: (folder: string) => string = (folder) => folder,
): NonNullable<InputOptions['browse']> {
  return {
    tooltip: t('Choose a folder'),
    icon: 'folder-opened',
    find: async () => {
      const chosen = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, ...options });
      return chosen?.[0] && textOf(chosen[0].fsPath);
    },
  };
}
