import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { RegistryError } from '../base/errors.ts';
import { newIdSource } from '../base/ids.ts';
import { startProblem } from '../base/start-problem.ts';
import type { RunLineage } from '../catalog/read-models/lineage.ts';
import { notebookOf } from '../lineage/notebook.ts';
import { folderOf, surroundingsAtStart } from '../lineage/surroundings.ts';
import { outputStates, registerAfterRun } from '../outputs/after-run.ts';
import { noOutputs } from '../outputs/no-outputs.ts';
import { announceRecording } from '../outputs/recordings.ts';
import type { Project } from '../project/project-schema.ts';
import { refusalOf, refuseUnreadable } from '../project/refused-models.ts';
import { refusalOfSection } from '../project/unusable-sections.ts';
import { providersFor } from './capture.ts';
import type { CommandContext } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { versionJson } from './format/json.ts';
import { registeredText } from './format/registered.ts';
import { findProject } from './project-root.ts';
import { print, printJson, reportError, reportLeftOut } from './terminal.ts';

/**
 * `run`: runs a command, and registers the declared outputs that it wrote. Code, packages and uncommitted changes are read before it
 * starts. The exit code is the command's; one that fails registers nothing.
 */
export async function runCommand(
  context: CommandContext,
  models: readonly string[] | undefined,
  command: readonly string[],
): Promise<void> {
  const { root, project } = await findProject(context.cwd);
  refuseUnknown(models ?? [], project, root);
  const refused = models ? [] : (project.refused ?? []);
  const located = await context.locate();
  // Hours of training shouldn't end with the news that there is nowhere to register.
  if (!located.exists)
    throw new RegistryError('REGISTRY_NOT_FOUND', 'There is no registry here. Make one with `model-registry init`.');
  // Said before hours of training, too.
  for (const one of refused) reportError(refusalOf(one), context.isJson);
  for (const section of project.unusable ?? []) reportLeftOut(refusalOfSection(section), context.isJson);
  const endRecording = await announceRecording(located.dir, root);
  let exitCode: number | undefined;
  try {
    const surroundings = await surroundingsAtStart(root, { command, cwd: context.cwd, python: { env: process.env } });
    const before = await outputStates(root, project);
    const ended = await spawned(context, command);
    exitCode = ended.exitCode;
    const notebook = await notebookOf(command, { root, cwd: context.cwd });
    const run: RunLineage = {
      ...{ ...ended, ...folderOf(root, context.cwd), seenAs: 'run' },
      ...(notebook ? { notebook } : {}),
    };
    if (run.exitCode !== 0) {
      process.exitCode = run.exitCode ?? 1;
      if (context.isJson) printJson({ run, versions: [] });
      else process.stderr.write(`The command failed (exit code ${run.exitCode}), so nothing was registered.\n`);
      return;
    }
    let isAnyFailed = false;
    const results = await context.withRegistry((registry) =>
      context.withProgress((operation) =>
        registerAfterRun({
          ...{ root, project, models: models ?? Object.keys(project.models), registry, before, operation },
          providers: providersFor(root, surroundings),
          run: { id: newIdSource()(), ...run },
          onProblem: (problem) => reportLeftOut(problem, context.isJson),
          onFailed: (failure) => {
            isAnyFailed = true;
            process.exitCode = exitCodeOf(failure);
            reportError(failure, context.isJson);
          },
        }),
      ),
    );
    if (refused.length > 0) process.exitCode = EXIT.refused;
    if (context.isJson) printJson({ run, versions: results.map(({ version }) => versionJson(version)) });
    else if (results.length > 0) print(results.map(registeredText).join('\n'));
    else if (!isAnyFailed)
      process.stderr.write(
        'The command wrote none of the outputs that model-registry.yaml declares, so nothing was registered.\n',
      );
  } finally {
    await endRecording(exitCode);
  }
}

function refuseUnknown(models: readonly string[], project: Project, root: string): void {
  for (const name of models) refuseUnreadable(project, name);
  const unknown = models.filter((name) => !Object.hasOwn(project.models, name));
  for (const name of models) if (project.models[name]?.outputs.length === 0) throw noOutputs(name);
  if (unknown.length === 0) return;
  throw new RegistryError(
    'OUTPUTS_MISSING',
    `model-registry.yaml in ${root} doesn't declare ${unknown.join(', ')}, but ${Object.keys(project.models).join(', ') || 'no models'}. Nothing was run.`,
  );
}

/** Runs the command on this terminal. With `--json`, standard output is kept for the result. */
async function spawned({ cwd, isJson }: CommandContext, command: readonly string[]): Promise<RunLineage> {
  const [program = '', ...args] = command;
  const startedAt = new Date().toISOString();
  const child = spawn(program, args, { cwd, stdio: ['inherit', isJson ? process.stderr : 'inherit', 'inherit'] });
  // A terminal tells both of Ctrl-C; whoever ends this process alone means the command.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  const signals: readonly NodeJS.Signals[] = process.stdin.isTTY ? ['SIGTERM'] : ['SIGTERM', 'SIGINT'];
  for (const signal of signals) process.on(signal, pass);
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => {
        reject(
          new RegistryError(
            'COMMAND_NOT_STARTED',
            `${program} could not be started: ${startProblem(cause)}. Check its name and the PATH. Nothing was registered.`,
            { cause },
          ),
        );
      });
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
    return { command: lineOf(command), startedAt, endedAt: new Date().toISOString(), exitCode };
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

const MAX_COMMAND_LENGTH = 4096;

/** The command as a shell would take it, in one line. */
function lineOf(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  return words
    .join(' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .slice(0, MAX_COMMAND_LENGTH);
}
