import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { collect } from '../arguments.ts';
import type { EvaluateOptions } from '../evaluating.ts';

/** The command that attaches what was measured. */
export function addEvaluateCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('evaluate')
      .description('attach what was measured of a version after it was registered')
      .argument('<ref>', 'model@7, model@staging, model@alias')
      .requiredOption(
        '--metrics <file|k=v>',
        'a JSON, YAML, TOML or CSV file, or one metric; may be given several times',
        collect,
      )
      .option('--dataset <path|name>', 'what it was measured on; of a file or folder the digest is recorded')
      .option('--slice <k=v>', 'the part of the dataset it was measured on')
      .addHelpText(
        'after',
        examples(
          'evaluate fraud-detector@7 --metrics reports/holdout.json --dataset data/holdout.csv',
          'evaluate fraud-detector@7 --metrics auc=0.91 --dataset data/holdout.csv --slice country=DE',
        ),
      ),
    async (context, options: EvaluateOptions, ref: string) => {
      const { evaluateVersion } = await import('../evaluating.ts');
      await evaluateVersion(context, options, ref);
    },
  );
}
