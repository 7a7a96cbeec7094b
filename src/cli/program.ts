import { Command, CommanderError } from 'commander';
import { RegistryError } from '../base/errors.ts';
import { addAnnotationCommands } from './commands/annotations.ts';
import { addFileCommands } from './commands/files.ts';
import { addQueryCommands } from './commands/queries.ts';
import { addRegisterCommands } from './commands/register.ts';
import { addRegistryCommands } from './commands/registry.ts';
import { addStageCommands } from './commands/stages.ts';
import { type CommandContext, commandContext, type GlobalOptions } from './context.ts';
import { EXIT, reportError } from './terminal.ts';

type ActionArguments = Parameters<Parameters<Command['action']>[0]>;

/** Gives a command its action. `run` gets the context, the command's options and its arguments in order. */
export type AddCommand = (
  command: Command,
  run: (context: CommandContext, options: ActionArguments[0], ...args: ActionArguments) => Promise<void>,
) => void;

const EXAMPLES = `
Examples:
  model-registry init
  model-registry register fraud-detector models/fraud --metrics reports/metrics.json
  model-registry promote fraud-detector@1 production --reason "First model for the launch"
  model-registry rollback fraud-detector --reason "Twice as many complaints since this morning"
  model-registry pull fraud-detector@production --to serving/model

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.`;

/** Runs one command line and returns the exit code. */
export async function runCli(argv: readonly string[], version: string): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    // A second Ctrl-C ends the process at once.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt);
  const program = programFor(version, interrupt.signal);
  const isJson = argv.includes('--json');
  try {
    if (argv.length === 0) program.help();
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, isJson);
    reportError(error, isJson);
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) return EXIT.interrupted;
    return RegistryError.is(error, 'ARGUMENT_INVALID') ? EXIT.usage : EXIT.refused;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function reportUsage(error: CommanderError, isJson: boolean): number {
  if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const message = error.message.replace(/^error: /, '').replace(/\.+$/, '').replaceAll('\n', ' ');
  reportError(new RegistryError('USAGE', `${message}. Run the command with --help to see how it is used.`), isJson);
  return EXIT.usage;
}

function programFor(version: string, signal: AbortSignal): Command {
  const program = new Command('model-registry')
    .description('Which model is in production, and how did it get there.')
    .version(version, '--version')
    .option('-C <dir>', 'work in this folder')
    .option('--registry <dir>', 'use the registry in this folder')
    .option('--json', 'print one JSON value')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showHelpAfterError(false)
    .showSuggestionAfterError(true);
  const add: AddCommand = (command, run) => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action(async (...received) => {
      // Commander calls an action with the arguments, then the options, then the command.
      const context = commandContext(program.opts<GlobalOptions>(), signal);
      await run(context, command.opts(), ...received.slice(0, -2));
    });
  };
  program.commandsGroup('Registry:');
  addRegistryCommands(program, add);
  program.commandsGroup('Versions:');
  addRegisterCommands(program, add);
  addQueryCommands(program, add);
  addFileCommands(program, add);
  program.commandsGroup('Stages:');
  addStageCommands(program, add);
  program.commandsGroup('Names and notes:');
  addAnnotationCommands(program, add);
  return program;
}
