import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
import { complain } from '../notify.ts';
import { snippetsOf } from '../pages/version-handlers.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { askInSteps } from '../prompts/steps.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command } from './command-context.ts';
import { startFrom } from './targets.ts';

/** Writes the Python that loads a version where the cursor is, in a file or a cell of a notebook; into a new file where none is open. */
export const insertLoadSnippet: Command = async (context, argument) => {
  // The one that the person was in before anything was asked.
  const editor = vscode.window.activeTextEditor;
  const start = await startFrom(context, argument, 'version');
  if (!start) return;
  const title = t('Insert Python That Loads a Version');
  const { registry, version } = (await askInSteps(title, start.answers, start.steps)) ?? {};
  if (!registry || !version) return;
  const calls = registry.connection.registry;
  const details: VersionDetails = await calls.show({ ref: version.id });
  if (details.artifact.withdrawnAt !== undefined) {
    await complain(t('The files of {version} were removed to free space.', { version: labelOf(version) }));
    return;
  }
  const { facts } = await calls.facts({ ref: version.id });
  const snippet = await chosen(snippetsOf(details, facts), title);
  if (!snippet) return;
  if (editor?.document.languageId === 'python' && !editor.document.isClosed) {
    // As text: nothing in it is a placeholder.
    const isDone = await editor.edit((edit) => edit.replace(editor.selection, snippet.python));
    if (!isDone) await complain(t('Nothing was inserted: the file can’t be changed.'));
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: snippet.python });
  await vscode.window.showTextDocument(document);
};

/** By its number it always is the same version; by a name it is the one that has it then. */
async function chosen(snippets: readonly LoadSnippet[], title: string): Promise<LoadSnippet | undefined> {
  if (snippets.length < 2) return snippets[0];
  const reply = await pickOne<LoadSnippet>({
    place: { title, step: 1, totalSteps: 1 },
    placeholder: t('Which version is loaded'),
    nothing: '',
    choices: snippets.map(
      (snippet, index): Choice<LoadSnippet> => ({
        value: snippet,
        label: oneLine(snippet.ref, 200),
        description: index === 0 ? t('always this version') : t('whichever has the name then'),
      }),
    ),
  });
  return reply.kind === 'given' ? reply.value : undefined;
}
