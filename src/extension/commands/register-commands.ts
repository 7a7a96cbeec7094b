import * as vscode from 'vscode';
import { COMMAND_IDS, type CommandId } from '../command-ids.ts';
import type { CommandContext } from './command-context.ts';
import { askedAgainWith, reportError } from './report-error.ts';

/**
 * Registers every command. What they do is read with the first that runs, which keeps it out of the start of the editor. What goes wrong in one
 * is told in words, with the chance to try again.
 */
export function registerCommands(context: CommandContext): readonly vscode.Disposable[] {
  return COMMAND_IDS.map((id) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => attempt(context, id, args)),
  );
}

async function attempt(context: CommandContext, id: CommandId, args: readonly unknown[]): Promise<void> {
  const { commandTable } = await import('./command-table.ts');
  const [what, run] = commandTable()[id];
  if (args.length > 0) context.modelsTree.noteUsed('command');
  try {
    await run(context, ...args);
  } catch (error) {
    // Not awaited: the message may stay on the screen for long.
    const again = askedAgainWith(error);
    void reportError(context.log, what, error, async () => attempt(context, id, again ? [again] : args));
  }
}
