import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { warn } from '../notify.ts';

/** False in Restricted Mode, after saying what that means: a registry of a folder that isn't trusted is only looked at. */
export async function mayWrite(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const chosen = await warn(
    t('This folder is open in Restricted Mode, so its registry can only be looked at. Nothing was changed.'),
    t('Manage Workspace Trust'),
  );
  if (chosen !== undefined) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
