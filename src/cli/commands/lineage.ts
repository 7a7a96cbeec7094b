import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { lineageJson, versionJson } from '../format/json.ts';
import { print, printJson } from '../terminal.ts';

/** `lineage`: what a version was made from. */
export function addLineageCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('lineage')
      .description('what a version was made from: code, run, data, packages, machine; and what is not known, and why')
      .argument('<ref>', 'a version; with --graph also what impact takes')
      .option('--graph', 'what made it and what it went into, as a tree')
      .addHelpText(
        'after',
        examples(
          'lineage fraud-detector@production',
          'lineage fraud-detector@7 --json',
          'lineage fraud-detector --graph',
        ),
      ),
    async (context, options: { readonly graph?: boolean }, ref: string) => {
      await context.withQueries(async (registry) => {
        if (options.graph) {
          const graph = await registry.graph({ of: ref });
          if (context.isJson) return printJson(graph);
          const { graphText } = await import('../format/graph.ts');
          return print(graphText(graph));
        }
        const version = await registry.show({ ref });
        if (context.isJson) {
          const { model, number, id, artifact } = versionJson(version);
          return printJson({ model, number, id, artifact, ...lineageJson(version.lineage) });
        }
        const { lineageText } = await import('../format/lineage-report.ts');
        print(lineageText(version));
      });
    },
  );
}
