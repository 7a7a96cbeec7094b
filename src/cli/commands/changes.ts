import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { wholeNumber } from '../arguments.ts';
import { versionJson } from '../format/json.ts';
import { collectPages, SHOWN } from '../paging.ts';
import { print, printJson, safeLine, styled } from '../terminal.ts';

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

  add(
    program
      .command('impact')
      .description('which versions descend from a version, package, commit, data or base model, and in which stages')
      .argument('<of>', 'model@7, numpy==1.26.4, a commit, the place or digest of data, the name of a base model')
      .option('--limit <n>', `how many at most (${SHOWN}; with --json all)`, wholeNumber)
      .addHelpText(
        'after',
        examples('impact numpy==1.26.4', 'impact data/train.csv', 'impact bert@3', 'impact commit:4be1c2f'),
      ),
    async (context, { limit }: LimitOption, of: string) => {
      await context.withQueries(async (registry) => {
        const { askByPlace } = await import('../data-place.ts');
        const asked = await askByPlace(context, of, (name) => registry.impact({ of: name, limit: 1 }));
        const { subject, total, stages, ...first } = asked.answer;
        const { items, hasMore } = await collectPages(
          (page) => registry.impact({ of: asked.of, ...page }),
          limit ?? (context.isJson ? undefined : SHOWN),
        );
        if (context.isJson) {
          const { version, ...named } = subject;
          return printJson({
            subject: { ...named, ...(version ? { version: versionJson(version) } : {}) },
            total,
            stages,
            versions: items.map((entry) => ({
              ...versionJson(entry.version),
              isDirect: entry.isDirect,
              through: entry.through ?? null,
            })),
          });
        }
        const { impactText } = await import('../format/impact.ts');
        print(impactText({ subject, total, stages, ...first }, items));
        if (subject.version && subject.version.model === of)
          print(styled('dim', `${safeLine(of)} alone means its newest version; name another like ${safeLine(of)}@1.`));
        if (hasMore) print(styled('dim', 'There are more; ask for them with --limit.'));
      });
    },
  );
}
