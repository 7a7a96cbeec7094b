import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { messageOf, systemErrorCode } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { ProjectProblem } from '../../project/project-problem.ts';
import type { Registries } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';
import type { ProjectFiles } from './project-files.ts';
import { insertedText, SELECTOR } from './project-language.ts';

const TYPING_MS = 300;
/** Changes of registries that come faster than this are looked at together. */
const CHANGES_MS = 1000;
const LARGEST_FILE = 1024 * 1024;

/** What can stand in the place of a marked word. */
interface Fix {
  readonly range: vscode.Range;
  readonly marked: string;
  readonly names: readonly string[];
  readonly isNear: boolean;
}

/**
 * Shows what is wrong in project files in the Problems panel, as they are typed and as they are on disk, and offers what was probably meant.
 */
export class ProjectDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #files: ProjectFiles;
  readonly #registries: Pick<Registries, 'byRoot' | 'onDidChange'>;
  readonly #log: vscode.LogOutputChannel;
  readonly #collection = vscode.languages.createDiagnosticCollection('model-registry');
  readonly #fixes = new Map<string, readonly Fix[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #changed = new Set<string | undefined>();
  #lookingAtChanges: NodeJS.Timeout | undefined;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(
    files: ProjectFiles,
    registries: Pick<Registries, 'byRoot' | 'onDidChange'>,
    log: vscode.LogOutputChannel,
  ) {
    this.#files = files;
    this.#registries = registries;
    this.#log = log;
    this.#subscriptions = [
      vscode.languages.registerCodeActionsProvider(SELECTOR, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      files.onDidChange((root) => this.#checkSoon(files.uriOf(root))),
      // What a new version has isn't unknown any more.
      registries.onDidChange((dir) => this.#registryChanged(dir)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#checkSoon(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#checkSoon(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document.uri)),
    ];
    for (const root of files.roots) this.#checkSoon(files.uriOf(root));
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const here = (this.#fixes.get(document.uri.toString()) ?? []).filter(
      // The text may have changed since it was looked at.
      (fix) => fix.range.intersection(range) !== undefined && document.getText(fix.range) === fix.marked,
    );
    return here.flatMap((fix) =>
      fix.names.map((name, index) => {
        const title = t('Change to {name}', { name: oneLine(name, 80) });
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.edit = new vscode.WorkspaceEdit();
        action.edit.replace(document.uri, fix.range, insertedText(name));
        action.diagnostics = diagnostics.filter((diagnostic) => diagnostic.range.isEqual(fix.range));
        action.isPreferred = fix.isNear && index === 0;
        return action;
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#lookingAtChanges);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#collection.dispose();
  }

  #registryChanged(dir: string | undefined): void {
    this.#changed.add(dir);
    this.#lookingAtChanges ??= setTimeout(() => {
      this.#lookingAtChanges = undefined;
      const dirs = new Set(this.#changed);
      this.#changed.clear();
      for (const root of this.#files.roots) void this.#checkIfOf(root, dirs);
    }, CHANGES_MS);
  }

  /** The project file in `root`, where its registry is one of those that changed, or it isn't known which did. */
  async #checkIfOf(root: vscode.WorkspaceFolder, dirs: ReadonlySet<string | undefined>): Promise<void> {
    const isOf = dirs.has(undefined) || dirs.has((await this.#registries.byRoot(root))?.dir);
    if (isOf) this.#checkSoon(this.#files.uriOf(root));
  }

  #checkSoon(uri: vscode.Uri): void {
    if (this.#files.rootOf(uri) === undefined) return;
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        this.#check(uri).catch((error: unknown) => this.#log.warn(`${uri.fsPath}: ${messageOf(error)}`));
      }, TYPING_MS),
    );
  }

  async #check(uri: vscode.Uri): Promise<void> {
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
    const text = document?.getText() ?? (await textOnDisk(uri.fsPath));
    if (text === undefined || text.length > LARGEST_FILE) {
      this.#collection.delete(uri);
      this.#fixes.delete(uri.toString());
      return;
    }
    const root = this.#files.rootOf(uri);
    const registry = root && (await this.#registries.byRoot(root));
    const problems = (await registry?.connection.projectProblems(text)) ?? [];
    // Names can be looked up only in a file that can be read, and where there is a registry to have them.
    const asks = registry?.exists === true && problems.length === 0;
    const unknown = asks ? await registry.connection.unknownNames(text) : [];
    const { Error: error, Warning: warning } = vscode.DiagnosticSeverity;
    this.#collection.set(uri, [
      ...problems.map((problem) => diagnosticAt(text, problem, error)),
      ...unknown.map((problem) => diagnosticAt(text, problem, problem.holdsUp ? error : warning)),
    ]);
    this.#fixes.set(
      uri.toString(),
      [...problems, ...unknown].flatMap((problem) => fixOf(text, problem) ?? []),
    );
  }
}

/** The word at the place, with its quotes, or the rest of the line where there is none. */
function markedAt(text: string, { line, column }: ProjectProblem): string {
  const rest = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
  const word = /^(?:"[^"\\]*"|'[^']*'|(?:[^\s:,[\]{}#"']|:(?=[^\s,[\]{}]))+)/.exec(rest)?.[0];
  return word ?? rest.trimEnd();
}

function rangeAt({ line, column }: ProjectProblem, marked: string): vscode.Range {
  return new vscode.Range(line - 1, column - 1, line - 1, column - 1 + Math.max(1, marked.length));
}

function diagnosticAt(text: string, problem: ProjectProblem, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const range = rangeAt(problem, markedAt(text, problem));
  const diagnostic = new vscode.Diagnostic(range, told(problem.message), severity);
  diagnostic.source = 'Model Registry';
  return diagnostic;
}

/** Undefined where another word may stand for the marked one, but isn't known; or where what is marked isn't that word. */
function fixOf(text: string, problem: ProjectProblem): Fix | undefined {
  const marked = markedAt(text, problem);
  const { meant } = problem;
  if (!meant || marked.replace(/^(["'])(.*)\1$/, '$2') !== meant.word) return undefined;
  return { range: rangeAt(problem, marked), marked, names: meant.names, isNear: meant.isNear };
}

async function textOnDisk(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // Gone, or not readable: the watch says so where it matters.
    if (systemErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
