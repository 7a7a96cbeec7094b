import * as v from 'valibot';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { inform } from '../notify.ts';
import type { Command } from './command-context.ts';

const fileSchema = v.custom<vscode.Uri>((value) => value instanceof vscode.Uri);

/** Opens the page of the version that an output of the workspace is of: the file in the Explorer, else the one in the active tab. */
export const showOutputVersion: Command = async ({ registries, pages }, argument) => {
  const uri = v.is(fileSchema, argument) ? argument : shownFile();
  const root = uri && vscode.workspace.getWorkspaceFolder(uri);
  if (!uri || !root || uri.scheme !== 'file') {
    await inform(t('Open or select a file that training wrote, in a folder of this window.'));
    return;
  }
  const registry = await registries.byRoot(root);
  const outputs = registry?.exists === true ? await registry.connection.registeredOutputs(root.uri.fsPath) : [];
  const file = uri.fsPath.normalize('NFC');
  const output = outputs.find((one) => one.file.normalize('NFC') === file);
  if (registry && output) {
    pages.openVersion({ registryDir: registry.dir, versionId: output.versionId });
    return;
  }
  await inform(
    t('{file} isn’t a file of a version as it is now, or model-registry.yaml doesn’t declare it as an output.', {
      file: vscode.workspace.asRelativePath(uri, false),
    }),
  );
};

/** Of texts, viewers and whatever else shows one file. */
function shownFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const shown = v.safeParse(v.object({ uri: fileSchema }), input);
  return shown.success ? shown.output.uri : undefined;
}
