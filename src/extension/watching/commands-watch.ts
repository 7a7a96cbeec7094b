import * as vscode from 'vscode';
import { mayTrain } from '../../outputs/run-commands.ts';
import type { ExecutedNotebook } from '../../workers/runs.ts';
import { folderAt, quoted } from './command-text.ts';
import { ExitCodes, runOfSession } from './debug-runs.ts';
import { LoneTerminal } from './lone-terminal.ts';
import { followNotebooks } from './notebook-runs.ts';
import { activeInterpreter } from './python-extension.ts';

/** A command of a terminal, task or debug session that may train a model. */
export interface WatchedCommand {
  /** The same for beginning and end, and for no other command of the window. */
  readonly id: string;
  /** Workspace folders that it may work in. */
  readonly roots: readonly vscode.WorkspaceFolder[];
  /** When it began, milliseconds since the epoch. */
  readonly atMs: number;
  /** Since when nothing else can have run, where it began before it was told; undefined where others may have. */
  readonly notBeforeMs: number | undefined;
  readonly line: string;
  readonly seenAs: 'terminal' | 'task' | 'debug' | 'notebook';
  /** Where it runs, as far as that is known. */
  readonly cwd: string | undefined;
  /** The Python that is meant where the command doesn't name one by its path. */
  readonly interpreter: string | undefined;
  /** The process of the terminal's shell, or of the task, in which the editor may see a command of a terminal as well. */
  readonly shell: Thenable<number | undefined> | undefined;
}

export interface EndedCommand {
  readonly command: WatchedCommand;
  readonly atMs: number;
  /** Undefined where nobody tells. */
  readonly exitCode: number | undefined;
  readonly notebook?: ExecutedNotebook | undefined;
}

interface Begun {
  readonly line: string;
  readonly seenAs: WatchedCommand['seenAs'];
  readonly folder: vscode.Uri | undefined;
  readonly interpreter?: string | undefined;
  readonly shell?: Thenable<number | undefined>;
  readonly notBeforeMs?: number | undefined;
}

/** What a debugger runs in a terminal is its session's. */
const OF_DEBUGGER = /debugpy[\\/](?:adapter|launcher)|vscode-js-debug|bootloader\.js/;

/** Tells when commands begin and end that may train a model: in terminals with shell integration, as tasks, in the debugger. */
export class CommandsWatch implements vscode.Disposable {
  readonly #began = new vscode.EventEmitter<WatchedCommand>();
  readonly #ended = new vscode.EventEmitter<EndedCommand>();
  /** What runs, by what the editor calls it. */
  readonly #running = new Map<object, WatchedCommand>();
  readonly #terminals = new Map<vscode.Terminal, Set<object>>();
  readonly #lone = new LoneTerminal(vscode.window.terminals);
  readonly #exitCodes = new ExitCodes();
  readonly #subscriptions: readonly vscode.Disposable[];
  #count = 0;

  readonly onDidBegin = this.#began.event;
  readonly onDidEnd = this.#ended.event;

  constructor() {
    this.#subscriptions = [
      this.#exitCodes,
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        const line = execution.commandLine.value;
        const notBeforeMs = this.#lone.idleSinceMs(terminal);
        this.#lone.begins(terminal, line);
        if (OF_DEBUGGER.test(line)) return;
        const begun = { line, seenAs: 'terminal' as const, folder: execution.cwd, shell: terminal.processId };
        if (!this.#begin(execution, { ...begun, notBeforeMs })) return;
        this.#terminals.set(terminal, (this.#terminals.get(terminal) ?? new Set()).add(execution));
      }),
      vscode.window.onDidEndTerminalShellExecution(({ terminal, execution, exitCode }) => {
        this.#terminals.get(terminal)?.delete(execution);
        this.#lone.ended(terminal, Date.now());
        this.#end(execution, exitCode);
      }),
      vscode.window.onDidOpenTerminal((terminal) => this.#lone.opened(terminal, Date.now())),
      vscode.window.onDidCloseTerminal((terminal) => {
        this.#lone.closed(terminal, Date.now());
        for (const execution of this.#terminals.get(terminal) ?? []) this.#end(execution, undefined);
        this.#terminals.delete(terminal);
      }),
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
        const { task } = execution;
        this.#lone.othersBegin(execution);
        if (task.isBackground) return;
        const shell = Promise.resolve(processId);
        this.#begin(execution, { line: commandOf(task), seenAs: 'task', folder: folderOf(task), shell });
      }),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => this.#end(execution, exitCode)),
      vscode.tasks.onDidEndTask(({ execution }) => this.#end(execution, undefined)),
      vscode.debug.onDidStartDebugSession((session) => {
        this.#lone.othersBegin(session);
        const run = runOfSession(session);
        if (run) this.#begin(session, { ...run, seenAs: 'debug', folder: run.folder });
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.#end(session, this.#exitCodes.take(session))),
      followNotebooks({
        begins: (cell, folder) => {
          this.#lone.othersBegin(cell);
          this.#begin(cell, { line: folder.fsPath, seenAs: 'notebook', folder });
        },
        ends: (cell, exitCode, notebook) => this.#end(cell, exitCode, notebook),
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#began.dispose();
    this.#ended.dispose();
  }

  #begin(key: object, { line, seenAs, folder, interpreter, shell, notBeforeMs }: Begun): boolean {
    if (seenAs !== 'notebook' && !mayTrain(line)) return false;
    const own = folder && vscode.workspace.getWorkspaceFolder(folder);
    const roots = own ? [own] : (vscode.workspace.workspaceFolders ?? []);
    this.#count += 1;
    const command = {
      ...{ id: `${process.pid}-${this.#count}`, roots, atMs: Date.now(), notBeforeMs, line, seenAs },
      cwd: folder?.scheme === 'file' && seenAs !== 'notebook' ? folder.fsPath : undefined,
      interpreter: interpreter ?? activeInterpreter(folder ?? roots[0]?.uri),
      shell,
    };
    this.#running.set(key, command);
    this.#began.fire(command);
    return true;
  }

  #end(key: object, exitCode: number | undefined, notebook?: ExecutedNotebook): void {
    this.#lone.othersEnded(key, Date.now());
    const command = this.#running.get(key);
    if (!command) return;
    this.#running.delete(key);
    this.#ended.fire({ command, atMs: Date.now(), exitCode, notebook });
  }
}

function commandOf({ execution, name }: vscode.Task): string {
  if (execution instanceof vscode.ShellExecution) {
    const { commandLine, command, args } = execution;
    return commandLine ?? [command, ...(args ?? [])].map(textOf).join(' ');
  }
  if (execution instanceof vscode.ProcessExecution) return [execution.process, ...execution.args].map(quoted).join(' ');
  return name;
}

function textOf(part: string | vscode.ShellQuotedString | undefined): string {
  return typeof part === 'string' ? part : quoted(part?.value ?? '');
}

/** Where the task runs: its own folder, else that of the workspace it belongs to. */
function folderOf({ execution, scope }: vscode.Task): vscode.Uri | undefined {
  const own = typeof scope === 'object' ? scope.uri : undefined;
  const cwd = execution instanceof vscode.CustomExecution ? undefined : execution?.options?.cwd;
  return folderAt(cwd, own);
}
