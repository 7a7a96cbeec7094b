import type { Command } from 'commander';
import { formatDifference, metricChange } from '../../base/metrics.ts';
import type { ComparisonRow, Page, Registry, VersionSummary } from '../../registry/api.ts';
import { wholeNumber } from '../arguments.ts';
import { atText, logText, modelText, versionText } from '../format/details.ts';
import { logEntryJson, versionDetailsJson, versionJson } from '../format/json.ts';
import { comparisonTable, modelsTable, versionsTable } from '../format/tables.ts';
import { labelOf } from '../format/values.ts';
import type { AddCommand } from '../program.ts';
import { print, printJson, styled } from '../terminal.ts';

const SHOWN = 50;
const PAGE = 500;

type PageOf<T> = (cursor: string | undefined, limit: number) => Promise<Page<T>>;

/** Up to `limit` entries of all pages, or all of them; `hasMore` where some were left. */
async function collectPages<T>(page: PageOf<T>, limit: number | undefined): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const left = limit === undefined ? PAGE : limit - items.length;
    const { items: more, next } = await page(cursor, Math.min(left, PAGE));
    items.push(...more);
    cursor = next;
  } while (cursor !== undefined && (limit === undefined || items.length < limit));
  return { items, hasMore: cursor !== undefined };
}

function moreHint(hasMore: boolean): void {
  if (hasMore) print(styled('dim', 'There are more; ask for them with --limit.'));
}

function withCursor(cursor: string | undefined) {
  return cursor === undefined ? {} : { cursor };
}

/** Commands that only read. */
export function addQueryCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('list')
      .description('list the models, or the versions of one')
      .argument('[model]')
      .option('--stage <stage>', 'only versions in this stage')
      .option('--limit <n>', `how many at most (${SHOWN}; with --json all)`, wholeNumber),
    async (context, options: { readonly stage?: string; readonly limit?: number }, model?: string) => {
      await context.withRegistry(async (registry) => {
        const limit = options.limit ?? (context.isJson ? undefined : SHOWN);
        if (!context.isJson && model === undefined && options.stage === undefined) {
          const { items, hasMore } = await collectPages((cursor, count) => registry.listModels({ limit: count, ...withCursor(cursor) }), limit);
          print(items.length === 0 ? 'No models yet. Register one: model-registry register MODEL PATH' : modelsTable(items));
          return moreHint(hasMore);
        }
        const filter = { ...(model === undefined ? {} : { model }), ...(options.stage === undefined ? {} : { stage: options.stage }) };
        const { items, hasMore } = await collectPages((cursor, count) => registry.listVersions({ ...filter, limit: count, ...withCursor(cursor) }), limit);
        if (context.isJson) return printJson(items.map(versionJson));
        print(items.length === 0 ? 'No versions.' : versionsTable(items, model !== undefined));
        moreHint(hasMore);
      });
    },
  );

  add(
    program.command('show').description('show a version; a model with --model').argument('<ref>').option('--model', 'show the model instead'),
    async (context, options: { readonly model?: boolean }, ref: string) => {
      await context.withRegistry(async (registry) => {
        if (options.model) {
          const model = await registry.showModel({ model: ref });
          return context.isJson ? printJson(model) : print(modelText(model));
        }
        const version = await registry.show({ ref });
        return context.isJson ? printJson(versionDetailsJson(version)) : print(versionText(version));
      });
    },
  );

  add(
    program
      .command('log')
      .description('who did what, when and why, newest first')
      .argument('[model]')
      .option('--limit <n>', `how many at most (${SHOWN}; with --json all)`, wholeNumber),
    async (context, options: { readonly limit?: number }, model?: string) => {
      await context.withRegistry(async (registry) => {
        const limit = options.limit ?? (context.isJson ? undefined : SHOWN);
        const { items, hasMore } = await collectPages(
          (before, count) =>
            registry.log({ limit: count, ...(model === undefined ? {} : { model }), ...(before === undefined ? {} : { before }) }),
          limit,
        );
        if (context.isJson) return printJson(items.map(logEntryJson));
        print(items.length === 0 ? 'Nothing has happened yet.' : logText(items));
        moreHint(hasMore);
      });
    },
  );

  add(
    program
      .command('at')
      .description('what was in which stage at a moment')
      .argument('<time>', 'now, 2026-05-03, 2026-05-03T14:00 (local) or 2026-05-03T14:00:00Z')
      .argument('[model]'),
    async (context, _options: object, time: string, model?: string) => {
      const moment = time === 'now' ? new Date().toISOString() : /^\d{4}-\d{2}-\d{2}$/.test(time) ? `${time}T23:59:59.999` : time;
      const result = await context.withRegistry((registry) => registry.at({ time: moment, ...(model === undefined ? {} : { model }) }));
      return context.isJson ? printJson(result) : print(atText(result));
    },
  );

  add(
    program
      .command('search')
      .description('find versions: words, model:x, stage:x, alias:x, tag:k=v, param:k=v, commit:abc, auc>0.9')
      .argument('<query...>')
      .option('--limit <n>', `how many at most (${SHOWN}; with --json all)`, wholeNumber),
    async (context, options: { readonly limit?: number }, words: readonly string[]) => {
      const query = words.join(' ');
      const limit = options.limit ?? (context.isJson ? undefined : SHOWN);
      const { items, hasMore } = await context.withRegistry((registry: Registry) =>
        collectPages<VersionSummary>((cursor, count) => registry.search({ query, limit: count, ...withCursor(cursor) }), limit),
      );
      if (context.isJson) return printJson(items.map(versionJson));
      print(items.length === 0 ? 'No version matches.' : versionsTable(items, false));
      moreHint(hasMore);
    },
  );

  add(
    program
      .command('compare')
      .description('two to eight versions side by side')
      .argument('<refs...>')
      .option('--all', 'show what is equal too'),
    async (context, options: { readonly all?: boolean }, refs: readonly string[]) => {
      const result = await context.withRegistry((registry) => registry.compare({ refs }));
      if (context.isJson) return printJson({ ...result, versions: result.versions.map(versionJson) });
      const labels = result.versions.map(labelOf);
      const sections = [
        ['Metrics', result.metrics, metricMark],
        ['Params', result.params, () => ''],
        ['Tags', result.tags, () => ''],
        ['Lineage', result.lineage, () => ''],
        ['Packages', result.dependencies, () => ''],
        ['Files', result.files, () => ''],
      ] as const;
      const shown = sections.flatMap(([title, rows, mark]) => {
        const visible = options.all ? rows : rows.filter((row) => row.isDifferent);
        return visible.length === 0 ? [] : [comparisonTable(title, labels, visible, mark)];
      });
      print(shown.length === 0 ? 'They don\'t differ. Show everything with --all.' : shown.join('\n\n'));
    },
  );
}

/** The difference between the first and the last value, and whether it is for the better. */
function metricMark(row: ComparisonRow): string {
  const [first, last] = [row.values[0], row.values.at(-1)];
  if (first === undefined || last === undefined) return '';
  const { verdict, difference } = metricChange(row.name, last, first);
  if (difference === undefined || verdict === 'same') return '';
  const text = formatDifference(difference);
  if (verdict === 'better') return styled('green', `${text} better`);
  return verdict === 'worse' ? styled('red', `${text} worse`) : text;
}
