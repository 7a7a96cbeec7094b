import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { collect, nonBlank, wholeNumber } from '../arguments.ts';
import type { GatesOptions } from '../gating.ts';

const REF = ['<ref>', 'model@7, model@staging, model@alias'] as const;
const STAGE = ['<stage>', 'the stage that it is to be promoted to'] as const;

interface RequestOptions {
  readonly comment?: string;
  readonly reviewer?: readonly string[];
  readonly withdraw?: boolean;
}

/** Commands about what a version needs before a promotion. */
export function addGateCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('gates')
      .description('evaluate the gates of a stage for a version; ends with 1 where one isn’t passed')
      .argument(...REF)
      .argument(...STAGE)
      .option('--run', 'run the commands of gates, and record what all gates found')
      .option(
        '--again',
        'with --run: also the commands that ran before with the same files, gate and version in the stage',
      )
      .option('--jobs <n>', 'with --run: so many commands at once (2 unless said)', wholeNumber)
      .option('--junit <file>', 'write the results as JUnit XML, too')
      .option('--markdown <file>', 'write them as a table for a pull request, too')
      .addHelpText(
        'after',
        examples('gates fraud-detector@7 production', 'gates fraud-detector@7 production --run --json'),
      ),
    async (context, options: GatesOptions, ref: string, stage: string) => {
      const { showGates } = await import('../gating.ts');
      await showGates(context, options, ref, stage);
    },
  );
  add(
    program
      .command('request')
      .description('ask people to look at a version before it is promoted to a stage')
      .argument(...REF)
      .argument(...STAGE)
      .option('--comment <text>', 'what they should know', nonBlank)
      .option(
        '--reviewer <person>',
        'who is asked, by address or name (may be repeated); everybody unless said',
        collect,
      )
      .option('--withdraw', 'take the request back')
      .addHelpText(
        'after',
        examples(
          'request fraud-detector@7 production --comment "Two weeks of shadow traffic" --reviewer bob@example.org',
          'request fraud-detector@7 production --withdraw',
        ),
      ),
    async (context, options: RequestOptions, ref: string, stage: string) => {
      const { requestReview } = await import('../reviewing.ts');
      const { comment, reviewer = [], withdraw = false } = options;
      const asked = { ref, stage, ...(comment === undefined ? {} : { comment }) };
      await requestReview(context, { ...asked, reviewers: reviewer, isWithdrawn: withdraw });
    },
  );
  add(
    program
      .command('reviews')
      .description('show the promotions and policies that people ask for, and what each still needs')
      .argument('[model]')
      .option('--wanted', 'only those that want a word of yours')
      .addHelpText('after', examples('reviews', 'reviews fraud-detector --wanted')),
    async (context, { wanted = false }: { readonly wanted?: boolean }, model?: string) => {
      const { showReviews } = await import('../reviewing.ts');
      await showReviews(context, { model, isWanted: wanted });
    },
  );
  add(
    program
      .command('approve')
      .description('approve a version for a stage')
      .argument(...REF)
      .argument(...STAGE)
      .option('--comment <text>', 'what was looked at', nonBlank)
      .addHelpText('after', examples('approve fraud-detector@7 production --comment "Looked at the slices"')),
    async (context, { comment }: { readonly comment?: string }, ref: string, stage: string) => {
      const { reviewVersion } = await import('../gating.ts');
      await reviewVersion(context, { ref, stage, isGiven: true, ...(comment === undefined ? {} : { comment }) });
    },
  );
  add(
    program
      .command('refuse')
      .description('refuse a version for a stage')
      .argument(...REF)
      .argument(...STAGE)
      .requiredOption('--comment <text>', 'why, for whoever promotes', nonBlank)
      .addHelpText('after', examples('refuse fraud-detector@7 production --comment "Twice as slow"')),
    async (context, { comment }: { readonly comment: string }, ref: string, stage: string) => {
      const { reviewVersion } = await import('../gating.ts');
      await reviewVersion(context, { ref, stage, isGiven: false, comment });
    },
  );
}
