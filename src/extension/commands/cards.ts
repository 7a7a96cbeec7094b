import * as vscode from 'vscode';
import { isCard } from '../../base/card-text.ts';
import { t } from '../../base/language.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { CardAnswer } from '../../registry/api/card.ts';
import { cardUri } from '../card/card-files.ts';
import { tellBriefly } from '../notify.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import { askInSteps } from '../prompts/steps.ts';
import { labelOf, oneLine } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';
import { startHere } from './version-here.ts';

/** Opens the card of a version as a document. Where nobody wrote one yet, with a draft in it, which is kept when it is saved. */
export const editCard: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const chosen = await chosenVersion(context, argument, t('Edit Model Card'));
  if (!chosen) return;
  const { calls, version } = chosen;
  // What was said in a sentence so far, the draft begins with.
  const lead = version.description.trim();
  const text = isCard(lead) ? '' : await firstText(await calls.card({ ref: version.id }));
  if (text === undefined) return;
  const document = await vscode.workspace.openTextDocument(cardUri(version));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  // Somebody may have begun one in this tab before.
  if (text !== '' && document.getText().trim() === lead)
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), text));
};

/** What a card begins with; undefined where the person thought better of it. */
async function firstText({ draft, file }: CardAnswer): Promise<string | undefined> {
  if (!file || !('text' in file) || file.isCut) return draft;
  const choices: readonly Choice<string>[] = [
    { value: draft, label: t('A draft of what is recorded'), icon: new vscode.ThemeIcon('sparkle') },
    {
      value: file.text,
      label: t('What {path} says', { path: oneLine(file.path) }),
      icon: new vscode.ThemeIcon('file'),
    },
  ];
  const reply = await pickOne({
    place: { title: t('Edit Model Card'), step: 1, totalSteps: 1 },
    placeholder: t('What does the card begin with?'),
    nothing: '',
    choices,
  });
  return reply.kind === 'given' ? reply.value : undefined;
}

/** What a card is called beside the README of the project, which it mustn't take the place of by a hurried click. */
const CARD_FILE = 'MODEL_CARD.md';

/** Writes the card of a version to a file, as the Hugging Face Hub reads it. */
export const exportCard: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const chosen = await chosenVersion(context, argument, t('Export Model Card'));
  if (!chosen) return;
  const { calls, version, registry } = chosen;
  const { document } = await calls.card({ ref: version.id });
  const folder = registry.roots[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: t('Export the model card of {version}', { version: labelOf(version) }),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, CARD_FILE) } : {}),
    filters: { Markdown: ['md'] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(document));
  tellBriefly(t('The model card was written'));
  await vscode.window.showTextDocument(target, { preview: true });
};

async function chosenVersion(context: CommandContext, argument: unknown, title: string) {
  const start = await startHere(context, argument);
  if (!start) return undefined;
  const { registry, version } = (await askInSteps(title, start.answers, start.steps)) ?? {};
  if (!registry || !version) return undefined;
  const calls = registry.connection.registry;
  const now: VersionSummary = await calls.show({ ref: version.id });
  return { calls, version: now, registry };
}
