import { Command, CommanderError } from 'commander';
import { RegistryError } from '../base/errors.ts';
import { type AddCommand, examples } from './add-command.ts';
import { addAnnotationCommands } from './commands/annotations.ts';
import { addChangesCommands } from './commands/changes.ts';
import { addEvaluateCommand } from './commands/evaluating.ts';
import { addFileCommands } from './commands/files.ts';
import { addGateCommands } from './commands/gates.ts';
import { addImportCommand } from './commands/importing.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addLineageCommand } from './commands/lineage.ts';
import { addMcpCommand } from './commands/mcp.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addQueryCommands } from './commands/queries.ts';
import { addRegisterCommands } from './commands/register.ts';
import { addRegistryCommands } from './commands/registry.ts';
import { addServingCommands } from './commands/serving.ts';
import { addSharedCommands } from './commands/shared.ts';
import { addSpaceCommands } from './commands/space.ts';
import { addStageCommands } from './commands/stages.ts';
import { commandContext, type GlobalOptions } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { globalOptionsFirst } from './global-options.ts';
import { reportError } from './terminal.ts';
import { usageError } from './usage.ts';

const EPILOGUE = `${examples(
  'init',
  'register fraud-detector models/fraud --metrics reports/metrics.json',
  'promote fraud-detector@1 production --reason "First model for the launch"',
  'rollback fraud-detector --reason "Twice as many complaints since this morning"',
  'pull fraud-detector@production --to serving/model',
)}

A version is named by its model and one of:
  model@7            its number
  model@production   the stage it is in
  model@champion     an alias
  model@1f1137c      the first 7 or more digits of its artifact's digest
  model              what is in production, else the newest

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 recorded here and not shared yet, 130 interrupted.`;

/** Runs one command line and returns the exit code. */
export async function runCli(argv: readonly string[], version: string): Promise<number> {
  const interrupt = new AbortController();
  let interruptedBy: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    // A second Ctrl-C ends the process at once.
    if (interrupt.signal.aborted) endBy(signal);
    interruptedBy = signal;
    interrupt.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const program = programFor(version, interrupt.signal);
  try {
    await program.parseAsync([...globalOptionsFirst(argv)], { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    const isJson = program.opts<GlobalOptions>().json ?? false;
    if (error instanceof CommanderError) return afterParsing(error, program, argv, isJson);
    reportError(error, isJson);
    if (interruptedBy && RegistryError.is(error, 'OPERATION_CANCELLED')) return interruptedCode(interruptedBy);
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** As if nobody had listened: `process.exit` would wait for a thread that can't leave what it reads. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function interruptedCode(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

/** Commander ends its work with an error, also where help or the version was asked for. */
function afterParsing(error: CommanderError, program: Command, argv: readonly string[], isJson: boolean): number {
  if (error.exitCode === 0) return EXIT.done;
  if (error.code === 'commander.help' && ((program.args.length === 0 && !isJson) || isHelpOfHelp(program.args))) {
    program.outputHelp();
    return EXIT.done;
  }
  const problem = usageError(error, program, argv);
  reportError(problem, isJson);
  return exitCodeOf(problem);
}

/** `help` stands among the commands, but commander has no help for it. */
function isHelpOfHelp([first, second = '']: readonly string[]): boolean {
  return first === 'help' && ['help', '--help', '-h'].includes(second);
}

function programFor(version: string, signal: AbortSignal): Command {
  const program = new Command('model-registry')
    .description('Which model is in production, and how did it get there.')
    .usage('[-C DIR] [--registry DIR] [--offline] [--json] COMMAND')
    .version(version, '--version', 'print the version')
    .option('-C <dir>', 'work in this folder')
    .option('--registry <dir>', 'use the registry in this folder')
    .option('--offline', 'leave shared storage alone')
    .option('--json', 'print one JSON value')
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    // Errors are reported once, in the form of all others.
    .configureOutput({ writeErr: () => undefined });
  const add: AddCommand = (command, run) => {
    command.action(async (...received) => {
      // Commander calls an action with the arguments, then the options, then the command.
      const context = commandContext(program.opts<GlobalOptions>(), signal);
      await run(context, command.opts(), ...received.slice(0, -2));
    });
  };
  program.commandsGroup('Registry:');
  addRegistryCommands(program, add);
  addSpaceCommands(program, add);
  program.commandsGroup('Versions:');
  addRegisterCommands(program, add);
  addImportCommand(program, add);
  addEvaluateCommand(program, add);
  addQueryCommands(program, add);
  addChangesCommands(program, add);
  addLineageCommand(program, add);
  addInspectCommand(program, add);
  addFileCommands(program, add);
  program.commandsGroup('Stages:');
  addStageCommands(program, add);
  addGateCommands(program, add);
  addPolicyCommands(program, add);
  program.commandsGroup('Names and notes:');
  addAnnotationCommands(program, add);
  program.commandsGroup('Sharing:');
  addSharedCommands(program, add);
  addServingCommands(program, add);
  program.commandsGroup('Language models:');
  addMcpCommand(program, add);
  return program;
}
