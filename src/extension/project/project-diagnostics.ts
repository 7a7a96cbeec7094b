import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { messageOf, systemErrorCode } from '../../base/errors.ts';
import { told } from '../../base/retold.ts';
import type { Registries } from '../registries/registries.ts';
import type { ProjectFiles } from './project-files.ts';

const TYPING_MS = 300;
/** Changes of registries that come faster than this are looked at together. */
const CHANGES_MS = 1000;
const LARGEST_FILE = 1024 * 1024;

/** Shows what is wrong in project files in the Problems panel, as they are typed and as they are on disk. */
export class ProjectDiagnostics implements vscode.Disposable {
  readonly #files: ProjectFiles;
  readonly #registries: Pick<Registries, 'byRoot' | 'onDidChange'>;
  readonly #log: vscode.LogOutputChannel;
  readonly #collection = vscode.languages.createDiagnosticCollection('model-registry');
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
      files.onDidChange((root) => this.#checkSoon(files.uriOf(root))),
      // What a new version has isn't unknown any more.
      registries.onDidChange((dir) => this.#registryChanged(dir)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#checkSoon(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#checkSoon(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document.uri)),
    ];
    for (const root of files.roots) this.#checkSoon(files.uriOf(root));
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
      ...problems.map(({ line, column, message }) => diagnosticAt(text, line, column, told(message), error)),
      ...unknown.map(({ line, column, message }) => diagnosticAt(text, line, column, told(message), warning)),
    ]);
  }
}

/** Marks the word at the place, or the rest of the line where there is none. */
function diagnosticAt(
  text: string,
  line: number,
  column: number,
  message: string,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const row = line - 1;
  const start = column - 1;
  const lineText = text.split('\n')[row] ?? '';
  const word = /^[^\s:,[\]{}#]+/.exec(lineText.slice(start))?.[0] ?? lineText.slice(start).trimEnd();
  const range = new vscode.Range(row, start, row, start + Math.max(1, word.length));
  const diagnostic = new vscode.Diagnostic(range, message, severity);
  diagnostic.source = 'Model Registry';
  return diagnostic;
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
