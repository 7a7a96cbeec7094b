import * as vscode from 'vscode';
import type { KnownWord, WordPlace } from '../../project/keys-in-project.ts';
import { appendWords } from '../plain-markdown.ts';
import type { Registries } from '../registries/registries.ts';
import { LARGEST_TEXT, SELECTOR } from './project-language.ts';

/** It completes and explains keys by our JSON schema. */
const YAML_EXTENSION = 'redhat.vscode-yaml';

interface ProjectFilesOfWindow {
  rootOf(uri: vscode.Uri): vscode.WorkspaceFolder | undefined;
}

/**
 * The keys of `model-registry.yaml`, with what they are for, in an editor in which nothing reads JSON schemas for YAML. The registry's thread knows them, also
 * where there is no registry yet.
 */
export function helpWithKeys(files: ProjectFilesOfWindow, registries: Pick<Registries, 'byRoot'>): vscode.Disposable {
  const wordsAt = async (
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<WordPlace | undefined> => {
    const root = files.rootOf(document.uri);
    const length = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
    if (!root || length > LARGEST_TEXT || vscode.extensions.getExtension(YAML_EXTENSION)) return undefined;
    const registry = await registries.byRoot(root);
    if (!registry || token.isCancellationRequested) return undefined;
    return registry.connection.knownWords({ text: document.getText(), offset: document.offsetAt(position) });
  };
  const completions: vscode.CompletionItemProvider = {
    async provideCompletionItems(document, position, token) {
      const found = await wordsAt(document, position, token);
      if (!found) return [];
      const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
      const behind = document.lineAt(range.end.line).text.slice(range.end.character);
      return found.words.map((word, index) => completionOf(word, found, { range, behind, index }));
    },
  };
  const hovers: vscode.HoverProvider = {
    async provideHover(document, position, token) {
      const found = await wordsAt(document, position, token);
      const word = found?.words.find(({ name }) => name === found.name);
      if (!found || !word || word.description === '') return undefined;
      const markdown = new vscode.MarkdownString();
      markdown.appendMarkdown('**');
      appendWords(markdown, word.name);
      markdown.appendMarkdown('**  \n');
      appendWords(markdown, word.description);
      return new vscode.Hover(
        markdown,
        new vscode.Range(document.positionAt(found.start), document.positionAt(found.end)),
      );
    },
  };
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(SELECTOR, completions, ' ', '{', ','),
    vscode.languages.registerHoverProvider(SELECTOR, hovers),
  );
}

function completionOf(
  word: KnownWord,
  { kind, isInFlow }: WordPlace,
  at: { readonly range: vscode.Range; readonly behind: string; readonly index: number },
): vscode.CompletionItem {
  const isKey = kind === 'key';
  const { Property, EnumMember } = vscode.CompletionItemKind;
  const item = new vscode.CompletionItem(word.name, isKey ? Property : EnumMember);
  item.range = at.range;
  item.sortText = String(at.index).padStart(5, '0');
  if (word.description !== '') item.documentation = word.description;
  if (!isKey || /^\s*:/.test(at.behind)) return item;
  item.insertText = new vscode.SnippetString(snippetOf(word, isInFlow));
  // What can stand there is asked for at once.
  if (word.shape !== 'text') item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
}

/** A key with what has to be around its value. */
export function snippetOf({ name, shape }: Pick<KnownWord, 'name' | 'shape'>, isInFlow: boolean): string {
  switch (shape) {
    case 'text':
      return `${name}: `;
    case 'list':
      return `${name}: [$0]`;
    case 'map':
      return isInFlow ? `${name}: {$0}` : `${name}:\n\t$0`;
    case 'list-of-maps':
      return isInFlow ? `${name}: [{$0}]` : `${name}:\n\t- $0`;
  }
}
