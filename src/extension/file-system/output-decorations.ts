import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { RegisteredOutput } from '../../outputs/registered-outputs.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';
import { oneLine } from '../version-text.ts';

/** Training writes many files, and each event is only a reason to look again. */
const LOOK_AFTER_MS = 1000;

type Marks = ReadonlyMap<string, RegisteredOutput>;

export interface DecorationOptions {
  readonly registries: Pick<Registries, 'byRoot' | 'onDidChange' | 'onThreadEvent'>;
  readonly projectFiles: Pick<ProjectFiles, 'has' | 'onDidChange'>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Marks outputs of the workspace that are a version's: with the letter of its stage, or with its number. The registry's thread looks which they are; here, they are
 * only looked up.
 */
export class OutputDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #options: DecorationOptions;
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  /** By the folder. */
  readonly #marks = new Map<string, Promise<Marks>>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(options: DecorationOptions) {
    const { registries, projectFiles } = options;
    this.#options = options;
    this.#subscriptions = [
      vscode.window.registerFileDecorationProvider(this),
      registries.onDidChange(() => this.#lookSoon()),
      projectFiles.onDidChange(() => this.#lookSoon()),
      registries.onThreadEvent(({ event }) => {
        if (event.kind === 'registered' || event.kind === 'busy') this.#lookSoon();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    if (uri.scheme !== 'file') return undefined;
    const root = vscode.workspace.getWorkspaceFolder(uri);
    if (!root) return undefined;
    const mark = (await this.#marksIn(root)).get(keyOf(uri.fsPath));
    return mark && decorationOf(mark);
  }

  #marksIn(root: vscode.WorkspaceFolder): Promise<Marks> {
    const key = root.uri.toString();
    const known = this.#marks.get(key);
    if (known) return known;
    const looking = this.#look(root).catch((error: unknown): Marks => {
      this.#options.log.warn(`Outputs of ${root.name} aren't marked: ${messageOf(error)}`);
      return new Map();
    });
    this.#marks.set(key, looking);
    void looking.then(() => this.#tellMarked());
    return looking;
  }

  async #look(root: vscode.WorkspaceFolder): Promise<Marks> {
    if (!this.#options.projectFiles.has(root)) return new Map();
    const registry = await this.#options.registries.byRoot(root);
    if (registry?.exists !== true) return new Map();
    const outputs = await registry.connection.registeredOutputs(root.uri.fsPath);
    return new Map(outputs.map((output) => [keyOf(output.file), output]));
  }

  /** Whose menus lead to their version. */
  async #tellMarked(): Promise<void> {
    const all = await Promise.all(this.#marks.values());
    await setContext(
      'modelRegistry.registeredOutputs',
      all.flatMap((marks) => [...marks.values()].map(({ file }) => file)),
    );
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#lookAgain();
    }, LOOK_AFTER_MS);
  }

  /** The editor asks again for those that have, or had, a mark. Folders that it never asked about aren't looked into. */
  async #lookAgain(): Promise<void> {
    const known = [...this.#marks];
    this.#marks.clear();
    const files = new Set<string>();
    for (const [key, before] of known) {
      const root = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === key);
      const after = root ? await this.#marksIn(root) : new Map<string, RegisteredOutput>();
      for (const { file } of [...(await before).values(), ...after.values()]) files.add(file).add(keyOf(file));
    }
    if (files.size > 0) this.#changed.fire([...files].map((file) => vscode.Uri.file(file)));
  }
}

/** On macOS the editor composes the letters of names, and the disk may not. */
function keyOf(file: string): string {
  return file.normalize('NFC');
}

function decorationOf({ model, number, stage }: RegisteredOutput): vscode.FileDecoration {
  const name = number === 0 ? t('{model}, not shared yet', { model }) : `${model}@${number}`;
  const badge =
    stage === 'candidate' ? (number > 0 && number < 100 ? String(number) : '●') : stage.slice(0, 1).toUpperCase();
  return { badge, tooltip: oneLine(`${name} · ${stage}`), propagate: false };
}
