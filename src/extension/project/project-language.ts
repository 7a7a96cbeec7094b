import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { withShownNumbers } from '../../base/exponent.ts';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import { shortName } from '../../base/short-name.ts';
import { PROJECT_FILE } from '../../project/project-file-name.ts';
import type { GatesNow, NameCompletions } from '../../workers/project-messages.ts';
import type { CommandId } from '../command-ids.ts';
import { appendWords } from '../plain-markdown.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { labelOf, oneLine, withoutIcons } from '../version-text.ts';

export const LARGEST_TEXT = 1024 * 1024;

export const SELECTOR: vscode.DocumentSelector = { pattern: `**/${PROJECT_FILE}`, scheme: 'file' };
const KINDS: Readonly<Record<NameCompletions['kind'], vscode.CompletionItemKind>> = {
  model: vscode.CompletionItemKind.Class,
  stage: vscode.CompletionItemKind.EnumMember,
  metric: vscode.CompletionItemKind.Value,
  dataset: vscode.CompletionItemKind.File,
  slice: vscode.CompletionItemKind.Value,
};

/** Whose project files are helped with. */
interface ProjectFilesOfWindow {
  rootOf(uri: vscode.Uri): vscode.WorkspaceFolder | undefined;
}

/**
 * Help in `model-registry.yaml`: the names that the registry has, what it knows of one, and over each stage what the gates before it say of the newest version. All of
 * it is found by the registry's thread; without a registry there is none.
 */
export class ProjectLanguage
  implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #files: ProjectFilesOfWindow;
  readonly #registries: Pick<Registries, 'byRoot' | 'onDidChange'>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(files: ProjectFilesOfWindow, registries: Pick<Registries, 'byRoot' | 'onDidChange'>) {
    this.#files = files;
    this.#registries = registries;
    this.#subscriptions = [
      vscode.languages.registerCompletionItemProvider(SELECTOR, this, ' ', '[', ',', ':'),
      vscode.languages.registerHoverProvider(SELECTOR, this),
      vscode.languages.registerCodeLensProvider(SELECTOR, this),
      registries.onDidChange(() => this.#changed.fire()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    const registry = await this.#placeOf(document);
    if (!registry || token.isCancellationRequested) return [];
    const place = { text: document.getText(), offset: document.offsetAt(position) };
    const found = await registry.connection.nameCompletions(place);
    if (!found) return [];
    const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
    return found.names.map(({ name, detail }, index) => {
      const item = new vscode.CompletionItem(name, KINDS[found.kind]);
      item.detail = oneLine(told(detail));
      item.range = range;
      item.insertText = insertedText(name);
      item.sortText = String(index).padStart(5, '0');
      return item;
    });
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const registry = await this.#registryOf(document);
    if (!registry || token.isCancellationRequested) return undefined;
    const place = { text: document.getText(), offset: document.offsetAt(position) };
    const found = await registry.connection.nameHover(place);
    if (!found) return undefined;
    const markdown = new vscode.MarkdownString();
    markdown.appendMarkdown('**');
    appendWords(markdown, oneLine(found.title));
    markdown.appendMarkdown('**');
    for (const line of found.lines) {
      markdown.appendMarkdown('  \n');
      appendWords(markdown, oneLine(told(line), 400));
    }
    if (found.version) {
      const target = JSON.stringify([{ registryDir: registry.dir, versionId: found.version.id }]);
      const page = vscode.Uri.from({ scheme: 'command', path: SHOW_VERSION, query: target });
      markdown.appendMarkdown('\n\n[');
      appendWords(markdown, t('Show {version}', { version: labelOf(found.version) }));
      markdown.appendMarkdown(`](${page.toString()})`);
      // What the registry says was added as text; this link is the only one.
      markdown.isTrusted = { enabledCommands: [SHOW_VERSION] };
    }
    return new vscode.Hover(
      markdown,
      new vscode.Range(document.positionAt(found.start), document.positionAt(found.end)),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const registry = await this.#registryOf(document);
    if (!registry || token.isCancellationRequested) return [];
    const found = await registry.connection.gatesNow({
      text: document.getText(),
      root: dirname(document.uri.fsPath),
    });
    return found.map((gates) => {
      const place = new vscode.Position(gates.line - 1, gates.column - 1);
      return new vscode.CodeLens(new vscode.Range(place, place), {
        title: gatesTitle(gates),
        tooltip: gatesTooltip(gates),
        command: gates.isThere ? SHOW_VERSION : REVIEW,
        arguments: [{ registryDir: registry.dir, versionId: gates.versionId, stage: gates.stage }],
      });
    });
  }

  /** Undefined where there is nobody to ask: no registry, or a file that is too large to be one that people write. */
  async #registryOf(document: vscode.TextDocument): Promise<WorkspaceRegistry | undefined> {
    const registry = await this.#placeOf(document);
    return registry?.exists === true ? registry : undefined;
  }

  /** The same where the registry needn't be there yet. */
  async #placeOf(document: vscode.TextDocument): Promise<WorkspaceRegistry | undefined> {
    const root = this.#files.rootOf(document.uri);
    if (!root || document.offsetAt(document.lineAt(document.lineCount - 1).range.end) > LARGEST_TEXT) return undefined;
    return this.#registries.byRoot(root);
  }
}

const SHOW_VERSION = 'modelRegistry.showVersion' satisfies CommandId;
const REVIEW = 'modelRegistry.review' satisfies CommandId;

/** Names come from the log: what YAML could take for something else is quoted. */
export function insertedText(name: string): string {
  return /^[A-Za-z_][\w./@-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}

type Result = GatesNow['results'][number];
type State = Result['outcome'] | 'waiting';

/** As on the page of a review. */
const ICONS: Readonly<Record<State, string>> = {
  passed: '$(pass)',
  waiting: '$(clock)',
  failed: '$(error)',
  'not-evaluated': '$(question)',
};
const WORST_FIRST: readonly State[] = ['failed', 'not-evaluated', 'waiting'];
/** What is longer runs under the minimap of a narrow editor; the tooltip has it whole. */
const LONGEST_REASON = 40;
const LONGEST_TITLE = 22;

function stateOf({ outcome, isWaiting }: Result): State {
  return isWaiting ? 'waiting' : outcome;
}

function toldGate(text: string): string {
  return withShownNumbers(told(text));
}

/** `$(error) @7: 1 of 2 gates passed — auc 0.81 is below 0.85`. Which model, the line above says. */
export function gatesTitle(gates: GatesNow): string {
  const { number, isThere, results } = gates;
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  const counted =
    results.length === 0
      ? t('no gates')
      : tCount(results.length, '{passed} of {count} gate passed', '{passed} of {count} gates passed', {
          passed: formatNumber(passed),
        });
  const there = isThere ? ` (${t('there now')})` : '';
  const { icon, reason } = worstOf(gates);
  const why = reason === undefined ? '' : ` — ${oneLine(reason, LONGEST_REASON)}`;
  // Text from a registry must not become an icon. The editor drops an ordinary space behind its own.
  return `${icon}\u00a0${withoutIcons(`@${number}${there}: ${counted}${why}`)}`;
}

function worstOf({ results, unknownStages: [unknown] }: GatesNow): { readonly icon: string; readonly reason?: string } {
  const worst = WORST_FIRST.flatMap((state) => results.filter((result) => stateOf(result) === state))[0];
  // A gate that hasn't run, or waits for people, needs nothing done before the file is corrected.
  if (unknown && (!worst || stateOf(worst) !== 'failed'))
    return { icon: '$(warning)', reason: t('unknown stage {name}', { name: unknown.name }) };
  if (!worst) return { icon: ICONS.passed };
  const reason = toldGate(worst.why ?? worst.required);
  const icon = ICONS[stateOf(worst)];
  if (worst.title === 'approvals') return { icon, reason };
  // What is said of a long name has its room, too.
  const title = shortName(worst.title, LONGEST_TITLE);
  const said = reason.startsWith(worst.title) ? reason.slice(worst.title.length) : `: ${reason}`;
  return { icon, reason: `${title}${said}` };
}

/** Which version of which model, and each gate on a line. */
export function gatesTooltip({ model, number, results, unknownStages }: GatesNow): string {
  const word: Readonly<Record<State, string>> = {
    passed: t('passed'),
    waiting: t('waiting'),
    failed: t('failed'),
    'not-evaluated': t('not evaluated'),
  };
  const lines = results.map((result) => {
    const { title, required, measured, why } = result;
    const what = [oneLine(title, 80), oneLine(toldGate(required), 80)].filter((part) => part !== '').join(' ');
    const found = [measured, why]
      .filter((part) => part !== undefined && part !== '')
      .map((part) => oneLine(toldGate(part ?? ''), 200));
    return `${word[stateOf(result)]}: ${what}${found.length === 0 ? '' : ` (${found.join('; ')})`}`;
  });
  const unknown = unknownStages.map(({ why }) => oneLine(toldGate(why), 300));
  return [`${oneLine(model)}@${number}`, ...unknown, ...lines].join('\n');
}
