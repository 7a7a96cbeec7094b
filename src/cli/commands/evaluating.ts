import { type Command, Option } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { collect, finiteNumber } from '../arguments.ts';
import type { EvaluateOptions } from '../evaluating.ts';

/** The command that attaches what was measured. */
export function addEvaluateCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('evaluate')
      .description('attach what was measured of a version after it was registered')
      .argument('<ref>', 'model@7, model@staging, model@alias')
      .option(
        '--metrics <file|k=v>',
        'a JSON, YAML, TOML or CSV file, or one metric; may be given several times',
        collect,
      )
      .option('--dataset <path|name>', 'what it was measured on; of a file or folder the digest is recorded')
      .option('--slice <k=v>', 'the part of the dataset it was measured on')
      .option(
        '--predictions <file>',
        'a CSV, TSV or JSON Lines file of labels and predictions or scores, from which metrics are computed',
      )
      .option(
        '--by <column>',
        'with --predictions: also for each group of this column; may be given several times',
        collect,
      )
      .option(
        '--columns <role=name>',
        'with --predictions: label=, prediction=, score= or id= what the column is called',
        collect,
      )
      .addOption(
        new Option('--task <kind>', 'with --predictions: what the model predicts, where the file doesn’t tell').choices(
          ['binary', 'multiclass', 'regression'],
        ),
      )
      .option('--positive <class>', 'with --predictions: the class that a binary model looks for')
      .option(
        '--threshold <number>',
        'with --predictions: the score from which on it is predicted (0.5 unless said)',
        finiteNumber,
      )
      .addHelpText(
        'after',
        examples(
          'evaluate fraud-detector@7 --metrics reports/holdout.json --dataset data/holdout.csv',
          'evaluate fraud-detector@7 --metrics auc=0.91 --dataset data/holdout.csv --slice country=DE',
          'evaluate fraud-detector@7 --predictions predictions.csv --dataset data/holdout.csv --by country',
        ),
      ),
    async (context, options: EvaluateOptions, ref: string) => {
      const { evaluateVersion } = await import('../evaluating.ts');
      await evaluateVersion(context, options, ref);
    },
  );
}
