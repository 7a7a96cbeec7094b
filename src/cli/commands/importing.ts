import { type Command, InvalidArgumentError } from 'commander';
import { SOURCE_KINDS, type SourceKind } from '../../importing/found.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { collect } from '../arguments.ts';
import type { ImportCommandOptions } from '../importing.ts';

/** Taking over what a team has elsewhere. */
export function addImportCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('import')
      .description('take over the models that MLflow, DVC, W&B or Hugging Face keep in a folder')
      .argument('[path]', 'the folder of a project, or a store in it: mlruns, mlflow.db, wandb')
      .option('--dry-run', 'show what would be imported, and change nothing')
      .option('--model <name>', 'import this model alone; may be given several times', collect)
      .option(
        '--from <source>',
        `look for this alone: ${SOURCE_KINDS.join(', ')}; may be given several times`,
        collectKind,
      )
      .option('--stages', 'set stages and aliases as they are there, where rules and gates let them through')
      .addHelpText(
        'after',
        examples('import --dry-run', 'import ../old-project --model churn --stages', 'import mlruns --from mlflow'),
      ),
    async (context, options: ImportCommandOptions, path?: string) => {
      const { importHere } = await import('../importing.ts');
      await importHere(context, options, path);
    },
  );
}

function collectKind(value: string, before: readonly SourceKind[] = []): readonly SourceKind[] {
  const kind = SOURCE_KINDS.find((known) => known === value);
  if (kind === undefined) throw new InvalidArgumentError(`It is one of ${SOURCE_KINDS.join(', ')}.`);
  return [...before, kind];
}
