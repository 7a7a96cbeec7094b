import type { Command, CommanderError } from 'commander';
import { RegistryError } from '../base/errors.ts';

/** The error for a command line that can't be meant, in the words of every other error: what is wrong, and what to write instead. */
export function usageError(error: CommanderError, program: Command, argv: readonly string[]): RegistryError {
  const command = commandIn(program, argv);
  const name = fullName(command);
  const usage = `Usage: ${name} ${command.usage()}. See \`${name} --help\`.`;
  return new RegistryError('USAGE', `${whatIsWrong(error, command)} ${usage}`);
}

function whatIsWrong(error: CommanderError, command: Command): string {
  if (error.code === 'commander.help') return whatIsMissing(command);
  const option = /option '(--?[^ ']+)/.exec(error.message)?.[1];
  if (error.code === 'commander.missingMandatoryOptionValue' && option === '--reason') {
    return 'The reason is missing. Say in a few words why, for whoever reads the log later: --reason "…".';
  }
  if (error.code === 'commander.missingMandatoryOptionValue') return `The option ${option} is missing.`;
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*\((Did you mean [^)]*)\)\.?$/i, '. $1')
    .replace(/\.$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('?') ? '' : '.'}`;
}

/** Commander shows the help of a command that needs another one to follow; `help` itself does so for one that doesn't exist. */
function whatIsMissing(command: Command): string {
  const [first, second] = command.args;
  if (first === 'help' && second !== undefined) return `Unknown command '${second}'.`;
  if (!command.parent) return 'No command was named.';
  return `It isn't said what to do with ${command.name()}: ${command.commands.map((sub) => sub.name()).join(' or ')}.`;
}

/** The command that the arguments lead to, as far as they name one. */
function commandIn(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) {
    const sub = command.commands.find((candidate) => candidate.name() === word);
    if (sub) command = sub;
    else if (command !== program && !word.startsWith('-')) break;
  }
  return command;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
