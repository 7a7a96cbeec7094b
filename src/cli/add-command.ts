import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

type ActionArguments = Parameters<Parameters<Command['action']>[0]>;

/** Gives a command its action. `run` gets the context, the command's options and its arguments in order. */
export type AddCommand = (
  command: Command,
  run: (context: CommandContext, options: ActionArguments[0], ...args: ActionArguments) => Promise<void>,
) => void;

/** The text below a command's help that shows it at work. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  model-registry ${line}`).join('\n')}`;
}
