import { type Command, InvalidArgumentError } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { parseSize } from '../../base/size.ts';
import type { Registry } from '../../registry/api/registry.ts';
import type { GcReport, RetentionChange } from '../../registry/api/space.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { diskText, gcText } from '../format/space.ts';
import { print, printJson } from '../terminal.ts';

interface GcOptions {
  readonly dryRun?: boolean;
  readonly candidateBudget?: number | null;
  readonly rollbackWindow?: number;
  readonly cacheLimit?: number | null;
}

/** Commands about the space that a registry takes on this machine. */
export function addSpaceCommands(program: Command, add: AddCommand): void {
  add(program.command('disk').description('show what takes space in the registry'), async (context) => {
    const use = await context.withQueries(async (registry) => ({
      ...(await registry.diskUse()),
      retention: await registry.retention(),
    }));
    return context.isJson ? printJson(use) : print(diskText(use, use.retention));
  });

  add(
    program
      .command('gc')
      .description('free the space of deleted versions and of old candidates')
      .option('--dry-run', 'free nothing: say what would go, and why the rest stays')
      .option('--candidate-budget <size>', 'how much old candidates may take, such as 20GB, or all; remembered', sizeOf)
      .option('--rollback-window <days>', 'for how long what served stays restorable; remembered', daysOf)
      .option(
        '--cache-limit <size>',
        'how much the files of a shared registry may take here, such as 50GB, or all; remembered',
        sizeOf,
      )
      .addHelpText('after', examples('gc --dry-run', 'gc --candidate-budget 20GB', 'gc --cache-limit 50GB')),
    async (context, { dryRun = false, candidateBudget, rollbackWindow, cacheLimit }: GcOptions) => {
      const retention = {
        ...(candidateBudget === undefined ? {} : { candidateBudgetBytes: candidateBudget }),
        ...(rollbackWindow === undefined ? {} : { rollbackWindowDays: rollbackWindow }),
        ...(cacheLimit === undefined ? {} : { cacheLimitBytes: cacheLimit }),
      };
      const free = async (): Promise<GcReport> =>
        dryRun
          ? context.withQueries((registry) =>
              context.withProgress((operation) => registry.gc({ dryRun, retention }, operation)),
            )
          : context.withRegistry(async (registry) => {
              const isRemembered = await rememberIfRoom(registry, retention);
              const report = await context.withProgress((operation) => registry.gc({ retention }, operation));
              if (!isRemembered) await registry.setRetention(retention);
              return report;
            });
      const report = await free();
      return context.isJson ? printJson(report) : print(gcText(report));
    },
  );
}

/** False where the disk is too full for it: that is what space is freed for. */
async function rememberIfRoom(registry: Registry, retention: RetentionChange): Promise<boolean> {
  if (Object.keys(retention).length === 0) return true;
  try {
    await registry.setRetention(retention);
    return true;
  } catch (error) {
    if (RegistryError.is(error, 'STORAGE_FULL')) return false;
    throw error;
  }
}

function sizeOf(text: string): number | null {
  if (text === 'all') return null;
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError('Write a size such as 500MB, 20GB or 1TB, or all.');
  return size;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (text.trim() === '' || !(days >= 0 && days <= 36_500))
    throw new InvalidArgumentError('Write a number of days from 0 to 36500.');
  return days;
}
