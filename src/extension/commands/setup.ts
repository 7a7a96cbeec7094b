import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemErrorCode } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldIfAny } from '../../base/retold.ts';
import { modelNameFrom } from '../../project/model-name.ts';
import { PROJECT_FILE } from '../../project/project-file-name.ts';
import { inform } from '../notify.ts';
import { STARTER_TEXT, starterSnippet, usualFiles } from '../project/starter-file.ts';
import { pickOne } from '../prompts/pick.ts';
import { withProgress } from '../status/progress.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';

export const createRegistry: Command = async (context) => {
  const root = await chooseRoot(context, t('Create a Registry'), t('For which folder?'), async (candidate) => {
    const registry = await context.registries.byRoot(candidate);
    return registry !== undefined && (!registry.exists || registry.isGone);
  });
  if (root === undefined) return;
  const registry = await context.registries.byRoot(root);
  if (!registry) return;
  await withProgress(context.activity, { title: t('Creating a registry') }, () => registry.connection.make());
  context.outputs.knowsRegistry(registry.dir);
  await context.registries.relocate();
  const hasProjectFile = await exists(vscode.Uri.joinPath(root.uri, PROJECT_FILE));
  const next = hasProjectFile ? t('Register a Version…') : t('Add {file}', { file: PROJECT_FILE });
  const chosen = await inform(t('The registry of {name} is in {dir}.', { name: root.name, dir: registry.dir }), next);
  if (chosen === undefined) return;
  if (hasProjectFile) await vscode.commands.executeCommand('modelRegistry.registerVersion');
  else await openStarter(root);
};

export const addProjectFile: Command = async (context) => {
  const title = t('Add {file}', { file: PROJECT_FILE });
  const root = await chooseRoot(context, title, t('To which folder?'), async () => true);
  if (root !== undefined) await openStarter(root);
};

/** Opens the project file, and fills in a first one where there is none. */
async function openStarter(root: vscode.WorkspaceFolder): Promise<void> {
  const uri = vscode.Uri.joinPath(root.uri, PROJECT_FILE);
  const isNew = await writeFile(join(root.uri.fsPath, PROJECT_FILE), STARTER_TEXT, { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    },
  );
  const editor = await vscode.window.showTextDocument(uri);
  if (!isNew) return;
  const { document } = editor;
  const everything = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  const snippet = starterSnippet(modelNameFrom(root.name), await usualFiles(root.uri.fsPath));
  // Not saved: nothing is watched before the person has named what training writes.
  await editor.insertSnippet(new vscode.SnippetString(snippet), everything);
}

async function chooseRoot(
  context: CommandContext,
  title: string,
  placeholder: string,
  isOffered: (root: vscode.WorkspaceFolder) => Promise<boolean>,
): Promise<vscode.WorkspaceFolder | undefined> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (roots.length === 0) {
    const chosen = await inform(t('A registry belongs to the folder of a project. Open one first.'), t('Open Folder…'));
    if (chosen !== undefined) await vscode.commands.executeCommand('vscode.openFolder');
    return undefined;
  }
  if (!(await mayWrite())) return undefined;
  await context.registries.relocate();
  const offered: vscode.WorkspaceFolder[] = [];
  for (const root of roots) if (await isOffered(root)) offered.push(root);
  if (offered.length === 0) {
    const all = await context.registries.existing();
    const [problem] = await context.registries.problems();
    await inform(
      toldIfAny(problem?.message) ??
        t('There is a registry already, in {all}.', { all: all.map(({ dir }) => dir).join(', ') }),
    );
    return undefined;
  }
  if (offered.length === 1) return offered[0];
  const reply = await pickOne({
    place: { title, step: 1, totalSteps: 1 },
    placeholder,
    nothing: '',
    choices: offered.map((root) => ({ value: root, label: root.name, description: root.uri.fsPath })),
  });
  return reply.kind === 'given' ? reply.value : undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
