import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { type CommandContext, workerOption } from '../context.ts';
import { print, printJson } from '../terminal.ts';

interface InspectOptions {
  readonly tensors?: boolean;
}

/** What model files say, whether they are registered or not. */
export function addInspectCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('inspect')
      .description('tell what is in a model file, a folder, or the files of a version')
      .argument('<path or ref>')
      .option('--tensors', 'list the tensors, too')
      .addHelpText(
        'after',
        examples('inspect model.safetensors', 'inspect models/bert --tensors', 'inspect fraud-detector@production'),
      ),
    async (context, options: InspectOptions, target: string) => {
      const path = resolve(context.cwd, target);
      if (existsSync(path)) await inspectPath(context, path, options);
      else await inspectVersion(context, target, path, options);
    },
  );
}

async function inspectPath(context: CommandContext, path: string, { tensors = false }: InspectOptions): Promise<void> {
  const [{ filesReadTogether }, { inlineInspector, threadInspector }, { inspectionJson, inspectionText }] =
    await Promise.all([
      import('../../modelfiles/files-read-together.ts'),
      import('../../modelfiles/inspector.ts'),
      import('../format/inspection.ts'),
    ]);
  const request = (await stat(path)).isFile() ? await filesReadTogether(path) : { path };
  const { workerFile } = workerOption();
  const inspector = workerFile === undefined ? inlineInspector() : threadInspector({ workerFile });
  try {
    const found = await context.withProgress(async (operation) => ({
      inspection: await inspector.inspect(request, operation),
      completeness: await inspector.completeness(request, operation),
    }));
    const all = { path, ...found, withTensors: tensors };
    if (context.isJson) printJson(inspectionJson(all));
    else print(inspectionText(all));
  } finally {
    await inspector.close();
  }
}

async function inspectVersion(
  context: CommandContext,
  ref: string,
  path: string,
  { tensors = false }: InspectOptions,
): Promise<void> {
  const answer = await context
    .withQueries((registry) =>
      context.withProgress((operation) => registry.facts({ ref, withTensors: tensors }, operation)),
    )
    .catch((error: unknown) => {
      throw isUnknown(error) ? neither(ref, path, error) : error;
    });
  const { answerJson, answerText } = await import('../format/inspection.ts');
  if (context.isJson) printJson(answerJson(answer));
  else print(answerText(answer));
}

/** What a path is told by that isn't there, and can't be a reference either. */
const UNKNOWN = ['REGISTRY_NOT_FOUND', 'MODEL_NOT_FOUND', 'MODEL_NAME_INVALID', 'REFERENCE_INVALID'];

function isUnknown(error: unknown): boolean {
  return UNKNOWN.some((code) => RegistryError.is(error, code));
}

function neither(ref: string, path: string, cause: unknown): RegistryError {
  return new RegistryError(
    'PATH_NOT_FOUND',
    `There is no file or folder ${path}, and ${ref} names no version here. Check the path, or \`model-registry list\`.`,
    { cause, details: { path } },
  );
}
