import type { Command } from 'commander';
import { momentOf } from '../../base/moment.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { logEntryJson, versionDetailsJson, versionJson } from '../format/json.ts';
import { collectPages, SHOWN } from '../paging.ts';
import { directionsIn } from '../project-root.ts';
import { print, printJson, styled } from '../terminal.ts';

interface LimitOption {
  readonly limit?: number;
}

interface ShowOptions {
  readonly model?: boolean;
  readonly tensors?: boolean;
  readonly history?: boolean;
  readonly load?: boolean;
}

const LIMIT = ['--limit <n>', `how many at most (${SHOWN}; with --json all)`, wholeNumber] as const;

/** Commands that only read. Tables are loaded when one is printed. */
export function addQueryCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('list')
      .description('list the models, or the versions of one')
      .argument('[model]')
      .option('--stage <stage>', 'only versions in this stage')
      .option(...LIMIT)
      .addHelpText('after', examples('list', 'list fraud-detector', 'list --stage production')),
    async (context, options: LimitOption & { readonly stage?: string }, model?: string) => {
      if (!context.isJson && model === undefined && options.stage === undefined) await listModels(context, options);
      else await listVersions(context, options, model);
    },
  );

  add(
    program
      .command('show')
      .description('show a version; a model with --model')
      .argument('<ref>')
      .option('--model', 'show the model instead')
      .option('--tensors', 'list the tensors, too')
      .option('--history', 'show the course of the metrics, too')
      .option('--load', 'show how to load it in Python instead')
      .addHelpText(
        'after',
        examples('show fraud-detector@production', 'show fraud-detector@7 --load', 'show fraud-detector --model'),
      ),
    async (context, options: ShowOptions, ref: string) => {
      await context.withQueries(async (registry) => {
        if (options.model) {
          const model = await registry.showModel({ model: ref });
          if (context.isJson) return printJson(model);
          const { modelText } = await import('../format/model.ts');
          return print(modelText(model));
        }
        const version = await registry.show({ ref, withDeleted: !options.load });
        if (options.load) {
          const { versionSnippet } = await import('../../registry/version-snippet.ts');
          const { facts } = await context.withProgress((operation) => registry.facts({ ref: version.id }, operation));
          const snippet = versionSnippet(version, { facts, ...(ref.includes('@') ? { ref } : {}) });
          if (context.isJson) return printJson({ version: versionJson(version), ...snippet });
          const { snippetText } = await import('../format/snippet.ts');
          return print(snippetText(snippet));
        }
        const { servingMachines } = await import('../serving-machines.ts');
        const machines = await servingMachines(registry, { model: version.modelId, isQuiet: true });
        // Of a deleted version there is what its log says, and no files to read.
        const facts = version.deleted
          ? undefined
          : await context.withProgress((operation) =>
              registry.facts({ ref: version.id, withTensors: options.tensors ?? false }, operation),
            );
        const history = options.history && !version.deleted ? await registry.history({ ref: version.id }) : undefined;
        const extras = { machines, ...(facts ? { facts } : {}), ...(history ? { history } : {}) };
        if (context.isJson) return printJson(versionDetailsJson(version, extras));
        const { versionText } = await import('../format/version.ts');
        print(versionText(version, extras));
      });
    },
  );

  add(
    program
      .command('log')
      .description('who did what, when and why, newest first')
      .argument('[model]')
      .option(...LIMIT)
      .addHelpText('after', examples('log', 'log fraud-detector --limit 10')),
    async (context, options: LimitOption, model?: string) => {
      await context.withQueries(async (registry) => {
        const { items, hasMore } = await collectPages(
          ({ limit, cursor }) =>
            registry.log({
              limit,
              ...(model === undefined ? {} : { model }),
              ...(cursor === undefined ? {} : { before: cursor }),
            }),
          limitOf(context, options),
        );
        if (context.isJson) return printJson(items.map(logEntryJson));
        const { logText } = await import('../format/log.ts');
        print(items.length === 0 ? 'Nothing has happened yet.' : logText(items, Date.now()));
        hintAtMore(hasMore);
      });
    },
  );

  add(
    program
      .command('at')
      .description('what was in which stage at a moment')
      .argument('<time>', 'now, 2026-05-03 (its end), 2026-05-03T14:00 (local) or 2026-05-03T14:00:00Z')
      .argument('[model]')
      .addHelpText('after', examples('at 2026-05-03', 'at 2026-05-03T14:00:00Z fraud-detector')),
    async (context, _options: object, text: string, model?: string) => {
      const time = text.trim().toLowerCase() === 'now' ? 'now' : momentOf(text, Date.now());
      const result = await context.withQueries((registry) =>
        registry.at({ time, ...(model === undefined ? {} : { model }) }),
      );
      if (context.isJson) return printJson(result);
      const { atText } = await import('../format/tables.ts');
      print(atText(result));
    },
  );

  add(
    program
      .command('search')
      .description(
        'find versions: words, model:x, stage:x, alias:x, tag:k=v, param:k=v, commit:abc, auc>0.9, format:x, danger:x, params>1B',
      )
      .argument('<query...>')
      .option(...LIMIT)
      .addHelpText('after', examples("search 'auc>0.9' stage:production", 'search tag:team=risk smaller vocabulary')),
    async (context, options: LimitOption, words: readonly string[]) => {
      const query = words.join(' ');
      await context.withQueries(async (registry) => {
        const { items, hasMore } = await collectPages(
          (page) => registry.search({ query, ...page }),
          limitOf(context, options),
        );
        if (context.isJson) return printJson(items.map(versionJson));
        const { versionsTable } = await import('../format/tables.ts');
        print(items.length === 0 ? 'No version matches.' : versionsTable(items, false));
        hintAtMore(hasMore);
      });
    },
  );

  add(
    program
      .command('compare')
      .description('two to eight versions side by side')
      .argument('<refs...>')
      .option('--all', 'show what is equal too')
      .option('--tensors', 'compare the tensors of two versions, too')
      .addHelpText(
        'after',
        examples('compare fraud-detector@production fraud-detector@7', 'compare bert@1 bert@2 --tensors'),
      ),
    async (context, options: { readonly all?: boolean; readonly tensors?: boolean }, refs: readonly string[]) => {
      const { result, tensors } = await context.withQueries(async (registry) => ({
        result: await registry.compare({ refs }),
        tensors: options.tensors
          ? await context.withProgress((operation) => registry.compareTensors({ refs }, operation))
          : undefined,
      }));
      if (context.isJson) {
        const { versions: _, ...compared } = tensors ?? { versions: [] };
        const versions = result.versions.map(versionJson);
        return printJson({ ...result, versions, ...(tensors ? { tensors: compared } : {}) });
      }
      const { comparisonText } = await import('../format/comparison.ts');
      const declared = await directionsIn(context, result.versions[0]?.model);
      print(comparisonText(result, { withEqual: options.all ?? false, declared }));
      if (!tensors) return;
      const { tensorComparisonText } = await import('../format/tensor-comparison.ts');
      print(`\n${tensorComparisonText(tensors, options.all ?? false)}`);
    },
  );
}

async function listModels(context: CommandContext, options: LimitOption): Promise<void> {
  await context.withQueries(async (registry) => {
    const { items, hasMore } = await collectPages((page) => registry.listModels(page), limitOf(context, options));
    const { modelsTable } = await import('../format/tables.ts');
    print(items.length === 0 ? 'No models yet. Register one: model-registry register MODEL PATH' : modelsTable(items));
    hintAtMore(hasMore);
  });
}

async function listVersions(
  context: CommandContext,
  options: LimitOption & { readonly stage?: string },
  model: string | undefined,
): Promise<void> {
  const filter = {
    ...(model === undefined ? {} : { model }),
    ...(options.stage === undefined ? {} : { stage: options.stage }),
  };
  await context.withQueries(async (registry) => {
    const { items, hasMore } = await collectPages(
      (page) => registry.listVersions({ ...filter, ...page }),
      limitOf(context, options),
    );
    if (context.isJson) return printJson(items.map(versionJson));
    const { versionsTable } = await import('../format/tables.ts');
    print(items.length === 0 ? 'No versions.' : versionsTable(items, model !== undefined));
    hintAtMore(hasMore);
  });
}

/** Programs get everything, people what fits on a screen or two. */
function limitOf(context: CommandContext, { limit }: LimitOption): number | undefined {
  return limit ?? (context.isJson ? undefined : SHOWN);
}

function hintAtMore(hasMore: boolean): void {
  if (hasMore) print(styled('dim', 'There are more; ask for them with --limit.'));
}
