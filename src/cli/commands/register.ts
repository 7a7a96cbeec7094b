import type { Command } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { collect } from '../arguments.ts';
import type { RegisterOptions } from '../registering.ts';

/** Commands that make versions. What they do is loaded when they are asked for: it needs YAML, globs and schemas. */
export function addRegisterCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('register')
      .description('register a version from files, or from the outputs that model-registry.yaml declares')
      .argument('<model>')
      .argument('[paths...]', 'files and folders that training wrote')
      .option(
        '--metrics <file|k=v>',
        'a JSON, YAML, TOML or CSV file, or one metric; may be given several times',
        collect,
      )
      .option('--params <file|k=v>', 'a JSON, YAML or TOML file, or one param; may be given several times', collect)
      .option('--data <path>', 'a file or folder that training read; may be given several times', collect)
      .option('--description <text>', 'what is special about it')
      .option('--tag <k=v>', 'may be given several times', collect)
      .option('--base <ref>', 'the model it was made from')
      .addHelpText(
        'after',
        examples(
          'register fraud-detector models/fraud --metrics reports/metrics.json --params params.yaml',
          'register fraud-detector model.onnx --metrics auc=0.93 --data data/train.csv --tag team=risk',
          'register fraud-detector',
        ),
      ),
    async (context, options: RegisterOptions, model: string, paths: readonly string[]) => {
      const { registerVersion } = await import('../registering.ts');
      if (paths.includes(''))
        throw new RegistryError(
          'ARGUMENT_INVALID',
          'One of the paths is empty. Name the files and folders that training wrote.',
        );
      await registerVersion(context, options, model, paths);
    },
  );

  add(
    program
      .command('run')
      .description('run a command that trains, and register what it wrote with the code as it was at the start')
      .usage('[--model <model>] -- <command...>')
      .argument('<command...>', 'the command, behind --')
      .option('--model <model>', 'register the outputs of this model alone; may be given several times', collect)
      .passThroughOptions()
      .addHelpText('after', examples('run -- python train.py', 'run --model fraud-detector -- make train')),
    async (context, options: { readonly model?: readonly string[] }, command: readonly string[]) => {
      const { runCommand } = await import('../running.ts');
      await runCommand(context, options.model, command);
    },
  );

  add(
    program
      .command('watch')
      .description('register what model-registry.yaml declares, whenever it is complete, until Ctrl-C'),
    async (context) => {
      const { watchProject } = await import('../watching.ts');
      await watchProject(context);
    },
  );
}
