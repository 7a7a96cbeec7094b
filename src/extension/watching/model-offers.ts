import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, systemErrorCode } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import type { Proposal } from '../../outputs/finding/proposal.ts';
import { PROJECT_FILE } from '../../project/project-file-name.ts';
import { inform, tellBriefly, warn } from '../notify.ts';
import type { ProjectFiles } from '../project/project-files.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { isAutoRegistering, isOffering } from '../settings.ts';
import type { Activity } from '../status/activity.ts';
import { withProgress } from '../status/progress.ts';
import { oneLine } from '../version-text.ts';
import type { CommandsWatch } from './commands-watch.ts';
import type { OfferMarks } from './offer-marks.ts';
import { tellRegistered } from './registered-message.ts';

/** Files whose names say that they may be models. The editor watches the workspace anyway: this hears of it, and watches nothing more. */
const MODEL_FILES = '**/*.{safetensors,gguf,onnx,pt,pth,ckpt,keras,tflite,cbm,ubj,joblib,pkl,pickle,h5,bin,mlmodel,pb}';
/** Hints come in bursts. */
const HINT_DELAY_MS = 1500;
const MIN_INTERVAL_MS = 10_000;
/** A focus or a saved notebook is a weak hint. */
const WEAK_INTERVAL_MS = 60_000;

export interface ModelOffersOptions {
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly commands: CommandsWatch;
  readonly activity: Activity;
  readonly marks: Pick<OfferMarks, 'isFirst' | 'has' | 'whileAsking'>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Offers to register a model that appears in a workspace and that no project file declares: once for each place, in one of the windows on it, with a way to
 * never be asked again. Looks only after something happened that can have made one.
 */
export class ModelOffers implements vscode.Disposable {
  readonly #options: ModelOffersOptions;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #lookedAtMs = new Map<string, number>();
  /** What was written before isn't news: milliseconds since the epoch, by folder. */
  readonly #sinceMs = new Map<string, number>();
  readonly #startedAtMs = Date.now();
  readonly #ending = new AbortController();
  /** A folder's offer is on the screen. */
  readonly #asking = new Set<string>();

  constructor(options: ModelOffersOptions) {
    this.#options = options;
    const watcher = vscode.workspace.createFileSystemWatcher(MODEL_FILES, false, false, true);
    const fileHint = (uri: vscode.Uri) => {
      const root = vscode.workspace.getWorkspaceFolder(uri);
      if (root) this.#hint(root, MIN_INTERVAL_MS);
    };
    const weakHint = () => {
      for (const root of options.projectFiles.roots) this.#hint(root, WEAK_INTERVAL_MS);
    };
    this.#subscriptions = [
      watcher,
      watcher.onDidCreate(fileHint),
      watcher.onDidChange(fileHint),
      options.commands.onDidEnd(({ command }) => {
        for (const root of command.roots) this.#hint(root, 0);
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) weakHint();
      }),
      vscode.workspace.onDidSaveNotebookDocument(weakHint),
    ];
  }

  dispose(): void {
    this.#ending.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Looks soon, but not sooner than `intervalMs` after the last look. */
  #hint(root: vscode.WorkspaceFolder, intervalMs: number): void {
    const key = root.uri.toString();
    if (this.#timers.has(key) || !this.#mayOffer(root)) return;
    const lastMs = this.#lookedAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    const delayMs = Math.max(HINT_DELAY_MS, lastMs + intervalMs - performance.now());
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.#look(root).catch((error: unknown) => {
        if (!this.#ending.signal.aborted) this.#options.log.warn(`${root.name}: ${messageOf(error)}`);
      });
    }, delayMs);
    this.#timers.set(key, timer);
  }

  #mayOffer(root: vscode.WorkspaceFolder): boolean {
    const key = root.uri.toString();
    return (
      root.uri.scheme === 'file' &&
      vscode.workspace.isTrusted &&
      isOffering(root) &&
      isAutoRegistering(root) &&
      !this.#asking.has(key)
    );
  }

  async #look(root: vscode.WorkspaceFolder): Promise<void> {
    const key = root.uri.toString();
    const registry = await this.#options.registries.byRoot(root);
    if (!registry || (await this.#options.marks.has(never(root))) || !this.#mayOffer(root)) return;
    this.#lookedAtMs.set(key, performance.now());
    const beganAtMs = Date.now();
    const sinceMs = this.#sinceMs.get(key) ?? this.#startedAtMs;
    const proposal = await registry.connection.findModel(root.uri.fsPath, sinceMs, { signal: this.#ending.signal });
    if (!proposal) return;
    // Times of files may be a little behind the clock.
    this.#sinceMs.set(key, beganAtMs - 1000);
    if (this.#asking.has(key)) return;
    this.#asking.add(key);
    try {
      await this.#options.marks.whileAsking(key, async () => {
        if (await this.#isNews(root, proposal)) await this.#offer(root, registry, proposal);
      });
    } finally {
      this.#asking.delete(key);
    }
  }

  /** Whether nobody closed an offer for this place, and no window showed one for what was written there last. */
  async #isNews(root: vscode.WorkspaceFolder, proposal: Proposal): Promise<boolean> {
    const place = placeOf(root, proposal);
    if (await this.#options.marks.has(place)) return false;
    const written = await stat(join(root.uri.fsPath, proposal.example)).catch(() => undefined);
    return this.#options.marks.isFirst(`${place} ${proposal.example} ${written?.mtimeMs}`);
  }

  async #offer(root: vscode.WorkspaceFolder, registry: WorkspaceRegistry, proposal: Proposal): Promise<void> {
    const values = [...proposal.metrics, ...proposal.params].map((path) => oneLine(path, 60));
    const found = { example: oneLine(proposal.example, 120), name: proposal.name };
    const [register, always, notHere] = [t('Register'), t('Always for This Place'), t('Never in This Workspace')];
    const chosen = await inform(
      values.length > 0
        ? t('{example} looks like a trained model. Register it as {name}, with {values}?', {
            ...found,
            values: values.join(', '),
          })
        : t('{example} looks like a trained model. Register it as {name}?', found),
      register,
      always,
      notHere,
    );
    try {
      if (chosen === register) await this.#register(root, registry, proposal);
      else if (chosen === always) await this.#declare(root, registry, proposal);
      else if (chosen === notHere) await this.#options.marks.isFirst(never(root));
      // Closing the question is an answer, too: the command to register stays.
      else await this.#options.marks.isFirst(placeOf(root, proposal));
    } catch (error) {
      this.#tellFailure(proposal, error);
    }
  }

  #tellFailure({ example }: Proposal, error: unknown): void {
    this.#options.log.error(messageOf(error));
    void warn(
      t("{example} wasn't registered: {error}", {
        example: oneLine(example, 120),
        error: oneLine(toldOf(error), 500),
      }),
    );
  }

  async #register(root: vscode.WorkspaceFolder, registry: WorkspaceRegistry, proposal: Proposal): Promise<void> {
    const { activity, registries } = this.#options;
    const madeIn = registry.exists ? undefined : registry.dir;
    const work = { title: t('Registering {name}', { name: proposal.name }), isCancellable: true };
    const result = await withProgress(activity, work, (operation) =>
      registry.connection.registerFound(root.uri.fsPath, proposal, operation),
    );
    await registries.relocate();
    const declare = () => this.#declare(root, registry, proposal);
    // Nobody waits for the answer: the message may stay for hours, and the next model is to be offered.
    void tellRegistered({ registryDir: registry.dir, result, madeIn, declare }).catch((error: unknown) =>
      this.#tellFailure(proposal, error),
    );
  }

  /** The project file is watched: what it declares is registered from then on, beginning with what is there. */
  async #declare(root: vscode.WorkspaceFolder, { connection }: WorkspaceRegistry, proposal: Proposal): Promise<void> {
    const uri = this.#options.projectFiles.uriOf(root);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    const text = open?.getText() ?? (await textOf(uri.fsPath));
    const added = await connection.projectWith(text, proposal);
    if (open) {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(uri, new vscode.Range(0, 0, open.lineCount, 0), added);
      await vscode.workspace.applyEdit(edit);
      await open.save();
    } else await writeFile(uri.fsPath, added, { flag: text === undefined ? 'wx' : 'w' });
    tellBriefly(t('{file} declares {name}', { file: PROJECT_FILE, name: proposal.name }));
  }
}

function never(root: vscode.WorkspaceFolder): string {
  return `never:${root.uri.toString()}`;
}

function placeOf(root: vscode.WorkspaceFolder, { outputs }: Proposal): string {
  return `${root.uri.toString()} ${outputs.join(' ')}`;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
