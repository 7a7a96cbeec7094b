import * as vscode from 'vscode';
import { mayTrain } from '../../outputs/run-commands.ts';

/** A command of a terminal, task or debug session that may train a model. */
export interface WatchedCommand {
  /** The same for beginning and end, and for no other command of the window. */
  readonly id: string;
  /** Workspace folders that it may work in. */
  readonly roots: readonly vscode.WorkspaceFolder[];
}

/** Tells when commands begin and end that may train a model: in terminals with shell integration, as tasks, in the debugger. */
export class CommandsWatch implements vscode.Disposable {
  readonly #began = new vscode.EventEmitter<WatchedCommand>();
  readonly #ended = new vscode.EventEmitter<WatchedCommand>();
  /** What runs, by what the editor calls it. */
  readonly #running = new Map<object, WatchedCommand>();
  readonly #terminals = new Map<vscode.Terminal, Set<object>>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #count = 0;

  readonly onDidBegin = this.#began.event;
  readonly onDidEnd = this.#ended.event;

  constructor() {
    this.#subscriptions = [
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        if (!this.#begin(execution, execution.commandLine.value, execution.cwd)) return;
        this.#terminals.set(terminal, (this.#terminals.get(terminal) ?? new Set()).add(execution));
      }),
      vscode.window.onDidEndTerminalShellExecution(({ terminal, execution }) => {
        this.#terminals.get(terminal)?.delete(execution);
        this.#end(execution);
      }),
      vscode.window.onDidCloseTerminal((terminal) => {
        for (const execution of this.#terminals.get(terminal) ?? []) this.#end(execution);
        this.#terminals.delete(terminal);
      }),
      vscode.tasks.onDidStartTaskProcess(({ execution }) => {
        const { task } = execution;
        if (!task.isBackground) this.#begin(execution, commandOf(task), folderOf(task));
      }),
      vscode.tasks.onDidEndTask(({ execution }) => this.#end(execution)),
      vscode.debug.onDidStartDebugSession((session) => {
        // A session's children are the processes of one run.
        if (/python|debugpy/i.test(session.type) && !session.parentSession)
          this.#begin(session, 'python debugged', session.workspaceFolder?.uri);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.#end(session)),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#began.dispose();
    this.#ended.dispose();
  }

  #begin(key: object, commandLine: string, folder: vscode.Uri | undefined): boolean {
    if (!mayTrain(commandLine)) return false;
    const all = vscode.workspace.workspaceFolders ?? [];
    const own = folder && vscode.workspace.getWorkspaceFolder(folder);
    this.#count += 1;
    const command = { id: `${process.pid}-${this.#count}`, roots: own ? [own] : all };
    this.#running.set(key, command);
    this.#began.fire(command);
    return true;
  }

  #end(key: object): void {
    const command = this.#running.get(key);
    if (!command) return;
    this.#running.delete(key);
    this.#ended.fire(command);
  }
}

function commandOf({ execution, name }: vscode.Task): string {
  if (execution instanceof vscode.ShellExecution) {
    const { commandLine, command, args } = execution;
    return commandLine ?? [command, ...(args ?? [])].map(textOf).join(' ');
  }
  if (execution instanceof vscode.ProcessExecution) return [execution.process, ...execution.args].join(' ');
  return name;
}

function textOf(part: string | vscode.ShellQuotedString | undefined): string {
  return typeof part === 'string' ? part : (part?.value ?? '');
}

function folderOf({ scope }: vscode.Task): vscode.Uri | undefined {
  return typeof scope === 'object' ? scope.uri : undefined;
}
