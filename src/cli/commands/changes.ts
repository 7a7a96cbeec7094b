import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { wholeNumber } from '../arguments.ts';

interface LimitOption {
  readonly limit?: number;
}

/** What became of what: between two versions, and from one thing to all that was made from it. */
export function addChangesCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('changes')
      .description('what changed between two versions: by default from the one that was in production before')
      .argument('[ref]', 'the later version, or the earlier one where two are named')
      .argument('[ref2]', 'the later version')
      .option('--limit <n>', 'how many commits, files and packages at most (20)', wholeNumber)
      .addHelpText(
        'after',
        examples('changes', 'changes fraud-detector@7', 'changes fraud-detector@5 fraud-detector@production'),
      ),
    async (context, options: LimitOption, ...refs: readonly (string | undefined)[]) => {
      const { showChanges } = await import('../changing.ts');
      await showChanges(
        context,
        options,
        refs.filter((ref) => typeof ref === 'string'),
      );
    },
  );
}
