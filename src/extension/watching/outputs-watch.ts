import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { Progress } from '../../base/progress.ts';
import { told, toldOf } from '../../base/retold.ts';
import { serialQueue } from '../../base/serial.ts';
import { headNow } from '../../lineage/head-now.ts';
import { shellEnvironment } from '../../lineage/shell-environment.ts';
import { warn } from '../notify.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries, ThreadEventOf } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';
import { isAutoRegistering } from '../settings.ts';
import type { Activity } from '../status/activity.ts';
import { withProgress } from '../status/progress.ts';
import { oneLine } from '../version-text.ts';
import type { EndedCommand, WatchedCommand } from './commands-watch.ts';
import { tellRegistered } from './registered-message.ts';
import { RetentionQuestion } from './retention-question.ts';

export interface OutputsWatchOptions {
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly activity: Activity;
  readonly log: vscode.LogOutputChannel;
}

/** How long a project file has to rest after a change. */
const EDITING_MS = 1500;

/** What is registered sooner gets no notification but that of the new version. */
const SLOW_MS = 2000;

/**
 * Has what training writes registered in each workspace folder that has a project file, is trusted, and wants it. The watching itself
 * happens in the registry's thread.
 */
export class OutputsWatch implements vscode.Disposable {
  readonly #options: OutputsWatchOptions;
  readonly #serially = serialQueue();
  readonly #retention = new RetentionQuestion();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #ends = new Map<string, () => void>();
  /** Where the progress of a folder's registration is shown. */
  readonly #shows = new Map<string, (progress: Progress) => void>();
  readonly #edits = new Map<string, NodeJS.Timeout>();
  /** Problems that the person was told of, so that each is told once. */
  readonly #told = new Set<string>();
  /** Of commands that go on: when their beginning was told, and what ends the looks at their program. */
  readonly #begun = new Map<string, { readonly told: Promise<unknown>; readonly ending: AbortController }>();
  /** Folders whose registry didn't exist before the watching began. */
  readonly #withoutRegistry = new Set<string>();

  constructor(options: OutputsWatchOptions) {
    this.#options = options;
    const { registries, projectFiles } = options;
    this.#subscriptions = [
      projectFiles.onDidChange((root) => this.#updateSoon(root)),
      registries.onThreadEvent((event) => this.#received(event)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.updateAll()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.updateAll()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('modelRegistry.autoRegister')) void this.updateAll();
      }),
    ];
  }

  /** Begins or ends watching in every workspace folder, as its files and settings ask for. */
  async updateAll(): Promise<void> {
    for (const root of this.#options.projectFiles.roots) await this.#update(root, false);
  }

  /** Looks at all outputs now. */
  async rescan(): Promise<void> {
    for (const { connection } of await this.#options.registries.all()) {
      await connection.rescan().catch((error: unknown) => this.#options.log.warn(`Outputs: ${messageOf(error)}`));
    }
  }

  /** A command began that may be a training run: its code and packages are remembered as they are now. */
  async commandBegan(command: WatchedCommand): Promise<void> {
    const roots = command.roots.filter((root) => vscode.workspace.isTrusted && isAutoRegistering(root));
    if (roots.length === 0) return;
    const ending = new AbortController();
    // By this window: the registry's thread may only be starting now, and some programs end meanwhile.
    const looking = command.seenAs === 'terminal' ? environmentOf(command, ending.signal) : undefined;
    const told = Promise.all(roots.map((root) => this.#tellBeginning(root, command, looking)));
    this.#begun.set(command.id, { told, ending });
    await told;
  }

  async #tellBeginning(
    root: vscode.WorkspaceFolder,
    { id, atMs, notBeforeMs, line, seenAs, cwd, interpreter, ...command }: WatchedCommand,
    looking: ReturnType<typeof environmentOf> | undefined,
  ): Promise<void> {
    // Before anything else: it may change in the moment that the thread and git take.
    const commit = await headNow(root.uri.fsPath);
    const shell = await command.shell;
    const registry = await this.#options.registries.byRoot(root);
    await registry?.connection.commandStarted({
      ...{ root: root.uri.fsPath, id, atMs, line, seenAs },
      ...(cwd === undefined ? {} : { cwd }),
      ...(interpreter === undefined ? {} : { interpreter }),
      ...(commit === undefined ? {} : { commit }),
      ...(shell === undefined ? {} : { shell }),
      ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    });
    const { log } = this.#options;
    log.info(`Saw a command begin in ${root.name} (${seenAs})${commit === undefined ? '' : ` at ${commit}`}`);
    const environment = await looking;
    if (environment) await registry?.connection.programSeen({ root: root.uri.fsPath, id, environment });
  }

  /** It ended, so its outputs are complete. */
  async commandEnded({ command, atMs, exitCode, notebook }: EndedCommand): Promise<void> {
    const begun = this.#begun.get(command.id);
    this.#begun.delete(command.id);
    begun?.ending.abort();
    // An end that is told before its beginning would be forgotten, and the command go on for ever.
    await begun?.told.catch(() => undefined);
    for (const root of command.roots) {
      const registry = await this.#options.registries.byRoot(root);
      await registry?.connection.commandEnded({
        ...{ root: root.uri.fsPath, id: command.id, atMs },
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(notebook ? { notebook } : {}),
      });
    }
  }

  /** The person made this registry: its first version won't be said to have made it. */
  knowsRegistry(dir: string): void {
    this.#withoutRegistry.delete(dir);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const end of this.#ends.values()) end();
    for (const timer of this.#edits.values()) clearTimeout(timer);
  }

  /** An editor that saves by itself saves half-written globs, too: what they match must not be registered. */
  #updateSoon(root: vscode.WorkspaceFolder): void {
    const key = root.uri.toString();
    clearTimeout(this.#edits.get(key));
    this.#edits.set(
      key,
      setTimeout(() => void this.#update(root, true), EDITING_MS),
    );
  }

  #update(root: vscode.WorkspaceFolder, isNewText: boolean): Promise<void> {
    return this.#serially(() => this.#updateNow(root, isNewText));
  }

  async #updateNow(root: vscode.WorkspaceFolder, isNewText: boolean): Promise<void> {
    const { registries, projectFiles, log } = this.#options;
    const hasFile = projectFiles.roots.some((candidate) => projectFiles.has(candidate));
    await setContext('modelRegistry.hasProjectFile', hasFile);
    const registry = await registries.byRoot(root);
    if (!registry) return;
    const folder = root.uri.fsPath;
    const isWanted = vscode.workspace.isTrusted && isAutoRegistering(root) && projectFiles.has(root);
    if (isNewText) for (const told of this.#told) if (told.startsWith(`${folder}\0`)) this.#told.delete(told);
    try {
      if (!isWanted) {
        await registry.connection.unwatch(folder);
        return;
      }
      if (!registry.exists) this.#withoutRegistry.add(registry.dir);
      await registry.connection.watch(folder);
      log.info(`Watching the outputs that ${projectFiles.uriOf(root).fsPath} declares`);
    } catch (error) {
      this.#tellOnce(root, error);
    }
  }

  #received({ registry, event }: ThreadEventOf): void {
    const { log } = this.#options;
    switch (event.kind) {
      case 'changed':
        return;
      case 'busy': {
        this.#end(event.root);
        if (event.isBusy) this.#begin(registry, event.root);
        return;
      }
      case 'stopped':
        for (const { uri } of registry.roots) this.#end(uri.fsPath);
        return;
      case 'progress':
        this.#shows.get(event.root)?.(event.progress);
        return;
      case 'registered': {
        const madeIn = this.#withoutRegistry.delete(registry.dir) ? registry.dir : undefined;
        const { result, earlier } = event;
        void tellRegistered({ registryDir: registry.dir, result, madeIn, earlier }).catch((error: unknown) =>
          log.error(messageOf(error)),
        );
        if (event.result.isNew)
          void this.#retention.ask(registry, event.result.version.number, (message) => log.error(message));
        return;
      }
      case 'problem': {
        const root = this.#options.projectFiles.roots.find(({ uri }) => uri.fsPath === event.root);
        const { code, message, details } = event;
        if (root) this.#tellOnce(root, new RegistryError(code, message, { details }));
        return;
      }
    }
  }

  #end(root: string): void {
    this.#ends.get(root)?.();
    this.#ends.delete(root);
  }

  /** Shows that files are being registered, until the entry in `#ends` is called. */
  #begin({ connection }: ThreadEventOf['registry'], root: string): void {
    const { activity, log } = this.#options;
    const work = { title: t('Registering'), isCancellable: true, slowMs: SLOW_MS };
    void withProgress(activity, work, ({ signal, onProgress }) => {
      const cancel = () => void connection.cancelAutomatic(root).catch((error: unknown) => log.warn(messageOf(error)));
      signal?.addEventListener('abort', cancel, { once: true });
      if (onProgress) this.#shows.set(root, onProgress);
      return new Promise<void>((end) => {
        this.#ends.set(root, () => {
          this.#shows.delete(root);
          end();
        });
      });
    });
  }

  #tellOnce(root: vscode.WorkspaceFolder, error: unknown): void {
    const { log, projectFiles } = this.#options;
    const message = messageOf(error);
    log.warn(`${root.name}: ${message}`);
    const key = `${root.uri.fsPath}\0${message}`;
    if (RegistryError.is(error, 'RUN_FAILED')) {
      this.#tellOfFailedRun(root, error);
      return;
    }
    const isFileWrong = RegistryError.is(error, 'PROJECT_FILE_INVALID');
    // Whoever is writing it sees what is underlined, and with automatic saving it is wrong at every other word.
    if (isFileWrong && isShown(projectFiles.uriOf(root))) return;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const text = textOf(root, error);
    const button = isFileWrong ? t('Open File') : t('Show Output');
    void warn(text, button).then((chosen) => {
      if (chosen === t('Open File')) void vscode.window.showTextDocument(projectFiles.uriOf(root));
      else if (chosen === t('Show Output')) log.show();
    });
  }

  /** Each one is told of: what it wrote can be good all the same, as where training was stopped by hand. */
  #tellOfFailedRun(root: vscode.WorkspaceFolder, error: RegistryError): void {
    const { model } = error.details;
    if (typeof model !== 'string') return;
    void warn(oneLine(toldOf(error), 500), t('Register All the Same')).then(async (chosen) => {
      if (chosen === undefined) return;
      try {
        await this.#registerAnyway(root, model);
      } catch (failure) {
        this.#options.log.error(messageOf(failure));
        void warn(t("{model} wasn't registered: {failure}", { model, failure: oneLine(toldOf(failure), 500) }));
      }
    });
  }

  async #registerAnyway(root: vscode.WorkspaceFolder, model: string): Promise<void> {
    const { activity, registries } = this.#options;
    const registry = await registries.byRoot(root);
    if (!registry) return;
    const work = { title: t('Registering {model}', { model }), isCancellable: true };
    const result = await withProgress(activity, work, (operation) =>
      registry.connection.registerDeclared(root.uri.fsPath, model, { ...operation, leavesOut: true }),
    );
    await registries.relocate();
    await tellRegistered({ registryDir: registry.dir, result });
  }
}

/** Of the program of a command in a terminal, what tells of its Python, or why that isn't known. */
async function environmentOf({ shell }: WatchedCommand, ended: AbortSignal) {
  const pid = await shell;
  return pid === undefined ? 'hidden' : shellEnvironment(pid, { ended });
}

function isShown(file: vscode.Uri): boolean {
  return vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === file.toString());
}

function textOf({ name }: vscode.WorkspaceFolder, error: unknown): string {
  const message = oneLine(told(messageOf(error)), 500);
  if (RegistryError.is(error, 'PROJECT_FILE_INVALID')) {
    const { model, section } = error.details;
    if (typeof section === 'string')
      return t('What model-registry.yaml of {name} says under {section} can’t be used: see the Problems panel.', {
        name,
        section,
      });
    return typeof model === 'string'
      ? t(
          "What model-registry.yaml of {name} says of {model} can't be used, so {model} is neither registered automatically nor promoted: see the Problems panel.",
          { name, model },
        )
      : t(
          "model-registry.yaml of {name} can't be used, so nothing is registered automatically: see the Problems panel.",
          { name },
        );
  }
  const isWhole =
    RegistryError.is(error, 'WATCH_FAILED') || (RegistryError.is(error) && error.details.isLeftOut === true);
  return isWhole ? `${name}: ${message}` : t("Outputs of {name} weren't registered: {message}", { name, message });
}
